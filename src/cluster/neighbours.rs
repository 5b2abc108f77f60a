//! The nearest neighbours of each of very many vectors, or most of them, found without looking at all pairs: NN-Descent (Dong,
//! Moses and Li, WWW 2011), seeded by trees of random projections, as the crate `ann-search-rs` has it.
//!
//! The crate says only which vectors are near. Their distances are computed here, as those of the exact search are
//! ([`super::close_pairs`]).

use ann_search_rs::build_knn_graph_nndescent;
use ann_search_rs::prelude::{NNDescentKnnParams, Verbosity};

use super::close_pairs::Pair;
use super::similarity::{BLOCK, Rows};
use crate::vision::EMBEDDING_LEN;

/// Neighbours of each vector. `docs/grouping.md` has what fewer and more find.
const NEIGHBOURS: usize = 20;

/// Any number, the same each time: so are the trees, and the neighbours.
const SEED: usize = 1;

/// A vector with this in place of a number that is none lies further from unit vectors than they from each other.
const FAR: f32 = 4.0;

/// Near neighbours of each row, by blocks of rows.
pub(super) struct Neighbours<'a> {
    rows: &'a Rows<'a>,
    /// [`NEIGHBOURS`] of each row; numbers that are no row where there are fewer.
    graph: Vec<u32>,
}

impl<'a> Neighbours<'a> {
    /// `None` where there are too few rows for the crate, or too many (2³¹).
    pub(super) fn of(rows: &'a Rows<'a>) -> Option<Neighbours<'a>> {
        if rows.len() <= NEIGHBOURS {
            return None;
        }
        let parameters = NNDescentKnnParams {
            k: NEIGHBOURS,
            return_dist: false,
            ..NNDescentKnnParams::default()
        };
        let matrix = (in_order(rows), rows.len(), EMBEDDING_LEN);
        // Squared Euclidean distances of unit vectors are twice their cosine distances.
        let graph = build_knn_graph_nndescent(
            matrix,
            "euclidean",
            Some(parameters),
            SEED,
            Verbosity::Quiet,
        )
        .inspect_err(|error| tracing::warn!("no index of {} faces: {error}", rows.len()))
        .ok()?;
        Some(Neighbours {
            rows,
            graph: graph.indices,
        })
    }

    /// Blocks of rows.
    pub(super) fn blocks(&self) -> usize {
        self.rows.len().div_ceil(BLOCK)
    }

    /// The rows of a block with their neighbours at a cosine distance of at most `cut`, where `keep` is true. A pair comes
    /// once for each of the two that has the other as its neighbour.
    pub(super) fn of_block(
        &self,
        block: usize,
        cut: f32,
        keep: impl Fn(Pair) -> bool,
    ) -> Vec<Pair> {
        let rows = block * BLOCK..((block + 1) * BLOCK).min(self.rows.len());
        let neighbours = &self.graph[rows.start * NEIGHBOURS..rows.end * NEIGHBOURS];
        rows.zip(neighbours.chunks_exact(NEIGHBOURS))
            .flat_map(|(row, near)| near.iter().map(move |&other| (row as u32, other)))
            .filter(|&(row, other)| (other as usize) < self.rows.len() && other != row)
            .map(|(row, other)| Pair::of(self.rows, row.min(other), self.rows, row.max(other)))
            .filter(|&pair| pair.distance <= cut && keep(pair))
            .collect()
    }
}

/// All rows, one after the other, for a crate that orders what it is given: not a number is in no order.
fn in_order(rows: &Rows<'_>) -> Vec<f32> {
    let mut matrix = Vec::with_capacity(rows.len() * EMBEDDING_LEN);
    let numbers = (0..rows.len()).flat_map(|row| rows.row(row));
    matrix.extend(numbers.map(|&number| if number.abs() < FAR { number } else { FAR }));
    matrix
}
