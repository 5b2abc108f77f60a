//! Scanned folders that are not there: renamed, moved, or on a drive that is not connected.

use std::io;
use std::path::Path;

use crate::library::{Library, LibraryError, RootRow};

/// The scanned folders that do not exist, or that are empty though photos of them are known. Looks at the disk, which may
/// take long for a network drive.
pub fn gone_folders(library: &Library) -> Result<Vec<RootRow>, LibraryError> {
    let mut gone = Vec::new();
    for root in library.roots()? {
        // An empty folder may have been added before its photos.
        if is_gone(&root.path) && (!root.path.exists() || library.has_known_photos(root.root_id)?) {
            gone.push(root);
        }
    }
    Ok(gone)
}

/// Whether a root's folder is not there, or is the empty place of a drive. One that cannot be read may be there.
pub(super) fn is_gone(root: &Path) -> bool {
    match root.read_dir() {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}
