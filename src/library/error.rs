//! What can go wrong with a library file, in words that say what to do.

use std::io;
use std::path::{Path, PathBuf};

use super::EntryId;

/// An error of the library.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error(
        "the library {path:?} is open in another Kinfolk: close that one first, or choose another file with --library"
    )]
    InUse { path: PathBuf },
    #[error("{path:?} is not a Kinfolk library: choose another file with --library")]
    NotALibrary { path: PathBuf },
    #[error(
        "the library {path:?} was written by a newer Kinfolk (schema {found}, this one knows up to {known}): \
         update Kinfolk, or choose another file with --library"
    )]
    NewerSchema {
        path: PathBuf,
        found: i64,
        known: i64,
    },
    #[error(
        "the library {path:?} is damaged ({detail}): put back a copy of it, or choose another file with --library"
    )]
    Damaged { path: PathBuf, detail: String },
    #[error("could not {action} {path:?}: {source}")]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("the path {0:?} is not Unicode, which the library needs: rename the folder")]
    NotUnicode(PathBuf),
    #[error("a library in memory has one connection only")]
    InMemory,
    #[error("entry {entry} of the history can't be read: {source}")]
    Journal {
        entry: EntryId,
        source: serde_json::Error,
    },
    #[error("a value could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the library could not be read or written: {0}")]
    Sql(#[from] rusqlite::Error),
}

impl LibraryError {
    pub(super) fn io(action: &'static str, path: &Path, source: io::Error) -> LibraryError {
        LibraryError::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }

    /// Names the file in what SQLite says about it while it is being opened.
    pub(super) fn while_opening(path: &Path, source: rusqlite::Error) -> LibraryError {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => LibraryError::NotALibrary { path },
            Some(rusqlite::ErrorCode::DatabaseCorrupt) => LibraryError::Damaged {
                path,
                detail: source.to_string(),
            },
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                LibraryError::InUse { path }
            }
            _ => LibraryError::Io {
                action: "open the library",
                path,
                source: io::Error::other(source),
            },
        }
    }
}
