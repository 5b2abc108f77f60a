//! Takes back what an export wrote and the albums no longer hold.
//!
//! A file is deleted only if its content is what the manifest says and the photo itself lies where the library has it, so
//! that the last copy of a photo is never deleted. What somebody has changed or put there stays.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;

use super::place::hash_of;
use crate::export::error::ExportError;
use crate::files;
use crate::library::{Library, LibraryError};
use crate::photo::ContentHash;

/// What became of the files of one folder that are not wanted.
#[derive(Default)]
pub struct Tidied {
    pub taken_back: u64,
    pub left_over: u64,
}

/// The unwanted files of a folder, by the record; they are deleted and forgotten where `take_back` is set.
pub fn tidy(
    library: &Library,
    folder: &Path,
    files: &mut BTreeMap<String, String>,
    wanted: &HashSet<String>,
    take_back: bool,
) -> Result<Tidied, ExportError> {
    let mut tidied = Tidied::default();
    let unwanted: Vec<(String, String)> = files
        .iter()
        .filter(|(hash, _)| !wanted.contains(*hash))
        .map(|(hash, file)| (hash.clone(), file.clone()))
        .collect();
    // One file may be recorded for a photo that is wanted, too.
    let kept: HashSet<String> = files
        .iter()
        .filter(|(hash, _)| wanted.contains(*hash))
        .map(|(_, file)| file.clone())
        .collect();
    for (hash, file) in unwanted {
        let path = folder.join(&file);
        if fs::symlink_metadata(&path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            files.remove(&hash);
        } else if take_back
            && !kept.contains(&file)
            && is_ours_and_elsewhere(library, &path, &hash)?
        {
            fs::remove_file(&path).map_err(ExportError::io("take back", &path))?;
            files.remove(&hash);
            tidied.taken_back += 1;
        } else {
            tidied.left_over += 1;
        }
    }
    Ok(tidied)
}

/// Whether the file is as it was written, and the photo is where the library has it.
fn is_ours_and_elsewhere(library: &Library, path: &Path, hash: &str) -> Result<bool, LibraryError> {
    let content = match content_of(path) {
        Ok(content) if content.to_string() == hash => content,
        Ok(_) => return Ok(false),
        Err(error) => {
            tracing::debug!("could not read {path:?}: {error}");
            return Ok(false);
        }
    };
    let photos = library.photos_with_content(&content)?;
    Ok(photos.iter().any(|photo| {
        let original = photo.absolute();
        !photo.vanished && content_of(&original).is_ok_and(|found| found == content)
    }))
}

/// The content of a file, or of the file that a link leads to.
fn content_of(path: &Path) -> io::Result<ContentHash> {
    let real = files::real_path(path)?;
    hash_of(&real, fs::metadata(&real)?.len())
}
