//! Files to upright RGB photos: walking folders, decoding within limits, EXIF, thumbnails.
//!
//! Files are never trusted. A file is read up to a limit, its format is determined by content, and the pixels, memory
//! and work that it claims are checked before a decoder runs. A decoder that panics gives a [`PhotoError`]. The result
//! is always 8-bit sRGB, upright, with alpha laid on white. This module never writes to a photo and knows nothing of
//! faces.

mod decode;
mod decode_watch;
mod discover;
mod error;
mod exclusion_rules;
mod exif;
mod file;
mod file_kind;
mod formats;
mod limits;
mod memory;
mod note;
mod pages;
mod pairs;
mod pixels;
mod reduction;
mod root_path;
mod signature;
mod thumbnail;

/// The version of the readers. It changes whenever files become readable that were not before.
pub const READER: &str = "5";

pub use decode::{Photo, Probe, decode, decode_reduced, probe};
pub use discover::{Discovered, FoundFile, Unreadable, discover};
pub use error::PhotoError;
pub use exclusion_rules::{ALBUM_MANIFEST, LeftOut, PatternError, Patterns, Rules, Why};
pub use file::{ContentHash, FileStamp, PhotoFile};
pub use file_kind::{FileKind, PhotoFormat, kind_by_content};
pub use limits::Limits;
pub use note::PhotoNote;
pub use pages::{further_pages, read};
pub use pairs::{Pair, counted_files, left_out};
pub use pixels::orientation::Orientation;
pub use reduction::Reduction;
pub use root_path::{normal_root, spellings};
pub use signature::Signature;
pub use thumbnail::{jpeg_face_thumbnail, jpeg_thumbnail};
