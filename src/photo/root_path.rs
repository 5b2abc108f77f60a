//! One spelling for each folder, so that a root is recognised however it was typed.

use std::path::{Path, PathBuf};

use super::PhotoError;
use crate::files;

/// The canonical, absolute path of an existing folder: links are resolved, and it has no `.` or `..`.
pub fn normal_root(path: &Path) -> Result<PathBuf, PhotoError> {
    let io_error = |source| PhotoError::io(path, source);
    let canonical = files::real_path(path).map_err(io_error)?;
    if !canonical.metadata().map_err(io_error)?.is_dir() {
        return Err(io_error(std::io::ErrorKind::NotADirectory.into()));
    }
    Ok(canonical)
}
