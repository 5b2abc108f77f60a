//! Tells by its own headers whether a file ends too early: those of WebP say how long it is (RFC 9649), those of HEIC, AVIF and JPEG
//! XL how long each of its boxes is (ISO/IEC 14496-12, 4.2).

use std::io::{Read, Seek, SeekFrom};

use crate::photo::PhotoError;
use crate::photo::decode_watch::Watch;
use crate::photo::file::Source;
use crate::photo::file_kind::PhotoFormat;

/// Boxes of a file at its top level; photos have five or so.
const MAX_BOXES: usize = 1024;
/// Boxes that photos have at their top level (ISO/IEC 14496-12, 23008-12 and 18181-2), and Samsung's.
const BOXES_OF_PHOTOS: [&[u8; 4]; 21] = [
    b"ftyp", b"meta", b"mdat", b"moov", b"moof", b"free", b"skip", b"wide", b"uuid", b"idat",
    b"mpvd", b"sefd", b"jumb", b"JXL ", b"jxlc", b"jxlp", b"jxli", b"jbrd", b"Exif", b"xml ",
    b"brob",
];
/// A JPEG XL that is not in boxes begins so, and does not say how long it is.
const BARE_JXL: [u8; 2] = [0xFF, 0x0A];

/// Whether photos have boxes of this kind at their top level.
pub(super) fn is_box_of_photos(kind: [u8; 4]) -> bool {
    BOXES_OF_PHOTOS.contains(&&kind)
}

/// Whether the file is shorter than it says. False where its format does not tell.
pub(crate) fn is_cut_off<'a>(
    source: Source<'a>,
    format: PhotoFormat,
    watch: &'a Watch<'a>,
) -> Result<bool, PhotoError> {
    let tells = matches!(
        format,
        PhotoFormat::WebP | PhotoFormat::Heic | PhotoFormat::Avif | PhotoFormat::JpegXl
    );
    if !tells {
        return Ok(false);
    }
    let mut reader = source.reader(watch)?;
    let is_short = match format {
        PhotoFormat::WebP => is_short_riff(&mut reader),
        _ => ends_in_a_box(&mut reader),
    };
    watch.check()?;
    Ok(is_short.unwrap_or(false))
}

fn is_short_riff(file: &mut (impl Read + Seek)) -> std::io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut head = [0; 8];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut head)?;
    let claimed = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
    Ok(head.starts_with(b"RIFF") && length < 8 + claimed)
}

fn ends_in_a_box(file: &mut (impl Read + Seek)) -> std::io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut at = 0;
    for _ in 0..MAX_BOXES {
        // What follows the last box may be anything.
        if length - at < 8 {
            return Ok(false);
        }
        let mut head = [0; 16];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut head[..8])?;
        if at == 0 && head.starts_with(&BARE_JXL) {
            return Ok(false);
        }
        let size = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
            // Up to the end of the file.
            0 => return Ok(false),
            1 if length - at < 16 => return Ok(true),
            1 => {
                file.read_exact(&mut head[8..])?;
                let [.., a, b, c, d, e, f, g, h] = head;
                u64::from_be_bytes([a, b, c, d, e, f, g, h])
            }
            size => u64::from(size),
        };
        let kind = [head[4], head[5], head[6], head[7]];
        let is_box = size >= 8 && kind.iter().all(|byte| (b' '..=b'~').contains(byte));
        match at.checked_add(size) {
            Some(end) if is_box && end <= length => at = end,
            // Something else is no box that is cut off, but lies behind the last.
            _ => return Ok(is_box && is_box_of_photos(kind)),
        }
    }
    Ok(false)
}
