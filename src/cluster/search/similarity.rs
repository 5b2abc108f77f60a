//! Cosine similarities of many faces, in blocks on all cores.
//!
//! Each block is computed by one thread and has a fixed shape, so that no sum depends on the number of threads.

use rayon::prelude::*;

use crate::stop::{StopFlag, Stopped};
use crate::vision::kernels::{Activation, CHANNEL_STEP, Dense, Isa};
use crate::vision::{Centred, EMBEDDING_LEN};

/// An embedding, or a mean of embeddings.
pub(crate) type Vector = [f32; EMBEDDING_LEN];

/// Rows and columns of a block: 512 × 512 similarities take 1 MiB, which fits in the cache of one core.
pub(crate) const BLOCK: usize = 512;

/// The largest absolute value of a coordinate. Byte products find pairs fastest if vectors with similar ones are
/// adjacent, because these have similar scales.
pub(crate) fn largest_coordinate(vector: &Vector) -> f32 {
    vector.iter().fold(0.0, |most, v| most.max(v.abs()))
}

/// References to vectors in some order: a matrix of 128 columns that is never copied as a whole.
pub(crate) struct Rows<'a>(Vec<&'a Vector>);

impl<'a> Rows<'a> {
    pub(crate) fn of(embeddings: &'a [Centred]) -> Rows<'a> {
        Rows(embeddings.iter().map(Centred::numbers).collect())
    }

    pub(crate) fn of_vectors(vectors: &'a [Vector]) -> Rows<'a> {
        Rows(vectors.iter().collect())
    }

    pub(crate) fn of_each(vectors: impl IntoIterator<Item = &'a Vector>) -> Rows<'a> {
        Rows(vectors.into_iter().collect())
    }

    pub(crate) fn gather(embeddings: &'a [Centred], indices: &[usize]) -> Rows<'a> {
        let numbers = indices.iter().map(|&index| embeddings[index].numbers());
        Rows(numbers.collect())
    }

    pub(crate) fn some(&self, positions: &[usize]) -> Rows<'a> {
        Rows(positions.iter().map(|&position| self.0[position]).collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn row(&self, position: usize) -> &'a Vector {
        self.0[position]
    }

    /// The coordinates of up to a block of rows, row by row.
    fn block(&self, start: usize) -> Vec<f32> {
        let end = (start + BLOCK).min(self.len());
        self.0[start..end]
            .iter()
            .copied()
            .flatten()
            .copied()
            .collect()
    }

    /// The same block as the weights of a linear layer, padded to a multiple of [`CHANNEL_STEP`], and its number of
    /// rows.
    fn layer(&self, start: usize) -> (Dense, usize) {
        let mut numbers = self.block(start);
        let columns = numbers.len() / EMBEDDING_LEN;
        let outputs = columns.next_multiple_of(CHANNEL_STEP);
        numbers.resize(outputs * EMBEDDING_LEN, 0.0);
        let bias = vec![0.0; outputs];
        (
            Dense::new(Isa::best(), &numbers, &bias, &Activation::None),
            columns,
        )
    }
}

/// A block of similarities, of the rows from `first_row` on with the columns from `first_column` on.
pub(crate) struct Block {
    first_row: usize,
    pub(crate) first_column: usize,
    columns: usize,
    /// Numbers from one row to the next.
    stride: usize,
    similarities: Vec<f32>,
}

impl Block {
    pub(crate) fn compute(
        left: &Rows<'_>,
        right: &Rows<'_>,
        first_row: usize,
        first_column: usize,
    ) -> Block {
        let numbers = left.block(first_row);
        let (layer, columns) = right.layer(first_column);
        let stride = layer.outputs();
        let mut similarities = vec![0.0; numbers.len() / EMBEDDING_LEN * stride];
        layer.pointwise(&numbers, &mut similarities);
        Block {
            first_row,
            first_column,
            columns,
            stride,
            similarities,
        }
    }

    /// The number and the similarities of each row of the block.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (usize, &[f32])> {
        self.similarities
            .chunks_exact(self.stride)
            .enumerate()
            .map(|(offset, row)| (self.first_row + offset, &row[..self.columns]))
    }
}

/// The cosine distance of a similarity, 0 to 2. NaN is as far as possible.
pub(crate) fn distance_of(similarity: f32) -> f32 {
    if similarity.is_nan() {
        2.0
    } else {
        (1.0 - similarity).max(0.0)
    }
}

/// Distances of all pairs in kodama's condensed order: (0, 1), (0, 2), ..., (1, 2), ...
pub(crate) fn condensed_distances(rows: &Rows<'_>, stop: &StopFlag) -> Result<Vec<f32>, Stopped> {
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
        .try_for_each(|(start, band)| fill_band(rows, start, band, stop))?;
    Ok(condensed)
}

/// Fills the condensed rows of `band`, which begins with row `start`.
fn fill_band(
    rows: &Rows<'_>,
    start: usize,
    band: &mut [f32],
    stop: &StopFlag,
) -> Result<(), Stopped> {
    let count = rows.len();
    for first_column in (start..count).step_by(BLOCK) {
        stop.check()?;
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
    Ok(())
}

/// Creates a state for each block of probes (given the first probe and the number of probes), passes it the
/// similarities of each probe (by index in the block) with the gallery, in order and some at a time, and returns the
/// states in block order.
pub(crate) fn fold_over_gallery<S: Send>(
    probes: &Rows<'_>,
    gallery: &Rows<'_>,
    state: impl Fn(usize, usize) -> S + Sync,
    visit: impl Fn(&mut S, usize, usize, &[f32]) + Sync,
) -> Vec<S> {
    let starts: Vec<usize> = (0..probes.len()).step_by(BLOCK).collect();
    let folded = starts.par_iter().map(|&first_probe| {
        let probes_in_block = (probes.len() - first_probe).min(BLOCK);
        let mut folded = state(first_probe, probes_in_block);
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
