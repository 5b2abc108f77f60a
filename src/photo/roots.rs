//! One spelling per folder, so that a root is recognised however it was typed.

use std::path::{Path, PathBuf};

use super::PhotoError;

/// The canonical, absolute spelling of a folder that exists: links resolved, no `.` or `..`.
pub fn normal_root(path: &Path) -> Result<PathBuf, PhotoError> {
    let io_error = |source| PhotoError::io(path, source);
    let canonical = path.canonicalize().map_err(io_error)?;
    if !canonical.metadata().map_err(io_error)?.is_dir() {
        return Err(io_error(std::io::ErrorKind::NotADirectory.into()));
    }
    Ok(without_verbatim_prefix(canonical))
}

/// Windows spells canonical paths as `\\?\C:\…`, which people never type and many programs don't take.
fn without_verbatim_prefix(path: PathBuf) -> PathBuf {
    let plain = path
        .to_str()
        .and_then(|text| text.strip_prefix(r"\\?\"))
        .filter(|text| !text.starts_with("UNC"))
        .map(PathBuf::from);
    plain.unwrap_or(path)
}
