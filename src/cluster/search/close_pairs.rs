//! All pairs of vectors within a distance, exactly, a block of rows at a time.
//!
//! Candidate pairs are found with quantised vectors ([`Quantised`]) on machines with fast byte products, and with
//! blocked products of f32 on others. The distance of each candidate is then computed again from the two vectors, in a
//! fixed order of additions. So the pairs and their distances do not depend on the machine.

use std::ops::Range;
use std::sync::OnceLock;

use super::dot::{COLUMNS, Dots, ROWS, Strip};
use super::quantised::Quantised;
use super::similarity::{BLOCK, Block, Rows, distance_of};
use crate::stop::{StopFlag, Stopped};
use crate::vision::{Centred, product};

/// Two rows and their cosine distance (for a candidate, a lower bound of it). Ordered by distance, then by row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair {
    pub(crate) distance: f32,
    pub(crate) a: u32,
    pub(crate) b: u32,
}

impl Pair {
    /// Row `a` of `left` and row `b` of `right`.
    pub(crate) fn of(left: &Rows<'_>, a: u32, right: &Rows<'_>, b: u32) -> Pair {
        let product = product(left.row(a as usize), right.row(b as usize));
        Pair {
            distance: distance_of(product),
            a,
            b,
        }
    }
}

impl Eq for Pair {}

impl Ord for Pair {
    fn cmp(&self, other: &Pair) -> std::cmp::Ordering {
        let rows = (self.a, self.b);
        self.distance
            .total_cmp(&other.distance)
            .then(rows.cmp(&(other.a, other.b)))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Pair) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Maximum difference between a product of f32 in a block and the product in fixed order.
const ROUNDING: f32 = 1e-5;

/// Below this similarity, so many pairs are candidates that byte products save no time.
const MIN_SIMILARITY_BY_BYTES: f32 = 0.2;

/// Vectors to be compared, and the same vectors quantised, which is done once for all searches.
pub(crate) struct Side<'a> {
    rows: &'a Rows<'a>,
    quantised: OnceLock<Quantised>,
}

impl<'a> Side<'a> {
    pub(crate) fn of(rows: &'a Rows<'a>) -> Side<'a> {
        Side {
            rows,
            quantised: OnceLock::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.len() == 0
    }

    fn quantised(&self) -> &Quantised {
        self.quantised.get_or_init(|| Quantised::of(self.rows))
    }
}

/// A search for the pairs of `left` with `right`, or of `left` with itself.
pub(crate) struct ClosePairs<'a> {
    left: &'a Side<'a>,
    right: Option<&'a Side<'a>>,
    cut: f32,
    bytes: Option<Bytes<'a>>,
    stop: &'a StopFlag,
}

/// Both sides in bytes.
struct Bytes<'a> {
    dots: Dots,
    left: &'a Quantised,
    right: &'a Quantised,
    /// Minimum similarity of the quantised vectors of a pair within the cut.
    least: f32,
    /// Maximum difference between the similarity of quantised vectors and that of the vectors.
    error: f32,
}

impl<'a> ClosePairs<'a> {
    /// The pairs a < b of `side` at a cosine distance of at most `cut`.
    pub(crate) fn within(side: &'a Side<'a>, cut: f32, stop: &'a StopFlag) -> ClosePairs<'a> {
        Self::new(side, None, cut, Dots::present().first().copied(), stop)
    }

    /// The pairs of a row of `left` and a row of `right` at a cosine distance of at most `cut`.
    pub(crate) fn between(
        left: &'a Side<'a>,
        right: &'a Side<'a>,
        cut: f32,
        stop: &'a StopFlag,
    ) -> ClosePairs<'a> {
        let dots = Dots::present().first().copied();
        Self::new(left, Some(right), cut, dots, stop)
    }

