//! Files to upright RGB photos: walking folders, decoding within limits, EXIF, thumbnails.
//!
//! Bytes come in from anywhere and are never trusted: a file is read up to a limit, its format is told by content, the
//! pixels, the memory and the work that it claims are checked before a decoder runs, and one that panics becomes a
//! [`PhotoError`].
//! What goes out is always 8-bit sRGB, upright, alpha laid on white. Nothing here writes to a photo or knows of faces.

mod catch_panic;
mod decode;
mod discover;
mod error;
mod exif;
mod file;
mod file_kind;
mod formats;
mod limits;
mod memory;
mod note;
mod pairs;
mod pixels;
mod reduction;
mod root_path;
mod thumbnail;
mod watch;

/// Changes with every version that reads what an earlier one could not.
pub const READER: &str = "3";

pub(crate) use catch_panic::catch_panic;
pub use decode::{Photo, Probe, decode, decode_reduced, probe};
pub use discover::{ALBUM_MANIFEST, Discovered, FoundFile, Unreadable, discover};
pub use error::PhotoError;
pub use file::{ContentHash, FileStamp, PhotoFile, read};
pub use file_kind::{FileKind, PhotoFormat, kind_by_content};
pub use limits::Limits;
pub use note::PhotoNote;
pub use pairs::left_out;
pub use pixels::orientation::Orientation;
pub use reduction::Reduction;
pub use root_path::normal_root;
pub use thumbnail::{jpeg_face_thumbnail, jpeg_thumbnail};
