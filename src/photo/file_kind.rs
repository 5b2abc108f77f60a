//! The kind of a file, by its first bytes; and the extensions for which the name is enough.
//!
//! Signatures: the formats' own specifications (ISO 10918-1, PNG, RIFF/WebP, GIF89a, TIFF 6.0, QOI, Netpbm, ISO/IEC
//! 14496-12 for `ftyp` brands, ISO/IEC 18181-2 for JPEG XL).

use std::ffi::OsStr;

use image::ImageFormat;

/// How many of a file's first bytes [`kind_by_content`] uses.
pub(super) const HEAD: usize = 32;

/// How raw files of Fujifilm begin.
pub(super) const FUJI_HEAD: &[u8] = b"FUJIFILMCCD-";

/// A kind of file that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhotoFormat {
    Jpeg,
    Png,
    Gif,
    WebP,
    Tiff,
    Qoi,
    Bmp,
    Pnm,
    Heic,
    Avif,
    JpegXl,
    /// A camera's raw file, of which its largest preview is read.
    Raw,
}

impl PhotoFormat {
    /// The name as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Tiff => "TIFF",
            Self::Qoi => "QOI",
            Self::Bmp => "BMP",
            Self::Pnm => "PNM",
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::JpegXl => "JPEG XL",
            Self::Raw => "raw",
        }
    }

    /// The same in the `image` crate, which names those that it decodes.
    pub(super) fn of_image_crate(self) -> ImageFormat {
        match self {
            Self::Gif => ImageFormat::Gif,
            Self::WebP => ImageFormat::WebP,
            Self::Qoi => ImageFormat::Qoi,
            Self::Bmp => ImageFormat::Bmp,
            Self::Pnm => ImageFormat::Pnm,
            Self::Png => ImageFormat::Png,
            Self::Tiff | Self::Raw => ImageFormat::Tiff,
            Self::Avif | Self::Heic => ImageFormat::Avif,
            Self::Jpeg | Self::JpegXl => ImageFormat::Jpeg,
        }
    }
}

/// What a file's first bytes say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A format that [`super::decode`] reads.
    Photo(PhotoFormat),
    /// A photo format known by name that can't be read yet, as its usual extension.
    NotYetReadable(&'static str),
    Other,
}

/// The kind of a file by its first bytes (32 are enough). The name is not used.
pub fn kind_by_content(head: &[u8]) -> FileKind {
    use FileKind::{NotYetReadable, Other, Photo};
    match head {
        // Viewers pass over what lies between this and the first marker.
        [0xFF, 0xD8, ..] => Photo(PhotoFormat::Jpeg),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Photo(PhotoFormat::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Photo(PhotoFormat::Gif),
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
        ] => Photo(PhotoFormat::WebP),
        // 43 is BigTIFF.
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Photo(PhotoFormat::Tiff),
        [b'q', b'o', b'i', b'f', ..] => Photo(PhotoFormat::Qoi),
        [b'B', b'M', ..] if is_bmp_header(head) => Photo(PhotoFormat::Bmp),
        [
            b'P',
            b'1'..=b'7',
            b' ' | b'\t' | b'\r' | b'\n',
            b'0'..=b'9' | b'#' | b'W',
            ..,
        ] => Photo(PhotoFormat::Pnm),
        [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => Photo(PhotoFormat::JpegXl),
        head if head.starts_with(FUJI_HEAD) => Photo(PhotoFormat::Raw),
        // Olympus and Panasonic.
        [b'I', b'I', b'R', b'O' | b'S', ..]
        | [b'I', b'I', b'U', 0, ..]
        | [b'M', b'M', b'O', b'R', ..] => Photo(PhotoFormat::Raw),
        [_, _, _, _, b'f', b't', b'y', b'p', a, b, c, d, ..] => match &[*a, *b, *c, *d] {
            b"avif" | b"avis" if cfg!(feature = "avif") => Photo(PhotoFormat::Avif),
            b"avif" | b"avis" => NotYetReadable("avif"),
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1"
                if cfg!(feature = "heic") || cfg!(feature = "avif") =>
            {
                Photo(PhotoFormat::Heic)
            }
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => {
                NotYetReadable("heic")
            }
            b"crx " => Photo(PhotoFormat::Raw),
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

/// Extensions of raw files whose previews are read.
const RAW_EXTENSIONS: [&str; 18] = [
    "3fr", "arw", "cr2", "cr3", "dcr", "dng", "erf", "iiq", "kdc", "nef", "nrw", "orf", "pef",
    "raf", "rw2", "rwl", "sr2", "srw",
];

/// Raw formats that are not read, whatever they look like inside.
const OTHER_RAW_EXTENSIONS: [&str; 3] = ["mrw", "raw", "x3f"];

/// Extensions of films, which are counted as such.
const VIDEO_EXTENSIONS: [&str; 15] = [
    "3gp", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "ogv", "vob",
    "webm", "wmv",
];

/// The kind of a file by its extension alone.
pub(super) enum KindByName {
    Photo,
    /// Not read, whatever it contains.
    Skip,
    /// A film, unless it is a photo inside.
    Video,
    /// The first bytes decide.
    LookInside,
}

pub(super) fn kind_by_name(extension: &str) -> KindByName {
    if PHOTO_EXTENSIONS.contains(&extension) || is_raw(extension) {
        KindByName::Photo
    } else if OTHER_RAW_EXTENSIONS.contains(&extension) {
        KindByName::Skip
    } else if is_video(extension) {
        KindByName::Video
    } else {
        KindByName::LookInside
    }
}

/// Whether files of this extension are a camera's raw files.
pub(super) fn is_raw(extension: &str) -> bool {
    RAW_EXTENSIONS.contains(&extension)
}

pub(super) fn is_video(extension: &str) -> bool {
    VIDEO_EXTENSIONS.contains(&extension)
}

/// The extension in lower case, empty where there is none.
pub(super) fn extension_of(path: &std::path::Path) -> String {
    path.extension()
        .map(OsStr::to_string_lossy)
        .map_or_else(String::new, |extension| extension.to_lowercase())
}
