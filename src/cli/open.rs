//! The library that a command uses.

use std::path::PathBuf;

use super::error::CliError;
use crate::library::Library;

/// The user's `--library`; None for the default place.
pub struct LibraryChoice {
    asked: Option<PathBuf>,
}

impl LibraryChoice {
    pub fn new(asked: Option<PathBuf>) -> Self {
        LibraryChoice { asked }
    }

    pub fn path(&self) -> Result<PathBuf, CliError> {
        self.asked
            .clone()
            .or_else(Library::default_path)
            .ok_or_else(|| {
                CliError::Failed(
                    "no place for the library on this system: name a file with --library FILE"
                        .into(),
                )
            })
    }

    /// The value of `--library`, if it was given.
    #[cfg(feature = "gui")]
    pub fn asked(&self) -> Option<PathBuf> {
        self.asked.clone()
    }

    /// Opens the library; fails if it doesn't exist.
    pub fn open(&self) -> Result<Library, CliError> {
        Ok(Library::open(&self.path_of_one()?)?)
    }

    /// Opens the library for a command that only reads it. This works on a full disk and on a read-only medium.
    pub fn open_to_read(&self) -> Result<Library, CliError> {
        Ok(Library::open_to_read(&self.path_of_one()?)?)
    }

    fn path_of_one(&self) -> Result<PathBuf, CliError> {
        let path = self.path()?;
        if !path.exists() {
            return Err(CliError::Failed(format!(
                "there is no library at {path:?}: make one with `kinfolk scan FOLDER`, or name another with --library FILE"
            )));
        }
        Ok(path)
    }

    /// Opens the library and creates it if it doesn't exist.
    pub fn open_or_create(&self) -> Result<Library, CliError> {
        Ok(Library::open(&self.path()?)?)
    }
}
