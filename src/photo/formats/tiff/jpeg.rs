//! Strips and tiles that are JPEGs, with or without their tables (TIFF Technical Note 2; section 22 for whole pictures).

use zune_jpeg::zune_core::colorspace::ColorSpace;

use super::page::{Page, Photometric};
use super::{damaged_because, unsupported};
use crate::geometry::Size;
use crate::photo::PhotoError;
use crate::photo::decode_watch::Watch;
use crate::photo::formats::jpeg::cost::{frame_size, has_end_marker, work};
use crate::photo::formats::jpeg::headers;

/// Decodes a strip or tile of `rows` rows to rows as the page's samples lie unpacked; false where its end is missing.
pub(super) fn decode(
    page: &Page,
    jpeg: &[u8],
    rows: u32,
    unpacked: &mut Vec<u8>,
    watch: &Watch<'_>,
) -> Result<bool, PhotoError> {
    if page.bits != 8 {
        return Err(unsupported(format!("JPEG of {} bits", page.bits)));
    }
    let whole;
    let jpeg = match with_tables(&page.jpeg_tables, jpeg) {
        Some(joined) => {
            whole = joined;
            &whole[..]
        }
        None => jpeg,
    };
    if !jpeg.starts_with(&[0xFF, 0xD8]) {
        return Err(unsupported("JPEG of the old kind".to_owned()));
    }
    let none = Size {
        width: 0,
        height: 0,
    };
    let claimed = frame_size(jpeg).unwrap_or(none);
    if claimed.width > page.chunk.width || claimed.height > page.chunk.height {
        return Err(damaged_because(format!(
            "a JPEG of {} × {} pixels in a strip or tile of {} × {}",
            claimed.width, claimed.height, page.chunk.width, page.chunk.height
        )));
    }
    work(jpeg)?;
    let samples = decoded(page, jpeg, watch)?;
    let row = page.interleaved() * claimed.width as usize;
    if samples.len() < row * claimed.height as usize {
        return Err(damaged_because("a JPEG with too few samples".to_owned()));
    }
    let row_bytes = page.row_bytes() as usize;
    unpacked.resize(page.chunk_bytes(rows) as usize, 0);
    if row > 0 {
        let places = unpacked.chunks_exact_mut(row_bytes);
        for (place, row) in places.zip(samples.chunks_exact(row)) {
            place[..row.len()].copy_from_slice(row);
        }
    }
    Ok(has_end_marker(jpeg) && claimed.height >= rows.min(page.size.height))
}

/// The samples as the page has them; YCbCr as RGB would be another colour, so it stays as it is.
fn decoded(page: &Page, jpeg: &[u8], watch: &Watch<'_>) -> Result<Vec<u8>, PhotoError> {
    let damaged = |error| damaged_because(format!("{error:?}"));
    let mut decoder = headers(jpeg, watch).map_err(damaged)?;
    let components = decoder
        .info()
        .map_or(0, |info| usize::from(info.components));
    if components != page.interleaved() {
        return Err(damaged_because(format!(
            "a JPEG of {components} components for {} samples",
            page.interleaved()
        )));
    }
    let stored = decoder.input_colorspace().unwrap_or(ColorSpace::YCbCr);
    let output = match (components, page.photometric) {
        (1, _) => ColorSpace::Luma,
        // As the directory says, whatever the JPEG's own marks.
        (3, Photometric::Rgb | Photometric::YCbCr) | (4, _) => stored,
        (3, _) => ColorSpace::YCbCr,
        _ => return Err(unsupported(format!("JPEG of {components} components"))),
    };
    decoder.set_options(decoder.options().jpeg_set_out_colorspace(output));
    decoder.decode().map_err(damaged)
}

/// The JPEG with the tables before its frame; none where it needs none.
fn with_tables(tables: &[u8], jpeg: &[u8]) -> Option<Vec<u8>> {
    if tables.starts_with(&[0xFF, 0xD8]) && !jpeg.starts_with(&[0xFF, 0xD8]) {
        return Some([tables, jpeg].concat());
    }
    let tables = tables.strip_prefix(&[0xFF, 0xD8])?;
    let tables = tables.strip_suffix(&[0xFF, 0xD9]).unwrap_or(tables);
    let frame = jpeg.strip_prefix(&[0xFF, 0xD8])?;
    Some([&[0xFF, 0xD8], tables, frame].concat())
}
