//! Errors of a scan. A photo that can't be scanned is recorded in the library as a problem; the scan goes on.

use std::io;

use super::UnreachableFolder;
use crate::library::LibraryError;
use crate::photo::{PatternError, PhotoError};
use crate::vision::VisionError;

#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error("{}", unreachable_folders(.0))]
    Unreachable(Vec<UnreachableFolder>),
    #[error(transparent)]
    Library(#[from] LibraryError),
    #[error(transparent)]
    Pattern(#[from] PatternError),
    #[error(transparent)]
    Photo(#[from] PhotoError),
    #[error(transparent)]
    Vision(#[from] VisionError),
    #[error("can't start a thread: {0}")]
    Thread(#[source] io::Error),
}

fn unreachable_folders(folders: &[UnreachableFolder]) -> String {
    let lines: Vec<String> = folders
        .iter()
        .map(|folder| format!("can't scan {:?}: {}", folder.path, folder.reason))
        .collect();
    lines.join("; ")
}
