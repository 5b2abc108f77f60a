//! Cosine similarities of many faces at once, in blocks, over all cores.
//!
//! Faces lie in one contiguous matrix, a row of 128 numbers each. Every product is computed by one thread in blocks
//! of a fixed shape, so that no sum depends on the number of threads.

use gemm::Parallelism;
use rayon::prelude::*;

use crate::vision::{EMBEDDING_LEN, Embedding};

/// Rows and columns of one block: 512 x 512 similarities are 1 MiB and stay in the cache of one core.
const BLOCK: usize = 512;

/// Rows of embeddings, or of means of embeddings, one after the other.
pub(super) struct Rows {
    numbers: Vec<f32>,
}

impl Rows {
    pub(super) fn of(embeddings: &[Embedding]) -> Rows {
        Rows {
            numbers: embeddings
                .iter()
                .flat_map(|embedding| embedding.0)
                .collect(),
        }
    }

    pub(super) fn gather(embeddings: &[Embedding], indices: &[usize]) -> Rows {
        let mut numbers = Vec::with_capacity(indices.len() * EMBEDDING_LEN);
        for &index in indices {
            numbers.extend_from_slice(&embeddings[index].0);
        }
        Rows { numbers }
    }

    pub(super) fn from_vectors(vectors: impl Iterator<Item = [f32; EMBEDDING_LEN]>) -> Rows {
        Rows {
            numbers: vectors.flatten().collect(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len() / EMBEDDING_LEN
    }

    fn block(&self, start: usize) -> &[f32] {
        let end = (start + BLOCK).min(self.len());
        &self.numbers[start * EMBEDDING_LEN..end * EMBEDDING_LEN]
    }
}

/// One block of similarities: those of `rows` (from `first_row`) with `columns` (from `first_column`), row by row.
struct Block {
    first_row: usize,
    first_column: usize,
    columns: usize,
    similarities: Vec<f32>,
}

impl Block {
    fn compute(left: &Rows, right: &Rows, first_row: usize, first_column: usize) -> Block {
        let (left, right) = (left.block(first_row), right.block(first_column));
        let columns = right.len() / EMBEDDING_LEN;
        let mut similarities = vec![0.0; left.len() / EMBEDDING_LEN * columns];
        products(left, right, &mut similarities);
        Block {
            first_row,
            first_column,
            columns,
            similarities,
        }
    }

    /// Row number and similarities, for each row of the block.
    fn rows(&self) -> impl Iterator<Item = (usize, &[f32])> {
        self.similarities
            .chunks_exact(self.columns)
            .enumerate()
            .map(|(offset, row)| (self.first_row + offset, row))
    }
}

/// Writes `left` times the transpose of `right`, row by row.
fn products(left: &[f32], right: &[f32], out: &mut [f32]) {
    let (rows, columns) = (left.len() / EMBEDDING_LEN, right.len() / EMBEDDING_LEN);
    assert_eq!(rows * EMBEDDING_LEN, left.len());
    assert_eq!(columns * EMBEDDING_LEN, right.len());
    assert_eq!(rows * columns, out.len());
    let width = EMBEDDING_LEN as isize;
    // SAFETY: the three lengths are checked above against the shapes (rows x 128) (128 x columns) = (rows x columns),
    // and `out` is borrowed mutably, so it overlaps neither input.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            EMBEDDING_LEN,
            out.as_mut_ptr(),
            1,
            columns as isize,
            false,
            left.as_ptr(),
            1,
            width,
            right.as_ptr(),
            width,
            1,
            0.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

/// Cosine distance of a similarity, 0 to 2. An embedding that is not a number is far from everything.
pub(super) fn distance_of(similarity: f32) -> f32 {
    if similarity.is_nan() {
        2.0
    } else {
        (1.0 - similarity).max(0.0)
    }
}

/// Gives every pair (i < j) of rows at a distance of at most `cut` to `visit`, a block of pairs at a time, in no
/// fixed order.
pub(super) fn close_pairs(rows: &Rows, cut: f32, visit: impl Fn(&[(u32, u32)]) + Sync) {
    let starts: Vec<usize> = (0..rows.len()).step_by(BLOCK).collect();
    let blocks: Vec<(usize, usize)> = starts
        .iter()
        .flat_map(|&row| {
            starts
                .iter()
                .filter(move |&&column| column >= row)
                .map(move |&column| (row, column))
        })
        .collect();
    let closest = 1.0 - cut;
    blocks.par_iter().for_each(|&(first_row, first_column)| {
        let block = Block::compute(rows, rows, first_row, first_column);
        let mut pairs = Vec::new();
        for (row, similarities) in block.rows() {
            // Most rows hold no close face: one vectorised pass for the greatest spares the slow one.
            if !similarities.iter().any(|&similarity| similarity >= closest) {
                continue;
            }
            for (offset, &similarity) in similarities.iter().enumerate() {
                let column = block.first_column + offset;
                if column > row && similarity >= closest {
                    pairs.push((row as u32, column as u32));
                }
            }
        }
        if !pairs.is_empty() {
            visit(&pairs);
        }
    });
}

/// Distances of all pairs in kodama's condensed order: (0, 1), (0, 2), ..., (1, 2), ...
pub(super) fn condensed_distances(rows: &Rows) -> Vec<f32> {
    let count = rows.len();
    let mut condensed = vec![0.0; count * count.saturating_sub(1) / 2];
    let mut bands = Vec::new();
    let mut rest = condensed.as_mut_slice();
    for start in (0..count).step_by(BLOCK) {
        let end = (start + BLOCK).min(count);
        let length = (start..end).map(|row| count - row - 1).sum();
        let (band, after) = rest.split_at_mut(length);
        bands.push((start, band));
        rest = after;
    }
    bands
        .into_par_iter()
        .for_each(|(start, band)| fill_band(rows, start, band));
    condensed
}

/// Fills the condensed rows of one block, `band`, which begins with row `start`.
fn fill_band(rows: &Rows, start: usize, band: &mut [f32]) {
    let count = rows.len();
    for first_column in (start..count).step_by(BLOCK) {
        let block = Block::compute(rows, rows, start, first_column);
        let mut row_begin = 0;
        for (row, similarities) in block.rows() {
            for (offset, &similarity) in similarities.iter().enumerate() {
                let column = block.first_column + offset;
                if column > row {
                    band[row_begin + column - row - 1] = distance_of(similarity);
                }
            }
            row_begin += count - row - 1;
        }
    }
}

/// Makes `state` for each block of probes, shows it the similarities of each probe (by its place in the block) with the
/// gallery from its first row to its last, some at a time, and returns the states in the order of the blocks.
pub(super) fn fold_over_gallery<S: Send>(
    probes: &Rows,
    gallery: &Rows,
    state: impl Fn(usize) -> S + Sync,
    visit: impl Fn(&mut S, usize, usize, &[f32]) + Sync,
) -> Vec<S> {
    let starts: Vec<usize> = (0..probes.len()).step_by(BLOCK).collect();
    let folded = starts.par_iter().map(|&first_probe| {
        let mut folded = state((probes.len() - first_probe).min(BLOCK));
        for first_column in (0..gallery.len()).step_by(BLOCK) {
            let block = Block::compute(probes, gallery, first_probe, first_column);
            for (row, similarities) in block.rows() {
                visit(&mut folded, row - first_probe, first_column, similarities);
            }
        }
        folded
    });
    folded.collect()
}
