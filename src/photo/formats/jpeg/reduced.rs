//! JPEG at a reduced scale, by libjpeg: it transforms the 8×8 coefficients of a block to 4×4, 2×2 or 1×1 pixels.
//!
//! Most of the time for a large JPEG is spent on its pixels, and the first detection pass needs few of them. At a
//! quarter of the side, a progressive picture takes about half the time and a sixteenth of the memory. libjpeg is C:
//! the C compiler that SQLite needs anyway builds it. Its fatal errors arrive as panics, which are caught.

use image::RgbImage;
use mozjpeg::Decompress;

use crate::geometry::Size;
use crate::photo::decode_watch::{Pieces, Watch};
use crate::photo::{Reduction, catch_panic};

/// The picture of `stored` pixels at a reduced scale, in the colours of the file. Fails where libjpeg can't decode it.
pub(crate) fn decode_reduced(
    bytes: &[u8],
    stored: Size,
    reduction: Reduction,
    watch: &Watch<'_>,
) -> Result<RgbImage, String> {
    let rgb = catch_panic(|| scanlines(Pieces { bytes, watch }, reduction))??;
    let Size { width, height } = reduction.decoded_size(stored);
    RgbImage::from_raw(width, height, rgb).ok_or_else(|| "too few samples".to_owned())
}

fn scanlines(bytes: Pieces<'_>, reduction: Reduction) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| error.to_string();
    let mut decoder = Decompress::new_reader(bytes).map_err(failed)?;
    // In eighths.
    decoder.scale((8 / reduction.divisor()) as u8);
    let mut started = decoder.rgb().map_err(failed)?;
    started.read_scanlines::<u8>().map_err(failed)
}
