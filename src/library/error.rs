//! Errors of a library file, with what to do about them.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use super::EntryId;
use crate::files;

/// An error of the library.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error(
        "the library {path:?} is open in another Kinfolk: close that one first, or choose another file with --library"
    )]
    InUse { path: PathBuf },
    #[error("{path:?} is not a Kinfolk library: choose another file with --library")]
    NotALibrary { path: PathBuf },
    #[error("{path:?} can't be a library: {source}; choose another file with --library")]
    NotAFile { path: PathBuf, source: io::Error },
    #[error(
        "the library {path:?} has {names} names (hard links); programs that open it by different names would lose \
         data: delete the other names, or make a copy of the file"
    )]
    SeveralNames { path: PathBuf, names: u64 },
    #[error(
        "the library {path:?} cannot be read without writing, because {why}: free some space, or copy it and the \
         files beside it to a writable disk"
    )]
    NeedsWriting { path: PathBuf, why: &'static str },
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
        "the library {path:?} is damaged ({detail}): restore a copy of it, or choose another file with --library"
    )]
    Damaged { path: PathBuf, detail: String },
    #[error("could not {action} {path:?}: {source}{}", remedy(source))]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("a library in memory has only one connection")]
    InMemory,
    #[error("entry {entry} of the history can't be read: {source}")]
    Journal {
        entry: EntryId,
        source: serde_json::Error,
    },
    #[error(
        "entry {entry} of the history was written by a newer Kinfolk (version {found}, this one knows up to {known}): \
         update Kinfolk to undo or redo it"
    )]
    NewerJournal {
        entry: EntryId,
        found: u32,
        known: u32,
    },
    #[error("a value could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the library could not be read or written: {0}{remedy}", remedy = sql_remedy(.0))]
    Sql(#[from] rusqlite::Error),
}

impl LibraryError {
    /// Whether `error` comes from SQLite while a library was in use; such errors do not name the file.
    pub fn is_unnamed_in(error: &(dyn Error + 'static)) -> bool {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if error.is::<rusqlite::Error>() {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// Whether writing to the file or beside it failed; it may still be readable.
    pub(super) fn is_about_writing(&self) -> bool {
        use rusqlite::ErrorCode::{
            CannotOpen, DiskFull, PermissionDenied, ReadOnly, SystemIoFailure,
        };
        let LibraryError::Io { source, .. } = self else {
            return false;
        };
        match sql_error(source).map(rusqlite::Error::sqlite_error_code) {
            Some(code) => matches!(
                code,
                Some(CannotOpen | DiskFull | PermissionDenied | ReadOnly | SystemIoFailure)
            ),
            None => matches!(
                source.kind(),
                io::ErrorKind::StorageFull
                    | io::ErrorKind::QuotaExceeded
                    | io::ErrorKind::FileTooLarge
                    | io::ErrorKind::ReadOnlyFilesystem
                    | io::ErrorKind::PermissionDenied
            ),
        }
    }

    pub(super) fn io(action: &'static str, path: &Path, source: io::Error) -> LibraryError {
        LibraryError::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }

    /// Adds the file to an SQLite error that occurred while opening it.
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

/// The SQLite error, if there is one.
fn sql_error(error: &io::Error) -> Option<&rusqlite::Error> {
    error.get_ref()?.downcast_ref()
}

fn remedy(error: &io::Error) -> &'static str {
    sql_error(error).map_or_else(|| files::remedy(error), sql_remedy)
}

/// What the user can do; empty if the error says it all.
fn sql_remedy(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => ": free some space and try again",
        Some(rusqlite::ErrorCode::SystemIoFailure) => {
            ": see whether the disk is full or failing, and try again"
        }
        Some(rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::CannotOpen) => {
            ": make the library's folder writable, or copy the library to another one"
        }
        _ => "",
    }
}
