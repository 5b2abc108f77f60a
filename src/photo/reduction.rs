//! Scales at which a photo can be decoded.

use crate::geometry::Size;

/// The sides of the decoded picture are those of the stored picture divided by 1, 2, 4 or 8 and rounded up: the scales
/// at which the 8×8 blocks of a JPEG can be transformed directly (ITU T.81 A.3.3, with fewer coefficients). A scale
/// with a smaller picture is ordered before one with a larger picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reduction {
    Eighth,
    Quarter,
    Half,
    /// All pixels.
    Full,
}

impl Reduction {
    pub(super) const LARGEST_FIRST: [Reduction; 4] = [
        Reduction::Full,
        Reduction::Half,
        Reduction::Quarter,
        Reduction::Eighth,
    ];

    /// Stored pixels per decoded pixel, along each side.
    pub fn divisor(self) -> u32 {
        match self {
            Reduction::Eighth => 8,
            Reduction::Quarter => 4,
            Reduction::Half => 2,
            Reduction::Full => 1,
        }
    }

    /// Size of the decoded picture for a stored picture of `stored` pixels.
    pub fn decoded_size(self, stored: Size) -> Size {
        Size {
            width: stored.width.div_ceil(self.divisor()),
            height: stored.height.div_ceil(self.divisor()),
        }
    }

    /// The smallest scale at which a length of `length` stored pixels still has at least `min` pixels; full scale where
    /// it never has.
    pub fn keeping(length: f32, min: f32) -> Reduction {
        let keeps = |reduction: &Reduction| length / reduction.divisor() as f32 >= min;
        let smallest = Self::LARGEST_FIRST.into_iter().rev().find(keeps);
        smallest.unwrap_or(Reduction::Full)
    }
}

/// The scales at which a file can be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scales {
    /// Full scale only.
    Full,
    /// All; none is faster than the others, so a smaller one is for what doesn't fit in memory.
    IfNeeded,
    /// All; none is faster, but the picture is large, and a smaller one saves memory.
    IfLarge,
    /// All, and a smaller one is faster.
    Any,
}
