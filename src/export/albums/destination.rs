//! The destination of albums: whether it may be used, and the folder of each album.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::manifest::Manifest;
use super::plan::Album;
use super::summary::MAX_CHOICES;
use crate::export::error::ExportError;
use crate::export::portable_names::{clash_key, folder_choice};
use crate::files;
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

/// Ensures that each album has a real folder of its own in the destination.
pub fn assign_folders(
    manifest: &mut Manifest,
    albums: &[Album],
    destination: &Path,
) -> Result<(), ExportError> {
    let entries = files::entries_without_abandoned(destination)
        .map_err(ExportError::io("list", destination))?;
    let on_disk: HashSet<String> = entries
        .iter()
        .map(|entry| clash_key(&entry.file_name().to_string_lossy()))
        .collect();
    // The next number to try for each folder name; all lower ones are taken.
    let mut next_number: HashMap<String, usize> = HashMap::new();
    for album in albums {
        let key = album.key();
        if let Some(record) = manifest.album(&key)
            && made_or_real_folder(&destination.join(&record.folder))?
        {
            continue;
        }
        let wanted = album.wanted_folder();
        let next = next_number.entry(clash_key(&wanted)).or_insert(1);
        let folder = loop {
            if *next >= MAX_CHOICES {
                return Err(ExportError::NotAFolder {
                    path: destination.join(wanted),
                });
            }
            let folder = folder_choice(&wanted, *next);
            *next += 1;
            let path = destination.join(&folder);
            let free = !on_disk.contains(&clash_key(&folder)) || is_empty_folder(&path);
            if free && !manifest.owns_folder_like(&folder) && made_or_real_folder(&path)? {
                break folder;
            }
        };
        manifest.assign(&key, folder);
    }
    Ok(())
}

/// Creates the folder; true if it is a real folder now, false if the name belongs to something else (a file, a link).
fn made_or_real_folder(path: &Path) -> Result<bool, ExportError> {
    match fs::create_dir(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Ok(fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()))
        }
        Err(error) => Err(ExportError::io("make", path)(error)),
    }
}

/// Whether this is an empty folder, as an interrupted export may leave it.
fn is_empty_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
        && fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}
