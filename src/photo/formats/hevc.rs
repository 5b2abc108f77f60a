//! One HEVC picture of a HEIC file, by the crate `heifer`.

use heifer::color::{ColorParams, frame_to_rgba_into};
use heifer::heifer_hevc_dec::decoder::{DecodeOptions, decode_picture};
use heifer_isobmff::{HeifFile, ItemId};
use image::RgbImage;

use crate::geometry::Size;

/// Pixels that a coded picture may have more than is shown of it, along each side: less than one coding unit.
const MAX_PADDING: u64 = 64;

/// The picture's first `size` pixels; `nclx` are the matrix and range that the container names.
pub(super) fn decode(
    file: &HeifFile<'_>,
    item: ItemId,
    size: Size,
    nclx: Option<(u16, bool)>,
) -> Result<RgbImage, String> {
    let stream = file
        .hevc_bitstream(item)
        .map_err(|error| error.to_string())?;
    let (width, height) = (u64::from(size.width), u64::from(size.height));
    let options = DecodeOptions {
        max_pixels: (width + MAX_PADDING) * (height + MAX_PADDING),
        ..DecodeOptions::default()
    };
    let frame = decode_picture(&stream, options).map_err(|error| error.to_string())?;
    drop(stream);
    if frame.widths[0] < size.width || frame.heights[0] < size.height {
        return Err("a picture smaller than its file says".to_owned());
    }
    let params = nclx.map_or_else(
        || ColorParams::from_frame(&frame),
        |(matrix, full_range)| ColorParams { matrix, full_range },
    );
    let width = size.width as usize;
    let mut rgba = vec![0u8; width * 4 * size.height as usize];
    let mut rows: Vec<&mut [u8]> = rgba.chunks_exact_mut(width * 4).collect();
    frame_to_rgba_into(&frame, params, &mut rows, width, size.height as usize);
    drop(frame);
    Ok(without_alpha(rgba, size))
}

/// Three of four bytes, in the same buffer.
fn without_alpha(mut rgba: Vec<u8>, size: Size) -> RgbImage {
    let pixels = size.width as usize * size.height as usize;
    for at in 0..pixels {
        rgba.copy_within(at * 4..at * 4 + 3, at * 3);
    }
    rgba.truncate(pixels * 3);
    rgba.shrink_to_fit();
    RgbImage::from_raw(size.width, size.height, rgba)
        .unwrap_or_else(|| RgbImage::new(size.width, size.height))
}
