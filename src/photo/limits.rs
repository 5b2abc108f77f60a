//! Limits on what one file may cost, so that no file can exhaust memory or time.

use std::time::Duration;

use super::PhotoError;
use crate::geometry::Size;

/// Limits for one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file.
    pub max_file_bytes: u64,
    /// Most pixels (width × height) that are decoded of a picture. What can be decoded smaller may have more.
    pub max_pixels: u64,
    /// Most pixels a picture may claim.
    pub max_stored_pixels: u64,
    /// Most pixels along one side.
    pub max_side: u32,
    /// Peak memory of decoding, in bytes. A picture that needs more at full scale is decoded at a smaller scale if its
    /// format allows that; otherwise it is refused.
    pub max_memory: u64,
    /// Longest time that decoding may take, without the time spent waiting for the disk.
    pub max_time: Duration,
}

impl Default for Limits {
    /// 4 GiB, since a scan of a gigapixel that isn't packed has 3 GB; 2²⁸ pixels: above the largest phone and medium-format photos (about 200 megapixels). Sides as long as a
    /// JPEG's can be; scans of a gigapixel exist, which are decoded at an eighth. 400 MiB, so that with the networks and what a scan holds beside it no file takes more than 600 MB.
    /// A minute: what the other limits let through takes a few seconds of a slow core.
    fn default() -> Self {
        Self {
            max_file_bytes: 4 << 30,
            max_pixels: 1 << 28,
            max_stored_pixels: 1 << 30,
            max_side: 65_535,
            max_memory: 400 << 20,
            max_time: Duration::from_secs(60),
        }
    }
}

/// For pictures that are decoded at full scale only.
pub(super) fn check_pixels(size: Size, limits: &Limits) -> Result<(), PhotoError> {
    check(size, limits, limits.max_pixels)
}

/// For pictures that can be decoded smaller: the scale is chosen by [`super::memory`].
pub(super) fn check_stored(size: Size, limits: &Limits) -> Result<(), PhotoError> {
    check(size, limits, limits.max_stored_pixels)
}

fn check(size: Size, limits: &Limits, max_pixels: u64) -> Result<(), PhotoError> {
    let Size { width, height } = size;
    if size.pixels() > max_pixels {
        return Err(PhotoError::TooManyPixels {
            width,
            height,
            limit: max_pixels,
        });
    }
    if width.max(height) > limits.max_side {
        return Err(PhotoError::SideTooLong {
            width,
            height,
            limit: limits.max_side,
        });
    }
    if width == 0 || height == 0 {
        return Err(PhotoError::Empty);
    }
    Ok(())
}
