//! By how much a photo is made smaller while it is decoded.

use crate::geometry::Size;

/// The sides of the decoded picture are those of the stored one divided by 1, 2, 4 or 8, rounded up: the scales at which a
/// JPEG's blocks of 8×8 can be transformed directly (ITU T.81 A.3.3, of fewer coefficients). Less is smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reduction {
    Eighth,
    Quarter,
    Half,
    /// Every pixel there is.
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

    /// Size of a picture of `stored` pixels once it is decoded so.
    pub fn decoded_size(self, stored: Size) -> Size {
        Size {
            width: stored.width.div_ceil(self.divisor()),
            height: stored.height.div_ceil(self.divisor()),
        }
    }

    /// The smallest at which something of `length` stored pixels still has `least` pixels; full where it never had.
    pub fn keeping(length: f32, least: f32) -> Reduction {
        let keeps = |reduction: &Reduction| length / reduction.divisor() as f32 >= least;
        let smallest = Self::LARGEST_FIRST.into_iter().rev().find(keeps);
        smallest.unwrap_or(Reduction::Full)
    }
}
