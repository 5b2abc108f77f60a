//! One album's folder while photos are added to it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::place::{self, PlaceError, Source};
use super::plan::AlbumPhoto;
use super::summary::{AlbumResult, CopyMode, MAX_CHOICES};
use crate::export::error::ExportError;
use crate::export::portable_names::{clash_key, file_choice};
use crate::files;
use crate::photo::ContentHash;

/// One album's folder.
pub struct AlbumFolder<'a> {
    pub path: PathBuf,
    /// Clash keys of every name in the folder.
    taken: HashSet<String>,
    /// Content hash to file name, as the manifest keeps it.
    pub files: &'a mut BTreeMap<String, String>,
    unrecorded: Unrecorded,
    /// The next number to try for each name, by clash key; all lower ones are taken.
    next_number: HashMap<String, usize>,
    pub result: AlbumResult,
}

/// Files in the folder that the manifest does not have: written by an export that was killed before recording them, or
/// by somebody else.
#[derive(Default)]
struct Unrecorded {
    /// Names of files by size, until a photo of that size is looked up.
    by_size: HashMap<u64, Vec<String>>,
    by_content: HashMap<ContentHash, String>,
    /// Names of symbolic links by target.
    links: HashMap<PathBuf, String>,
}

impl<'a> AlbumFolder<'a> {
    pub fn open(
        path: PathBuf,
        files: &'a mut BTreeMap<String, String>,
        result: AlbumResult,
    ) -> Result<Self, ExportError> {
        let recorded: HashSet<&str> = files.values().map(String::as_str).collect();
        let (mut taken, mut unrecorded) = (HashSet::new(), Unrecorded::default());
        for entry in
            files::entries_without_abandoned(&path).map_err(ExportError::io("list", &path))?
        {
            let name = entry.file_name().to_string_lossy().into_owned();
            taken.insert(clash_key(&name));
            if !recorded.contains(name.as_str()) {
                unrecorded.note(&entry, name);
            }
        }
        Ok(AlbumFolder {
            path,
            taken,
            files,
            unrecorded,
            next_number: HashMap::new(),
            result,
        })
    }

    /// Whether the photo was written earlier and is still there.
    pub fn holds(&mut self, photo: &AlbumPhoto) -> bool {
        let hash = photo.content_hash.to_string();
        let recorded = self.files.get(&hash);
        if recorded.is_some_and(|file| fs::symlink_metadata(self.path.join(file)).is_ok()) {
            return true;
        }
        let Some(file) = self.unrecorded.with_content(&self.path, photo) else {
            return false;
        };
        self.files.insert(hash, file);
        true
    }

    /// Adds the photo as `name` or with the next free number, and records it.
    pub fn add(&mut self, photo: &AlbumPhoto, name: &str, how: CopyMode) -> Result<(), PlaceError> {
        let mut source = Source::open(photo)?;
        let file = match self.unrecorded.links.remove(&source.path) {
            Some(link) => {
                source.verify()?;
                self.result.already_there += 1;
                link
            }
            None => {
                let file = self.place(&mut source, name, how)?;
                self.result.written += 1;
                file
            }
        };
        self.files.insert(photo.content_hash.to_string(), file);
        Ok(())
    }

    fn place(
        &mut self,
        source: &mut Source,
        name: &str,
        how: CopyMode,
    ) -> Result<String, PlaceError> {
        let next = self.next_number.entry(clash_key(name)).or_insert(1);
        for number in *next..MAX_CHOICES {
            let choice = file_choice(name, number);
            let key = clash_key(&choice);
            if self.taken.contains(&key) {
                continue;
            }
            *next = number;
            match source.place(&self.path.join(&choice), how) {
                Ok(()) => {}
                Err(PlaceError::Album(error)) if error.kind() == io::ErrorKind::AlreadyExists => {
                    self.taken.insert(key);
                    continue;
                }
                Err(error) => return Err(error),
            }
            self.taken.insert(key);
            return Ok(choice);
        }
        Err(PlaceError::Photo(io::Error::other(
            "too many files of this name in the album",
        )))
    }
}

impl Unrecorded {
    fn note(&mut self, entry: &fs::DirEntry, name: String) {
        let Ok(found) = entry.metadata() else {
            return;
        };
        if found.is_symlink() {
            if let Ok(target) = fs::read_link(entry.path()) {
                self.links.insert(target, name);
            }
        } else if found.is_file() {
            self.by_size.entry(found.len()).or_default().push(name);
        }
    }

    /// The name of a file with the photo's content. Reads the files of that size once.
    fn with_content(&mut self, folder: &Path, photo: &AlbumPhoto) -> Option<String> {
        let size = photo.file_size;
        for name in self.by_size.remove(&size).into_iter().flatten() {
            match place::hash_of(&folder.join(&name), size) {
                Ok(content) => {
                    self.by_content.insert(content, name);
                }
                Err(error) => tracing::debug!("could not read {name:?} in {folder:?}: {error}"),
            }
        }
        self.by_content.remove(&photo.content_hash)
    }
}
