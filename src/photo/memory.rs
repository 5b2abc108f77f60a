//! The memory that decoding a photo takes, and the largest scale at which it is within the limit.

use super::{Limits, PhotoError, Reduction};
use crate::geometry::Size;

/// Peak memory of decoding, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Memory {
    /// For each pixel of the decoded picture, including the upright copy.
    pub per_decoded_pixel: u64,
    /// At any scale.
    pub fixed: u64,
    /// Held beside the pixels: the file and its metadata.
    pub beside: u64,
}

impl Memory {
    pub(super) fn at(&self, reduction: Reduction, stored: Size) -> u64 {
        let decoded = reduction.decoded_size(stored);
        decoded.pixels() * self.per_decoded_pixel + self.fixed
    }

    /// The largest scale at which the file can be decoded within the limit.
    pub(super) fn largest_within(
        &self,
        limits: &Limits,
        stored: Size,
        is_reducible: bool,
    ) -> Result<Reduction, PhotoError> {
        let needed = |reduction| self.at(reduction, stored) + self.beside;
        let mut scales =
            Reduction::LARGEST_FIRST
                .into_iter()
                .take(if is_reducible { 4 } else { 1 });
        let fits = scales.find(|reduction| needed(*reduction) <= limits.max_memory);
        fits.ok_or(PhotoError::TooMuchMemory {
            width: stored.width,
            height: stored.height,
            bytes: needed(if is_reducible {
                Reduction::Eighth
            } else {
                Reduction::Full
            }),
            limit: limits.max_memory,
        })
    }
}
