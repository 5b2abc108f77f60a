//! The short name of a folder.

use std::borrow::Cow;
use std::path::Path;

/// The last part of a path, or the whole path of a drive.
pub fn folder_name(folder: &Path) -> Cow<'_, str> {
    folder
        .file_name()
        .unwrap_or(folder.as_os_str())
        .to_string_lossy()
}
