//! Errors of an export as a whole; problems with single photos are reported in the summary.

use std::io;
use std::path::{Path, PathBuf};

use crate::files;
use crate::library::LibraryError;
use crate::photo::PhotoError;

/// Why an export failed, with the path and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("cannot {action} {path:?}: {source}{}", files::remedy(source))]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("{path:?} is not a folder: choose another destination")]
    NotAFolder { path: PathBuf },
    #[error(
        "{destination:?} contains scanned photos ({held:?}): choose a separate folder, because later scans skip album folders"
    )]
    HoldsPhotos { destination: PathBuf, held: PathBuf },
    #[error(
        "{path:?} was not written by Kinfolk ({why}): move it away or choose another destination"
    )]
    ForeignManifest { path: PathBuf, why: String },
    #[error(
        "{path:?} exists and is not a table of faces: choose another name, or overwrite it with --force"
    )]
    ForeignFile { path: PathBuf },
    #[error("{path:?} is the library or belongs to it: choose another name")]
    LibraryFile { path: PathBuf },
    #[error(
        "{path:?} is a photo or the path of one, which is never overwritten: choose another name"
    )]
    PhotoFile { path: PathBuf },
    #[error(
        "{path:?} is not a text file, and --force only replaces text files: choose another name"
    )]
    NotText { path: PathBuf },
    #[error(
        "hard links cannot reach from {photo:?} to {destination:?}, which is another disk: use copies or symbolic links"
    )]
    OtherDisk {
        photo: PathBuf,
        destination: PathBuf,
    },
    #[error("cannot open the destination: {0}")]
    Destination(#[from] PhotoError),
    #[error("cannot write the table: {0}{remedy}", remedy = files::remedy(.0))]
    Output(#[from] io::Error),
    #[error(transparent)]
    Library(#[from] LibraryError),
}

impl ExportError {
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ExportError {
        let path = path.to_owned();
        move |source| ExportError::Io {
            action,
            path,
            source,
        }
    }
}
