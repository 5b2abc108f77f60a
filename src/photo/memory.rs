//! How much memory a photo's decoding takes, and the largest scale at which that is within the limit.

use super::{Limits, PhotoError, Reduction};
use crate::geometry::Size;

/// Bytes that decoding takes at its height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Memory {
    /// For each pixel of the decoded picture, the upright one included.
    pub per_decoded_pixel: u64,
    /// Whatever the scale.
    pub fixed: u64,
    /// What is held beside the pixels: the file, its metadata.
    pub beside: u64,
}

impl Memory {
    pub(super) fn at(&self, reduction: Reduction, stored: Size) -> u64 {
        let decoded = reduction.decoded_size(stored);
        decoded.pixels() * self.per_decoded_pixel + self.fixed
    }

    /// The largest scale of those the file can be decoded at that is within the limit.
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
        let mut within = scales
            .by_ref()
            .filter(|reduction| reduction.decoded_size(stored).pixels() <= limits.max_pixels)
            .peekable();
        if within.peek().is_none() {
            return Err(PhotoError::TooManyPixels {
                width: stored.width,
                height: stored.height,
                limit: limits.max_pixels,
            });
        }
        let fits = within.find(|reduction| needed(*reduction) <= limits.max_memory);
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
