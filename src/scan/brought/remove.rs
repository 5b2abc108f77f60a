//! Removes a brought network from a library's folder.

use std::fs;
use std::io::ErrorKind;

use super::error::BroughtModelError;
use super::folder::{BroughtEntry, MANIFEST_FILE, ONNX_FILE, find};
use crate::library::Library;
use crate::vision::brought::network_of;

/// Removes the files of the network with this name; the vectors that it has made stay in the library.
///
/// The manifest goes first: without it, what is left of a killed removal is no network any more.
///
/// # Errors
/// [`BroughtModelError::InUse`] if the library compares its faces by it.
pub fn remove(library: &Library, name: &str) -> Result<BroughtEntry, BroughtModelError> {
    let entry = find(library, name)?;
    if network_of(&library.embedding_model()?) == Some(entry.model.as_str()) {
        return Err(BroughtModelError::InUse {
            name: entry.manifest.name,
        });
    }
    for name in [MANIFEST_FILE, ONNX_FILE] {
        let path = entry.folder().join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(BroughtModelError::io("remove", &path, error));
            }
            _ => {}
        }
    }
    // Files of others stay, and the folder with them.
    fs::remove_dir(entry.folder()).ok();
    Ok(entry)
}
