//! Vectors quantised to bytes, to find the pairs that may be near enough faster than with their exact similarities.
//!
//! Each vector x is stored as 8-bit integers q with x ≈ x' = scale · q. The rounding errors are known exactly, so the
//! product of two quantised vectors bounds their similarity: by the Cauchy-Schwarz inequality, the error is at most
//! |x - x'| |y| + |x'| |y - y'|. Every pair that may reach the threshold is a candidate, whose exact similarity is then
//! computed, so no pair is missed. For SFace's embeddings the bound is about .015, and there are about three times as
//! many candidates as pairs.

use std::ops::Range;

use rayon::prelude::*;

use super::dot::{COLUMNS, KEY, PANEL_BYTES, Panel, ROWS, Strip};
use super::similarity::{Rows, Vector, largest_coordinate};
use crate::vision::EMBEDDING_LEN;

/// The largest value a coordinate is quantised to.
const LARGEST: f32 = 127.0;

/// The reciprocal scale of rows of zeros and of padding. It makes the minimum product too large for any pair.
const NEVER: f32 = 1e30;

/// A matrix of vectors in 8 bits.
pub(super) struct Quantised {
    /// Panels of [`COLUMNS`] vectors; in each, four coordinates of each vector in turn, then the next four.
    panels: Vec<i8>,
    /// 1 / scale of each vector, up to a whole panel.
    per_scale: Vec<f32>,
    /// The minimum of `per_scale` in each panel.
    min_per_scale: Vec<f32>,
    /// Sum of the quantised coordinates of each vector.
    sums: Vec<i32>,
    extremes: Extremes,
}

/// Maxima over some vectors.
#[derive(Clone, Copy, Default)]
struct Extremes {
    /// Maximum norm of a vector; `loss` is the maximum norm of its rounding error.
    length: f32,
    loss: f32,
}

impl Extremes {
    fn of_both(self, other: Extremes) -> Extremes {
        Extremes {
            length: self.length.max(other.length),
            loss: self.loss.max(other.loss),
        }
    }
}

impl Quantised {
    pub(super) fn of(rows: &Rows<'_>) -> Quantised {
        let padded = rows.len().next_multiple_of(COLUMNS);
        let mut panels = vec![0; padded * EMBEDDING_LEN];
        let mut per_scale = vec![NEVER; padded];
        let mut sums = vec![0; padded];
        let extremes = panels
            .par_chunks_exact_mut(PANEL_BYTES)
            .zip(per_scale.par_chunks_exact_mut(COLUMNS))
            .zip(sums.par_chunks_exact_mut(COLUMNS))
            .enumerate()
            .map(|(number, ((panel, per_scale), sums))| {
                let first = number * COLUMNS;
                let vectors = (first..rows.len().min(first + COLUMNS)).map(|at| rows.row(at));
                fill_panel(vectors, panel, per_scale, sums)
            })
            .reduce(Extremes::default, Extremes::of_both);
        let of_panels = per_scale.chunks_exact(COLUMNS);
        let min_per_scale = of_panels.map(|some| some.iter().copied().fold(NEVER, f32::min));
        Quantised {
            panels,
            min_per_scale: min_per_scale.collect(),
            per_scale,
            sums,
            extremes,
        }
    }

    /// Maximum difference between the similarity of a row with a column of `other` and that of the quantised vectors.
    pub(super) fn error_with(&self, other: &Quantised) -> f32 {
        let loss = self.extremes.loss;
        let rounded_length = self.extremes.length + loss;
        // The factor allows for rounding in the computation of this bound in f32.
        1.001 * (loss * other.extremes.length + rounded_length * other.extremes.loss) + 1e-6
    }

    /// The value of one unit of the quantised coordinates of a row or column.
    pub(super) fn scale(&self, position: u32) -> f32 {
        1.0 / self.per_scale[position as usize]
    }

    /// As many of these rows as fit into a strip. `least` is the minimum similarity of the quantised vectors.
    pub(super) fn strip(&self, rows: Range<usize>, least: f32) -> Strip {
        let mut strip = Strip {
            first_row: rows.start as u32,
            keys: [[0; ROWS]; _],
            least: [f32::INFINITY; ROWS],
        };
        for (row, position) in rows.take(ROWS).enumerate() {
            let (panel, column) = (position / COLUMNS, position % COLUMNS);
            strip.least[row] = least * self.per_scale[position];
            let panel = &self.panels[panel * PANEL_BYTES..][..PANEL_BYTES];
            for (keys, four) in strip.keys.iter_mut().zip(panel.chunks_exact(COLUMNS * KEY)) {
                let coordinates = &four[column * KEY..][..KEY];
                let key: [u8; KEY] =
                    std::array::from_fn(|i| (coordinates[i] as u8).wrapping_add(128));
                keys[row] = u32::from_le_bytes(key);
            }
        }
        strip
    }

    /// The panel with this number; `None` after the last.
    pub(super) fn panel(&self, number: usize) -> Option<Panel<'_>> {
        let first = number * COLUMNS;
        Some(Panel {
            first_column: first as u32,
            bytes: self.panels.get(number * PANEL_BYTES..)?.first_chunk()?,
            sums: self.sums.get(first..)?.first_chunk()?,
            per_scale: self.per_scale.get(first..)?.first_chunk()?,
            min_per_scale: *self.min_per_scale.get(number)?,
        })
    }
}

/// Writes the vectors of one panel, with their reciprocal scales and sums. Vectors of zeros, or with a non-finite
/// coordinate, are left out.
fn fill_panel<'a>(
    vectors: impl Iterator<Item = &'a Vector>,
    panel: &mut [i8],
    per_scale: &mut [f32],
    sums: &mut [i32],
) -> Extremes {
    let mut extremes = Extremes::default();
    for (column, vector) in vectors.enumerate() {
        let largest = largest_coordinate(vector);
        if largest == 0.0 || !vector.iter().all(|v| v.is_finite()) {
            continue;
        }
        let scale = LARGEST / largest;
        let (mut lost, mut length, mut sum) = (0.0, 0.0, 0);
        for (coordinate, &value) in vector.iter().enumerate() {
            let rounded = (value * scale).round();
            panel[(coordinate / KEY * COLUMNS + column) * KEY + coordinate % KEY] = rounded as i8;
            sum += rounded as i32;
            lost += (value - rounded / scale).powi(2);
            length += value * value;
        }
        per_scale[column] = scale;
        sums[column] = sum;
        extremes = extremes.of_both(Extremes {
            length: length.sqrt(),
            loss: lost.sqrt(),
        });
    }
    extremes
}
