//! Errors between a path and its pixels.

use std::io;
use std::path::{Path, PathBuf};

/// Why a file could not be read as a photo. `Display` names the path where the file system failed;
/// [`PhotoError::reason`] never does.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    #[error("can't read {path:?}: {source}")]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("not a regular file")]
    NotAFile,
    #[error("the file is empty")]
    Empty,
    #[error(
        "the file has {bytes} bytes, more than the limit of {limit}: save a smaller copy of it"
    )]
    FileTooLarge { bytes: u64, limit: u64 },
    #[error("the file changed while it was read: scan again")]
    Changed,
    #[error(
        "the picture claims {width} × {height} pixels, more than the limit of {limit} in all: save a smaller copy of it"
    )]
    TooManyPixels { width: u32, height: u32, limit: u64 },
    #[error(
        "the picture claims {width} × {height} pixels, more than the limit of {limit} along a side: save a smaller copy \
         of it"
    )]
    SideTooLong { width: u32, height: u32, limit: u32 },
    #[error(
        "decoding its {width} × {height} pixels would take {} MB of memory, more than the limit of {} MB: save a \
         smaller copy of it, or a JPEG",
        megabytes(*.bytes), megabytes(*.limit)
    )]
    TooMuchMemory {
        width: u32,
        height: u32,
        bytes: u64,
        limit: u64,
    },
    /// Decoding would take longer than that of any photo.
    #[error(
        "{format} with {found}, more than the limit of {limit}: save it again with another program"
    )]
    TooMuchWork {
        format: &'static str,
        found: String,
        limit: u64,
    },
    #[error(
        "decoding it took more than {seconds} s and was given up: save a smaller copy of it, or scan again when the \
         computer is less busy"
    )]
    TookTooLong { seconds: u64 },
    /// The work was stopped while the photo was decoded; nothing is wrong with it.
    #[error("stopped before the photo was decoded")]
    Stopped,
    #[error("not a picture in a known format")]
    NotAPhoto,
    /// A known photo format that can't be decoded yet, by its usual extension.
    #[error("{kind} pictures can't be read yet")]
    NotYetReadable { kind: &'static str },
    #[error("damaged {format}: {reason}")]
    Damaged {
        format: &'static str,
        reason: String,
    },
    #[error("the file ends before the picture does (cut off while copying?)")]
    CutOff,
    #[error("damaged {format}: its decoder failed ({message})")]
    DecoderPanicked {
        format: &'static str,
        message: String,
    },
    #[error("can't make a thumbnail: {0}")]
    Thumbnail(String),
}

/// Rounded up, so that a value above a limit never looks equal to it.
fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}

impl PhotoError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_path_buf(),
            source,
        }
    }

    /// The reason without the path, for a list that already shows the path.
    pub fn reason(&self) -> String {
        match self {
            Self::Io { source, .. } => format!("can't be read: {source}"),
            other => other.to_string(),
        }
    }
}
