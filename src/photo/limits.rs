//! Limits on what one file may cost, so that no file can exhaust memory or time.

use std::time::Duration;

use super::PhotoError;
use crate::geometry::Size;

/// Limits for one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file.
    pub max_file_bytes: u64,
    /// Pixels (width × height) that a picture may claim.
    pub max_pixels: u64,
    /// Pixels of one side.
    pub max_side: u32,
    /// Peak memory of decoding, in bytes. A picture that needs more at full scale is decoded at a smaller scale if its
    /// format allows that; otherwise it is refused.
    pub max_memory: u64,
    /// Longest time that decoding may take, without the time spent waiting for the disk.
    pub max_time: Duration,
}

impl Default for Limits {
    /// 512 MiB and 2²⁸ pixels exceed the largest photos of phones and medium-format cameras (about 200 megapixels). The
    /// limit of a side is that of a JPEG. With 400 MiB for decoding, no file takes more than 600 MB together with the
    /// networks and the rest of a scan. Everything that the other limits allow is decoded in a few seconds on a slow core,
    /// far below a minute.
    fn default() -> Self {
        Self {
            max_file_bytes: 512 << 20,
            max_pixels: 1 << 28,
            max_side: 65_535,
            max_memory: 400 << 20,
            max_time: Duration::from_secs(60),
        }
    }
}

pub(super) fn check_pixels(size: Size, limits: &Limits) -> Result<(), PhotoError> {
    let Size { width, height } = size;
    if size.pixels() > limits.max_pixels {
        return Err(PhotoError::TooManyPixels {
            width,
            height,
            limit: limits.max_pixels,
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
