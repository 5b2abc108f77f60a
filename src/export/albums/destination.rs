//! The destination of albums: whether it may be used.

use std::fs;
use std::path::{Path, PathBuf};

use crate::export::error::ExportError;
use crate::library::{Library, PhotoRow};
use crate::photo::normal_root;

/// Creates the destination if necessary and returns its absolute path without links.
pub fn open_destination(destination: &Path) -> Result<PathBuf, ExportError> {
    match fs::metadata(destination) {
        Ok(metadata) if !metadata.is_dir() => {
            return Err(ExportError::NotAFolder {
                path: destination.to_owned(),
            });
        }
        Ok(_) => {}
        Err(_) => fs::create_dir_all(destination).map_err(ExportError::io("make", destination))?,
    }
    // Spelt like the library's roots, so that they can be compared.
    Ok(normal_root(destination)?)
}

/// Fails if the destination contains scanned photos, because scans skip the destination.
pub fn refuse_photo_folders(library: &Library, destination: &Path) -> Result<(), ExportError> {
    let roots = library.roots()?.into_iter().map(|root| root.path);
    let photos = library.photos()?;
    let present = photos.iter().filter(|photo| !photo.vanished);
    let held = roots
        .chain(present.map(PhotoRow::absolute))
        .find(|path| path.starts_with(destination));
    match held {
        Some(held) => Err(ExportError::HoldsPhotos {
            destination: destination.to_owned(),
            held,
        }),
        None => Ok(()),
    }
}

/// The scanned folder that contains `destination`.
pub fn root_around(library: &Library, destination: &Path) -> Result<Option<PathBuf>, ExportError> {
    let roots = library.roots()?;
    Ok(roots
        .into_iter()
        .map(|root| root.path)
        .find(|root| destination.starts_with(root)))
}
