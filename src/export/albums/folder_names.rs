//! The folder of each album: called after its person, and renamed with them where that is safe.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;

use super::manifest::{AlbumRecord, Manifest};
use super::plan::{Album, People};
use super::summary::{KeptFolder, MAX_CHOICES, RenamedFolder};
use crate::export::error::ExportError;
use crate::export::portable_names::{clash_key, folder_choice, folder_name};
use crate::files::{self, FileIdentity};
use crate::library::GroupId;

/// What became of the albums' folders.
#[derive(Default)]
pub struct Assigned {
    /// For each album, where its record is in the manifest.
    pub records: Vec<usize>,
    pub renamed: Vec<RenamedFolder>,
    pub kept: Vec<KeptFolder>,
}

/// The folder's name if it is free.
fn wanted_folder(album: &Album) -> String {
    match &album.name {
        Some(name) => folder_name(name),
        None => format!("Unnamed {}", album.group),
    }
}

/// Ensures that each album has a real folder of its own in the destination, called after its person as long as the folder
/// is ours alone.
pub fn assign_folders(
    manifest: &mut Manifest,
    albums: &[Album],
    destination: &Path,
    people: &People,
) -> Result<Assigned, ExportError> {
    let mut folders = Folders::of(destination)?;
    let records = Records::of(manifest, people);
    let mut assigned = Assigned::default();
    for album in albums {
        let known = records.of_album(album, people);
        let owner = people.owner(album.group);
        if let Some(index) = known {
            folders.follow_name(manifest, index, album, &mut assigned)?;
            let record = manifest.album_mut(index);
            if made_or_real_folder(&destination.join(&record.folder))? {
                record.owner = owner;
                assigned.records.push(index);
                continue;
            }
        }
        let (folder, made) = folders.free(manifest, &wanted_folder(album))?;
        let record = AlbumRecord {
            key: album.key(),
            folder,
            owner,
            made,
            files: BTreeMap::new(),
        };
        assigned.records.push(manifest.assign(known, record));
    }
    Ok(assigned)
}

/// Whose albums the records of a manifest are.
struct Records {
    by_owner: HashMap<GroupId, usize>,
    /// Those whose owner is not known, or not in the library any more.
    by_key: HashMap<String, usize>,
}

impl Records {
    fn of(manifest: &Manifest, people: &People) -> Records {
        let mut records = Records {
            by_owner: HashMap::new(),
            by_key: HashMap::new(),
        };
        for (index, record) in manifest.albums().iter().enumerate() {
            match record
                .owner
                .as_ref()
                .filter(|owner| people.are_of(&owner.library))
            {
                Some(owner) if people.has(owner.group) => {
                    records.by_owner.entry(owner.group).or_insert(index);
                }
                _ => {
                    records.by_key.entry(record.key.clone()).or_insert(index);
                }
            }
        }
        records
    }

    /// The record of an album: of this person, or of the same name where nobody else has it.
    fn of_album(&self, album: &Album, people: &People) -> Option<usize> {
        let by_owner = people
            .owner(album.group)
            .and(self.by_owner.get(&album.group));
        by_owner.or_else(|| self.by_key.get(&album.key())).copied()
    }
}

/// What lies in the destination.
struct Folders<'a> {
    destination: &'a Path,
    /// Clash keys of all names.
    on_disk: HashSet<String>,
    /// The next number to try for each folder name; all lower ones are taken.
    next_number: HashMap<String, usize>,
}

