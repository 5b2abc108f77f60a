//! The kind of a file, by its first bytes; and the extensions for which the name is enough.
//!
//! Signatures: the formats' own specifications (ISO 10918-1, PNG, RIFF/WebP, GIF89a, TIFF 6.0, QOI, Netpbm, ISO/IEC
//! 14496-12 for `ftyp` brands, ISO/IEC 18181-2 for JPEG XL).

use std::ffi::OsStr;

use image::ImageFormat;

/// How many of a file's first bytes [`kind_by_content`] uses.
pub(super) const HEAD: usize = 32;

/// The kind of a file by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A format that [`super::decode`] reads.
    Photo(ImageFormat),
    /// A known photo format that can't be read yet, by its usual extension.
    NotYetReadable(&'static str),
    Other,
}

/// The kind of a file by its first bytes (32 are enough). The name is not used.
pub fn kind_by_content(head: &[u8]) -> FileKind {
    use FileKind::{NotYetReadable, Other, Photo};
    match head {
        [0xFF, 0xD8, 0xFF, ..] => Photo(ImageFormat::Jpeg),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Photo(ImageFormat::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Photo(ImageFormat::Gif),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Photo(ImageFormat::WebP),
        // 43 is BigTIFF.
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Photo(ImageFormat::Tiff),
        [b'q', b'o', b'i', b'f', ..] => Photo(ImageFormat::Qoi),
        [b'B', b'M', ..] if is_bmp_header(head) => Photo(ImageFormat::Bmp),
        [
            b'P',
            b'1'..=b'7',
            b' ' | b'\t' | b'\r' | b'\n',
            b'0'..=b'9' | b'#' | b'W',
            ..,
        ] => Photo(ImageFormat::Pnm),
        [0xFF, 0x0A, ..] => NotYetReadable("jxl"),
        [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => NotYetReadable("jxl"),
        [_, _, _, _, b'f', b't', b'y', b'p', a, b, c, d, ..] => match &[*a, *b, *c, *d] {
            b"avif" | b"avis" => NotYetReadable("avif"),
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => {
                NotYetReadable("heic")
            }
            _ => Other,
        },
        _ => Other,
    }
}

/// Many texts begin with `BM`; a known length of the header (at offset 14) shows that it is a bitmap.
fn is_bmp_header(head: &[u8]) -> bool {
    let length = head.get(14..18).and_then(|bytes| bytes.try_into().ok());
    matches!(
        length.map(u32::from_le_bytes),
        Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124)
    )
}

/// Extensions of readable photos. Such files are candidates without being opened, so walking a large folder again reads
/// no files. Decoding shows what they really are.
const PHOTO_EXTENSIONS: [&str; 19] = [
    "jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "gif", "bmp", "dib", "tif", "tiff", "qoi",
    "pnm", "pbm", "pgm", "ppm", "pam", "mpo",
];

/// Raw formats are TIFF inside, but their first picture is a small preview. They count as not readable yet, by name.
const RAW_EXTENSIONS: [&str; 19] = [
    "3fr", "arw", "cr2", "cr3", "dcr", "dng", "erf", "iiq", "kdc", "mrw", "nef", "nrw", "orf",
    "pef", "raf", "raw", "rw2", "srw", "x3f",
];

/// The kind of a file by its extension alone.
pub(super) enum KindByName {
    Photo,
    /// Not read, whatever it contains.
    Skip,
    /// The first bytes decide.
    LookInside,
}

pub(super) fn kind_by_name(extension: &str) -> KindByName {
    if PHOTO_EXTENSIONS.contains(&extension) {
        KindByName::Photo
    } else if RAW_EXTENSIONS.contains(&extension) {
        KindByName::Skip
    } else {
        KindByName::LookInside
    }
}

/// The extension in lower case; empty where there is none.
pub(super) fn extension_of(path: &std::path::Path) -> String {
    path.extension()
        .map(OsStr::to_string_lossy)
        .map_or_else(String::new, |extension| extension.to_lowercase())
}

/// A format's name as people write it.
pub(super) fn format_name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Png => "PNG",
        ImageFormat::Gif => "GIF",
        ImageFormat::WebP => "WebP",
        ImageFormat::Tiff => "TIFF",
        ImageFormat::Qoi => "QOI",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Pnm => "PNM",
        _ => "picture",
    }
}
