//! Vectors as bytes: which pairs may be near enough, at a fraction of the cost of their similarities.
//!
//! Each vector x is stored as integers q of 8 bits with x ≈ scale · q. What rounding loses is known exactly, so the product
//! of two quantised vectors bounds their similarity: by Cauchy and Schwarz it is off by at most
//! |x - x'| |y| + |x'| |y - y'|. Whatever may reach the threshold is a candidate, whose similarity is then computed in
//! full; nothing is lost. On SFace's embeddings the bound is about .015, and candidates are some three times the pairs
//! (more where rows are halved).

use std::ops::Range;

use rayon::prelude::*;

use super::dot::{COLUMNS, KEY, PANEL_BYTES, Panel, ROWS, RowBytes, Strip};
use super::similarity::{Rows, Vector};
use crate::vision::EMBEDDING_LEN;

/// The largest value a coordinate is quantised to.
const LARGEST: f32 = 127.0;

/// Stands for the reciprocal scale of rows of zeros and of padding: no product reaches its threshold.
const NEVER: f32 = 1e30;

/// A matrix of vectors in 8 bits.
pub(super) struct Quantised {
    /// Panels of [`COLUMNS`] vectors; in each, four coordinates of each vector in turn, then the next four.
    panels: Vec<i8>,
    /// 1 / scale of each vector, up to a whole panel.
    per_scale: Vec<f32>,
    /// Sum of the quantised coordinates of each vector.
    sums: Vec<i32>,
    extremes: Extremes,
}

/// The greatest among some vectors.
#[derive(Clone, Copy, Default)]
struct Extremes {
    /// Length of a vector, and of what rounding took from one.
    length: f32,
    loss: f32,
    /// The same where coordinates are halved.
    loss_halved: f32,
}

impl Extremes {
    fn of_both(self, other: Extremes) -> Extremes {
        Extremes {
            length: self.length.max(other.length),
            loss: self.loss.max(other.loss),
            loss_halved: self.loss_halved.max(other.loss_halved),
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
        Quantised {
            panels,
            per_scale,
            sums,
            extremes,
        }
    }

    /// No similarity of a row with a column of `other` is further than this from that of the quantised vectors.
    pub(super) fn error_with(&self, other: &Quantised, bytes: RowBytes) -> f32 {
        let loss = match bytes {
            RowBytes::Whole => self.extremes.loss,
            RowBytes::Halved => self.extremes.loss_halved,
        };
        let rounded_length = self.extremes.length + loss;
        // A thousandth more for the sums of this bound in f32.
        1.001 * (loss * other.extremes.length + rounded_length * other.extremes.loss) + 1e-6
    }

    /// What a unit of a row's or a column's coordinates stands for.
    pub(super) fn scale(&self, position: u32) -> f32 {
        1.0 / self.per_scale[position as usize]
    }

    /// Of these rows as many as a strip holds; `least` is the similarity that the quantised ones must reach.
    pub(super) fn strip(&self, rows: Range<usize>, least: f32, bytes: RowBytes) -> Strip {
        let mut strip = Strip {
            first_row: rows.start as u32,
            keys: [[0; ROWS]; _],
            least: [f32::INFINITY; ROWS],
        };
        for (row, position) in rows.take(ROWS).enumerate() {
            let (panel, column) = (position / COLUMNS, position % COLUMNS);
            strip.least[row] = least * self.per_scale[position] / bytes.unit();
            let panel = &self.panels[panel * PANEL_BYTES..][..PANEL_BYTES];
            for (keys, four) in strip.keys.iter_mut().zip(panel.chunks_exact(COLUMNS * KEY)) {
                let coordinates = &four[column * KEY..][..KEY];
                let key: [u8; KEY] = std::array::from_fn(|i| bytes.unsigned(coordinates[i]));
                keys[row] = u32::from_le_bytes(key);
            }
        }
        strip
    }

    /// The 64 columns from 64 times `number` on; `None` beyond the last.
    pub(super) fn panel(&self, number: usize) -> Option<Panel<'_>> {
        let first = number * COLUMNS;
        Some(Panel {
            first_column: first as u32,
            bytes: self.panels.get(number * PANEL_BYTES..)?.first_chunk()?,
            sums: self.sums.get(first..)?.first_chunk()?,
            per_scale: self.per_scale.get(first..)?.first_chunk()?,
        })
    }
}

/// Writes one panel's vectors, and for each what its scale and its sum are; of those that are nothing or no numbers nothing.
fn fill_panel<'a>(
    vectors: impl Iterator<Item = &'a Vector>,
    panel: &mut [i8],
    per_scale: &mut [f32],
    sums: &mut [i32],
) -> Extremes {
    let mut extremes = Extremes::default();
    for (column, vector) in vectors.enumerate() {
        let largest = vector.iter().fold(0.0f32, |most, v| most.max(v.abs()));
        if largest == 0.0 || !vector.iter().all(|v| v.is_finite()) {
            continue;
        }
        let scale = LARGEST / largest;
        let (mut lost, mut lost_halved, mut length, mut sum) = (0.0, 0.0, 0.0, 0);
        for (coordinate, &value) in vector.iter().enumerate() {
            let rounded = (value * scale).round();
            panel[(coordinate / KEY * COLUMNS + column) * KEY + coordinate % KEY] = rounded as i8;
            sum += rounded as i32;
            lost += (value - rounded / scale).powi(2);
            lost_halved += (value - 2.0 * halved(rounded as i8) as f32 / scale).powi(2);
            length += value * value;
        }
        per_scale[column] = scale;
        sums[column] = sum;
        extremes = extremes.of_both(Extremes {
            length: length.sqrt(),
            loss: lost.sqrt(),
            loss_halved: lost_halved.sqrt(),
        });
    }
    extremes
}

/// Half of a coordinate, away from zero: at most 64.
fn halved(coordinate: i8) -> i8 {
    coordinate / 2 + coordinate % 2
}

impl RowBytes {
    /// What a unit of the row's bytes stands for, in units of its coordinates.
    pub(super) fn unit(self) -> f32 {
        match self {
            RowBytes::Whole => 1.0,
            RowBytes::Halved => 2.0,
        }
    }

    fn unsigned(self, coordinate: i8) -> u8 {
        match self {
            RowBytes::Whole => (coordinate as u8).wrapping_add(128),
            RowBytes::Halved => (halved(coordinate) as u8).wrapping_add(64),
        }
    }
}
