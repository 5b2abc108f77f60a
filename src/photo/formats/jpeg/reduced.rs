//! JPEG at a reduced scale, by libjpeg: its transform makes 4×4, 2×2 or 1×1 pixels of a block's 8×8 coefficients.
//!
//! Most of a large JPEG's time goes into its pixels, and a look at faces needs few of them: at a quarter of the side this
//! takes about half as long as all of a progressive picture, and a sixteenth
//! of the memory. libjpeg is C: it is built by the C compiler that SQLite needs anyway, and its fatal errors come through as
//! panics, which are caught.

use image::RgbImage;
use mozjpeg::Decompress;

use crate::geometry::Size;
use crate::photo::watch::{Pieces, Watch};
use crate::photo::{Reduction, catch_panic};

/// The picture of `stored` pixels, in RGB as its file has it; an error where libjpeg can't make it.
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
