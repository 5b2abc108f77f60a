//! The folder that albums go to: whether it may be used, and which of its folders is whose.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::ExportError;
use super::manifest::Manifest;
use super::names::{clash_key, folder_choice};
use super::plan::Album;
use crate::library::{Library, PhotoRow};
use crate::photo::normal_root;

/// Far more than names of one kind in one folder; ends the search for a free name in a folder that lies to us.
pub const MAX_CHOICES: usize = 100_000;

/// Makes the destination if need be; its absolute path without links.
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
    // Spelt as the library spells its roots, so that the two can be compared.
    Ok(normal_root(destination)?)
}

/// A destination with scanned photos in it would hide them from later scans.
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

/// The scanned folder that `destination` lies in.
pub fn root_around(library: &Library, destination: &Path) -> Result<Option<PathBuf>, ExportError> {
    let roots = library.roots()?;
    Ok(roots
        .into_iter()
        .map(|root| root.path)
        .find(|root| destination.starts_with(root)))
}

/// Sees to it that the album has a real folder of its own in the destination.
pub fn assign_folder(
    manifest: &mut Manifest,
    album: &Album,
    destination: &Path,
) -> Result<(), ExportError> {
    let key = album.key();
    if let Some(record) = manifest.album(&key)
        && made_or_real_folder(&destination.join(&record.folder))?
    {
        return Ok(());
    }
    let on_disk = names_in(destination)?;
    let wanted = album.wanted_folder();
    for number in 1..MAX_CHOICES {
        let folder = folder_choice(&wanted, number);
        let path = destination.join(&folder);
        let free = !on_disk.contains(&clash_key(&folder)) || is_empty_folder(&path);
        if free && !manifest.owns_folder_like(&folder) && made_or_real_folder(&path)? {
            manifest.assign(&key, folder);
            return Ok(());
        }
    }
    Err(ExportError::NotAFolder {
        path: destination.join(wanted),
    })
}

/// Makes the folder; true if it is a real folder now, false if something else has the name (a file, a link).
fn made_or_real_folder(path: &Path) -> Result<bool, ExportError> {
    match fs::create_dir(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Ok(fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()))
        }
        Err(error) => Err(ExportError::io("make", path)(error)),
    }
}

/// As an interrupted export leaves behind.
fn is_empty_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
        && fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// Clash keys of all names in a folder.
pub fn names_in(folder: &Path) -> Result<HashSet<String>, ExportError> {
    let mut names = HashSet::new();
    for entry in fs::read_dir(folder).map_err(ExportError::io("list", folder))? {
        let entry = entry.map_err(ExportError::io("list", folder))?;
        names.insert(clash_key(&entry.file_name().to_string_lossy()));
    }
    Ok(names)
}