    /// With the given byte products, or with products of f32.
    fn new(
        left: &'a Side<'a>,
        right: Option<&'a Side<'a>>,
        cut: f32,
        dots: Option<Dots>,
        stop: &'a StopFlag,
    ) -> ClosePairs<'a> {
        ClosePairs {
            left,
            right,
            cut,
            bytes: dots.and_then(|dots| Bytes::new(dots, left, right.unwrap_or(left), cut)),
            stop,
        }
    }

    /// Blocks of rows of the left side.
    pub(crate) fn blocks(&self) -> usize {
        self.left.rows.len().div_ceil(BLOCK)
    }

    /// The pairs with rows of one block for which `keep` is true, in any order. `keep` is first called with a lower
    /// bound of the distance; if it returns false for a distance, it must also return false for every larger one.
    pub(crate) fn of_block(
        &self,
        block: usize,
        keep: impl Fn(Pair) -> bool,
    ) -> Result<Vec<Pair>, Stopped> {
        let (left, right) = (self.left.rows, self.right.unwrap_or(self.left).rows);
        let rows = block * BLOCK..((block + 1) * BLOCK).min(left.len());
        let first_column = if self.right.is_some() { 0 } else { rows.start };
        let strips = self.bytes.as_ref().map(|bytes| bytes.strips(rows.clone()));
        let mut pairs = Vec::new();
        let mut meet = |candidate: Pair| {
            let Pair { a, b, .. } = candidate;
            if (self.right.is_none() && b <= a) || !keep(candidate) {
                return;
            }
            let pair = Pair::of(left, a, right, b);
            if pair.distance <= self.cut && keep(pair) {
                pairs.push(pair);
            }
        };
        for start in (first_column..right.len()).step_by(BLOCK) {
            self.stop.check()?;
            let columns = start..(start + BLOCK).min(right.len());
            match (&self.bytes, &strips) {
                (Some(bytes), Some(strips)) => bytes.candidates(strips, columns, &mut meet),
                _ => self.candidates(rows.start, start, &mut meet),
            }
        }
        Ok(pairs)
    }

    /// Calls `meet` for each candidate that products of f32 find.
    fn candidates(&self, first_row: usize, first_column: usize, meet: &mut impl FnMut(Pair)) {
        let (left, right) = (self.left.rows, self.right.unwrap_or(self.left).rows);
        let block = Block::compute(left, right, first_row, first_column);
        let least = 1.0 - self.cut - ROUNDING;
        for (row, similarities) in block.rows() {
            // Most rows have no close face: a vectorised test of the whole row saves the slower loop below.
            if !similarities.iter().any(|&similarity| similarity >= least) {
                continue;
            }
            for (offset, &similarity) in similarities.iter().enumerate() {
                if similarity >= least {
                    meet(Pair {
                        distance: 1.0 - similarity - ROUNDING,
                        a: row as u32,
                        b: (block.first_column + offset) as u32,
                    });
                }
            }
        }
    }
}

/// The pairs of embeddings within `cut`, found with products of f32 and with each kind of byte products of this
/// machine: the name and the sorted pairs of each method.
#[doc(hidden)]
pub fn close_pairs_by_each_means(
    embeddings: &[Centred],
    cut: f32,
) -> Vec<(String, Vec<(u32, u32)>)> {
    let rows = Rows::of(embeddings);
    let side = Side::of(&rows);
    let never = StopFlag::default();
    let with = |dots: Option<Dots>| {
        let search = ClosePairs::new(&side, None, cut, dots, &never);
        let blocks = (0..search.blocks()).flat_map(|block| search.of_block(block, |_| true));
        let found = blocks.flatten();
        let mut pairs: Vec<(u32, u32)> = found.map(|pair| (pair.a, pair.b)).collect();
        pairs.sort_unstable();
        (format!("{dots:?}"), pairs)
    };
    let bytes = Dots::present().into_iter().map(Some);
    std::iter::once(None).chain(bytes).map(with).collect()
}

impl<'a> Bytes<'a> {
    /// `None` if byte products would save no time.
    fn new(dots: Dots, left: &'a Side<'_>, right: &'a Side<'_>, cut: f32) -> Option<Bytes<'a>> {
        if 1.0 - cut < MIN_SIMILARITY_BY_BYTES {
            return None;
        }
        let (left, right) = (left.quantised(), right.quantised());
        let error = left.error_with(right);
        let least = 1.0 - cut - error;
        (least >= MIN_SIMILARITY_BY_BYTES / 2.0).then_some(Bytes {
            dots,
            left,
            right,
            least,
            error,
        })
    }

    fn strips(&self, rows: Range<usize>) -> Vec<Strip> {
        let first_rows = rows.clone().step_by(ROWS);
        first_rows
            .map(|first_row| self.left.strip(first_row..rows.end, self.least))
            .collect()
    }

    fn candidates(&self, strips: &[Strip], columns: Range<usize>, meet: &mut impl FnMut(Pair)) {
        let mut found = Vec::new();
        for strip in strips {
            for panel in columns.start / COLUMNS..columns.end.div_ceil(COLUMNS) {
                if let Some(panel) = self.right.panel(panel) {
                    self.dots.run(strip, panel, &mut found);
                }
            }
            for found in found.drain(..) {
                let scales = self.left.scale(found.row) * self.right.scale(found.column);
                meet(Pair {
                    distance: 1.0 - found.product * scales - self.error,
                    a: found.row,
                    b: found.column,
                });
            }
        }
    }
}
