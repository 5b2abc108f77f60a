//! The memory that decoding a photo takes, and the largest scale at which it is within the limit.

use super::reduction::Scales;
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
        scales: Scales,
    ) -> Result<Reduction, PhotoError> {
        let needed = |reduction| self.at(reduction, stored) + self.beside;
        let tried = match scales {
            Scales::Full => &Reduction::LARGEST_FIRST[..1],
            _ => &Reduction::LARGEST_FIRST,
        };
        let mut within = tried
            .iter()
            .copied()
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
            bytes: needed(tried.last().copied().unwrap_or(Reduction::Full)),
            limit: limits.max_memory,
        })
    }
}
