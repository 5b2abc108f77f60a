//! One spelling for each folder, so that a root is recognised however it was typed.

use std::path::{self, Path, PathBuf};

use super::PhotoError;
use crate::files;

/// How a root may be spelled that need not exist any more: absolute, with the links in the part of it that exists resolved,
/// and as it was typed.
pub fn spellings(path: &Path) -> Vec<PathBuf> {
    let typed = path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let resolved = typed.ancestors().find_map(|ancestor| {
        let real = files::real_path(ancestor).ok()?;
        let rest = typed.strip_prefix(ancestor).ok()?;
        // Joining nothing would append a separator.
        Some(if rest.as_os_str().is_empty() {
            real
        } else {
            real.join(rest)
        })
    });
    let mut spellings: Vec<PathBuf> = resolved.into_iter().chain([typed]).collect();
    spellings.dedup();
    spellings
}

/// The canonical, absolute spelling of a folder that exists: links resolved, no `.` or `..`.
pub fn normal_root(path: &Path) -> Result<PathBuf, PhotoError> {
    let io_error = |source| PhotoError::io(path, source);
    let canonical = files::real_path(path).map_err(io_error)?;
    if !canonical.metadata().map_err(io_error)?.is_dir() {
        return Err(io_error(std::io::ErrorKind::NotADirectory.into()));
    }
    Ok(canonical)
}
