//! JPEG by libjpeg: at a reduced scale, where its transform makes 4×4, 2×2 or 1×1 pixels of a block's 8×8 coefficients; and
//! at full scale where zune-jpeg gives up.
//!
//! Most of a large JPEG's time goes into its pixels, and a look at faces needs few of them: at a quarter of the side this
//! takes about half as long as all of a progressive picture, and a sixteenth
//! of the memory. libjpeg is C: it is built by the C compiler that SQLite needs anyway, and its fatal errors come through as
//! panics, which are caught. Its warnings tell whether data are missing, which no other decoder says.

use std::cell::Cell;
use std::os::raw::c_int;

use image::RgbImage;
use mozjpeg::decompress::DecompressStarted;
use mozjpeg::{ColorSpace, Decompress};
use mozjpeg_sys::{jpeg_common_struct, jpeg_error_mgr, jpeg_std_error};

use crate::catch_panic::catch_panic;
use crate::geometry::Size;
use crate::photo::Reduction;
use crate::photo::decode_watch::{Pieces, Watch};

/// What libjpeg made of a picture.
pub(crate) struct Decoded {
    pub picture: RgbImage,
    /// Data were missing or broken: a part of the picture is made up.
    pub has_gaps: bool,
}

/// Warnings of libjpeg (jerror.h) after which pixels are made up: data that end too early, codes that don't exist, restart
/// markers that are missing, scans that can't follow each other.
const GAPS: [&str; 5] = [
    "Corrupt JPEG data: bad arithmetic code",
    "Corrupt JPEG data: premature end of data segment",
    "Corrupt JPEG data: bad Huffman code",
    "Corrupt JPEG data: found marker",
    "Premature end of JPEG file",
];

thread_local! {
    static HAS_GAPS: Cell<bool> = const { Cell::new(false) };
}

/// The picture of `stored` pixels, in RGB as its file has it; an error where libjpeg can't make it.
pub(crate) fn decode_reduced(
    bytes: &[u8],
    stored: Size,
    reduction: Reduction,
    watch: &Watch<'_>,
) -> Result<Decoded, String> {
    HAS_GAPS.set(false);
    let rgb = catch_panic(|| {
        let mut started = start(
            Pieces::with_end(bytes, watch),
            reduction,
            ColorSpace::JCS_RGB,
        )?;
        started
            .read_scanlines::<u8>()
            .map_err(|error| error.to_string())
    })??;
    let Size { width, height } = reduction.decoded_size(stored);
    let picture = RgbImage::from_raw(width, height, rgb);
    Ok(Decoded {
        picture: picture.ok_or_else(|| "too few samples".to_owned())?,
        has_gaps: HAS_GAPS.get(),
    })
}

/// Whether data of a picture are missing, seen at the smallest scale; an error where libjpeg can't make it.
pub(crate) fn has_gaps(bytes: &[u8], has_inks: bool, watch: &Watch<'_>) -> Result<bool, String> {
    let space = match has_inks {
        true => ColorSpace::JCS_CMYK,
        false => ColorSpace::JCS_RGB,
    };
    HAS_GAPS.set(false);
    catch_panic(|| {
        let mut started = start(Pieces::with_end(bytes, watch), Reduction::Eighth, space)?;
        let read = started.read_scanlines::<u8>();
        read.map(drop).map_err(|error| error.to_string())
    })??;
    Ok(HAS_GAPS.get())
}

fn start(
    bytes: Pieces<'_>,
    reduction: Reduction,
    space: ColorSpace,
) -> Result<DecompressStarted<Pieces<'_>>, String> {
    let failed = |error: std::io::Error| error.to_string();
    let decoder = Decompress::with_err(listening_errors());
    let mut decoder = decoder.from_reader(bytes).map_err(failed)?;
    // In eighths.
    decoder.scale((8 / reduction.divisor()) as u8);
    decoder.to_colorspace(space).map_err(failed)
}

/// libjpeg's own handlers, but for fatal errors, which unwind, and warnings, which are looked at.
fn listening_errors() -> jpeg_error_mgr {
    // SAFETY: the struct is plain data of C, for which all noughts are valid (its handlers are options); the call fills it.
    let mut errors = unsafe {
        let mut errors: jpeg_error_mgr = std::mem::zeroed();
        jpeg_std_error(&mut errors);
        errors
    };
    errors.error_exit = Some(unwind);
    errors.emit_message = Some(listen);
    errors
}

#[cold]
extern "C-unwind" fn unwind(info: &mut jpeg_common_struct) {
    // Goes by the panic hook, which would print it.
    std::panic::resume_unwind(Box::new(format!("libjpeg: {}", message(info))));
}

/// Warnings have the level -1, all others are news.
#[cold]
extern "C-unwind" fn listen(info: &mut jpeg_common_struct, level: c_int) {
    if level < 0 && !HAS_GAPS.get() {
        let message = message(info);
        HAS_GAPS.set(GAPS.iter().any(|gap| message.starts_with(gap)));
    }
}

fn message(info: &mut jpeg_common_struct) -> String {
    let mut text = [0u8; 80];
    // SAFETY: `err` is the struct that the decoder was made with, and lives as long as it; the formatter writes a text of at
    // most 80 bytes (JMSG_LENGTH_MAX) with its final nought into the buffer, though its binding takes a shared reference.
    unsafe {
        let Some(format) = info.err.as_ref().and_then(|errors| errors.format_message) else {
            return String::new();
        };
        let format = std::mem::transmute::<
            unsafe extern "C-unwind" fn(&mut jpeg_common_struct, &[u8; 80]),
            unsafe extern "C-unwind" fn(&mut jpeg_common_struct, &mut [u8; 80]),
        >(format);
        format(info, &mut text);
    }
    let length = text.iter().position(|byte| *byte == 0).unwrap_or(0);
    String::from_utf8_lossy(&text[..length]).into_owned()
}
