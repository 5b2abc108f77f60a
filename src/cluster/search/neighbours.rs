//! Approximate nearest neighbours of very many vectors without comparing all pairs: NN-Descent (Dong, Moses and Li, WWW
//! 2011), seeded by random-projection trees, from the crate `ann-search-rs`.
//!
//! The crate only says which vectors are near. Distances are computed here, as in the exact search
//! ([`super::close_pairs`]).

use ann_search_rs::build_knn_graph_nndescent;
use ann_search_rs::prelude::{NNDescentKnnParams, Verbosity};

use super::close_pairs::Pair;
use super::similarity::{BLOCK, Rows};
use crate::vision::EMBEDDING_LEN;

/// Neighbours per vector. `docs/grouping.md` compares other numbers.
const NEIGHBOURS: usize = 20;

/// The seed is fixed, so that the result is reproducible.
const SEED: usize = 1;

/// Replaces non-finite coordinates, so that such a vector is further from unit vectors than these are from each other.
const FAR: f32 = 4.0;

/// Near neighbours of each row, by blocks of rows. Of equal rows the crate gets one, since it compares all copies
/// pairwise.
pub(crate) struct Neighbours<'a> {
    rows: &'a Rows<'a>,
    /// The first of each run of equal rows.
    distinct: Vec<usize>,
    /// [`NEIGHBOURS`] neighbours of each distinct row, as indices into `distinct`; invalid indices if there are fewer.
    graph: Vec<u32>,
}

impl<'a> Neighbours<'a> {
    /// Equal rows must be adjacent. `None` if there are too many for the crate (2³¹).
    pub(crate) fn of(rows: &'a Rows<'a>) -> Option<Neighbours<'a>> {
        let differs = |&row: &usize| row == 0 || rows.row(row) != rows.row(row - 1);
        let distinct: Vec<usize> = (0..rows.len()).filter(differs).collect();
        let graph = if distinct.len() <= NEIGHBOURS {
            // With so few rows, all others are neighbours.
            Vec::from_iter(0..NEIGHBOURS as u32).repeat(distinct.len())
        } else {
            graph(&rows.some(&distinct))?
        };
        Some(Neighbours {
            rows,
            distinct,
            graph,
        })
    }

    /// Blocks of distinct rows.
    pub(crate) fn blocks(&self) -> usize {
        self.distinct.len().div_ceil(BLOCK)
    }

    /// The pairs of a block's rows and their neighbours within the cosine distance `cut` for which `keep` is true. A
    /// pair is returned once for each of the two that has the other as a neighbour.
    pub(crate) fn of_block(
        &self,
        block: usize,
        cut: f32,
        keep: impl Fn(Pair) -> bool,
    ) -> Vec<Pair> {
        let places = block * BLOCK..((block + 1) * BLOCK).min(self.distinct.len());
        places
            .flat_map(|place| self.copies(place).chain(self.near(place)))
            .map(|(a, b)| Pair::of(self.rows, a as u32, self.rows, b as u32))
            .filter(|&pair| pair.distance <= cut && keep(pair))
            .collect()
    }

    /// Each copy of a distinct row, paired with the row before it.
    fn copies(&self, place: usize) -> impl Iterator<Item = (usize, usize)> {
        let next = self.distinct.get(place + 1);
        let end = next.map_or(self.rows.len(), |&row| row);
        (self.distinct[place] + 1..end).map(|copy| (copy - 1, copy))
    }

    /// A distinct row paired with each of its neighbours, the lower one first.
    fn near(&self, place: usize) -> impl Iterator<Item = (usize, usize)> {
        let row = self.distinct[place];
        self.graph[place * NEIGHBOURS..][..NEIGHBOURS]
            .iter()
            .filter_map(|&other| self.distinct.get(other as usize))
            .filter(move |&&other| other != row)
            .map(move |&other| (row.min(other), row.max(other)))
    }
}

/// The nearest neighbours of each row, as in [`Neighbours`].
fn graph(rows: &Rows<'_>) -> Option<Vec<u32>> {
    let parameters = NNDescentKnnParams {
        k: NEIGHBOURS,
        return_dist: false,
        ..NNDescentKnnParams::default()
    };
    let matrix = (finite_matrix(rows), rows.len(), EMBEDDING_LEN);
    // Squared Euclidean distances of unit vectors are twice their cosine distances.
    build_knn_graph_nndescent(
        matrix,
        "euclidean",
        Some(parameters),
        SEED,
        Verbosity::Quiet,
    )
    .inspect_err(|error| tracing::warn!("no index of {} faces: {error}", rows.len()))
    .ok()
    .map(|graph| graph.indices)
}

/// All rows as one matrix. The crate sorts by distance, and non-finite numbers cannot be sorted.
fn finite_matrix(rows: &Rows<'_>) -> Vec<f32> {
    let mut matrix = Vec::with_capacity(rows.len() * EMBEDDING_LEN);
    let numbers = (0..rows.len()).flat_map(|row| rows.row(row));
    matrix.extend(numbers.map(|&number| if number.abs() < FAR { number } else { FAR }));
    matrix
}