impl Folders<'_> {
    fn of(destination: &Path) -> Result<Folders<'_>, ExportError> {
        let entries = files::entries_without_abandoned(destination)
            .map_err(ExportError::io("list", destination))?;
        Ok(Folders {
            destination,
            on_disk: entries
                .iter()
                .map(|entry| clash_key(&entry.file_name().to_string_lossy()))
                .collect(),
            next_number: HashMap::new(),
        })
    }

    /// Makes a folder of this name or with the first free number; whether it was not there before.
    fn free(&mut self, manifest: &Manifest, wanted: &str) -> Result<(String, bool), ExportError> {
        let next = self.next_number.entry(clash_key(wanted)).or_insert(1);
        while *next < MAX_CHOICES {
            let folder = folder_choice(wanted, *next);
            *next += 1;
            let path = self.destination.join(&folder);
            let is_new = !self.on_disk.contains(&clash_key(&folder));
            let free = is_new || is_empty_folder(&path);
            if free && !manifest.owns_folder_like(&folder) && made_or_real_folder(&path)? {
                return Ok((folder, is_new));
            }
        }
        Err(ExportError::NotAFolder {
            path: self.destination.join(wanted),
        })
    }

    /// Renames the folder of a renamed person. One that we did not make, or that holds files of others, keeps its name.
    fn follow_name(
        &mut self,
        manifest: &mut Manifest,
        index: usize,
        album: &Album,
        assigned: &mut Assigned,
    ) -> Result<(), ExportError> {
        let record = &manifest.albums()[index];
        if record.key == album.key() {
            return Ok(());
        }
        let wanted = wanted_folder(album);
        let (from, path) = (record.folder.clone(), self.destination.join(&record.folder));
        if from == wanted {
            manifest.album_mut(index).key = album.key();
            return Ok(());
        }
        if !is_real_folder(&path) {
            // Renamed by an export that was killed before it said so?
            let there = self.destination.join(&wanted);
            if !manifest.owns_folder_like(&wanted) && holds_only(&there, record) {
                manifest.rename_folder(index, &wanted);
                manifest.album_mut(index).key = album.key();
            }
            return Ok(());
        }
        let renamed = match why_kept(&path, record) {
            Some(why) => Err(why),
            None => self.rename(manifest, &path, &wanted),
        };
        match renamed {
            Ok(to) => {
                manifest.rename_folder(index, &to);
                manifest.album_mut(index).key = album.key();
                // A kill loses no more than the last folder's new name.
                manifest.write(self.destination)?;
                assigned.renamed.push(RenamedFolder { from, to });
            }
            Err(why) => assigned.kept.push(KeptFolder {
                folder: from,
                wanted,
                why,
            }),
        }
        Ok(())
    }

    /// Renames to the first free name, or says why that can't be.
    fn rename(&mut self, manifest: &Manifest, path: &Path, wanted: &str) -> Result<String, String> {
        let own = path
            .file_name()
            .map(|name| clash_key(&name.to_string_lossy()));
        for number in 1..MAX_CHOICES {
            let folder = folder_choice(wanted, number);
            let key = clash_key(&folder);
            let to = self.destination.join(&folder);
            // Of names that differ in case alone, some file systems hold one, others both.
            let is_free = match own.as_ref() == Some(&key) {
                true => FileIdentity::at(&to).map_or(true, |there| {
                    FileIdentity::at(path).is_ok_and(|own| own == there)
                }),
                false => !self.on_disk.contains(&key) && !manifest.owns_folder_like(&folder),
            };
            if !is_free {
                continue;
            }
            fs::rename(path, &to).map_err(|error| format!("it can't be renamed: {error}"))?;
            if let Some(own) = own {
                self.on_disk.remove(&own);
            }
            self.on_disk.insert(key);
            return Ok(folder);
        }
        Err("no name is free".to_owned())
    }
}

/// Files that systems put into folders that are looked at.
const FILES_OF_SYSTEMS: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/// Why a folder is not renamed.
fn why_kept(path: &Path, record: &AlbumRecord) -> Option<String> {
    if !record.made {
        return Some("it was there before Kinfolk wrote to it".to_owned());
    }
    match foreign_file(path, record) {
        Ok(None) => None,
        Ok(Some(file)) => Some(format!("it holds {file:?}, which Kinfolk did not write")),
        Err(error) => Some(format!("it can't be listed: {error}")),
    }
}

/// A real folder with files of the record, and nothing else.
fn holds_only(path: &Path, record: &AlbumRecord) -> bool {
    let holds_some = || {
        let mut files = record.files.values();
        files.any(|file| fs::symlink_metadata(path.join(file)).is_ok())
    };
    is_real_folder(path) && matches!(foreign_file(path, record), Ok(None)) && holds_some()
}

/// Something in the folder that the record does not have.
fn foreign_file(path: &Path, record: &AlbumRecord) -> io::Result<Option<String>> {
    let own: HashSet<&str> = record.files.values().map(String::as_str).collect();
    for entry in files::entries_without_abandoned(path)? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_ours = own.contains(name.as_str()) && !entry.file_type()?.is_dir();
        if !is_ours && !FILES_OF_SYSTEMS.contains(&name.as_str()) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

pub(super) fn is_real_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// Creates the folder; true if it is a real folder now, false if the name belongs to something else (a file, a link).
fn made_or_real_folder(path: &Path) -> Result<bool, ExportError> {
    match fs::create_dir(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(is_real_folder(path)),
        Err(error) => Err(ExportError::io("make", path)(error)),
    }
}

/// Whether this is an empty folder, as an interrupted export may leave it.
fn is_empty_folder(path: &Path) -> bool {
    is_real_folder(path) && fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}
