//! The manifest: a record of what an export wrote, stored in the destination as [`MANIFEST_FILE`].
//!
//! It distinguishes our folders and files from others, so that another export adds only new photos. It is read as
//! untrusted input: its size is limited, and folder and file names that are not one plain component are ignored.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::export::error::ExportError;
use crate::export::portable_names::{clash_key, is_plain_component};
use crate::files;
use crate::library::GroupId;

pub use crate::photo::ALBUM_MANIFEST as MANIFEST_FILE;

const VERSION: u32 = 1;

/// About a million photos; larger files are not ours.
const MAX_MANIFEST_BYTES: u64 = 256 << 20;

#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    kinfolk_albums: u32,
    #[serde(default)]
    albums: Vec<AlbumRecord>,
    /// Clash keys of all assigned folders.
    #[serde(skip)]
    folders: HashSet<String>,
}

/// One folder in the destination.
#[derive(Debug, Serialize, Deserialize)]
pub struct AlbumRecord {
    /// Whose album: a person's name when the folder was named, or `#12` for the unnamed group 12.
    pub key: String,
    pub folder: String,
    /// The library and the group that it is an album of, so that a renamed person is known; none in what earlier
    /// versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// The folder was made by an export; false for an empty one that was there.
    #[serde(default = "made_by_default")]
    pub made: bool,
    /// File name by the hexadecimal content hash of the photo.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

/// A group of a library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// [`crate::library::Library::identity`].
    pub library: String,
    pub group: GroupId,
}

fn made_by_default() -> bool {
    true
}

impl Manifest {
    /// The manifest in `destination`, or an empty one if there is none.
    pub fn read(destination: &Path) -> Result<Manifest, ExportError> {
        let path = destination.join(MANIFEST_FILE);
        let foreign = |why: String| ExportError::ForeignManifest {
            path: path.clone(),
            why,
        };
        match fs::symlink_metadata(&path) {
            Ok(metadata) if !metadata.is_file() => return Err(foreign("not a file".into())),
            Ok(metadata) if metadata.len() > MAX_MANIFEST_BYTES => {
                return Err(foreign("too large".into()));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Manifest {
                    kinfolk_albums: VERSION,
                    albums: Vec::new(),
                    folders: HashSet::new(),
                });
            }
            Err(error) => return Err(ExportError::io("look at", &path)(error)),
        }
        let mut text = Vec::new();
        fs::File::open(&path)
            .and_then(|file| file.take(MAX_MANIFEST_BYTES).read_to_end(&mut text))
            .map_err(ExportError::io("read", &path))?;
        let mut manifest: Manifest =
            serde_json::from_slice(&text).map_err(|error| foreign(error.to_string()))?;
        if manifest.kinfolk_albums != VERSION {
            return Err(foreign(format!(
                "version {} where {VERSION} is known",
                manifest.kinfolk_albums
            )));
        }
        manifest.forget_unsafe_names();
        manifest.index();
        Ok(manifest)
    }

    /// Replaces the manifest in `destination` atomically.
    pub fn write(&self, destination: &Path) -> Result<(), ExportError> {
        let path = destination.join(MANIFEST_FILE);
        let text = serde_json::to_vec_pretty(self)
            .map_err(io::Error::from)
            .map_err(ExportError::io("write", &path))?;
        files::write_whole(&path, &text).map_err(ExportError::io("write", &path))
    }

    pub fn albums(&self) -> &[AlbumRecord] {
        &self.albums
    }

    pub fn album_mut(&mut self, index: usize) -> &mut AlbumRecord {
        &mut self.albums[index]
    }

    pub fn owns_folder_like(&self, folder: &str) -> bool {
        self.folders.contains(&clash_key(folder))
    }

    /// Replaces the record at `index`, or adds it; returns where it is.
    pub fn assign(&mut self, index: Option<usize>, record: AlbumRecord) -> usize {
        self.folders.insert(clash_key(&record.folder));
        match index {
            Some(index) => {
                self.albums[index] = record;
                index
            }
            None => {
                self.albums.push(record);
                self.albums.len() - 1
            }
        }
    }

    /// The folder of a record has another name now.
    pub fn rename_folder(&mut self, index: usize, folder: &str) {
        self.folders.remove(&clash_key(&self.albums[index].folder));
        self.folders.insert(clash_key(folder));
        self.albums[index].folder = folder.to_owned();
    }

    /// Forgets records whose folders are gone.
    pub fn forget_missing(&mut self, destination: &Path) {
        self.albums
            .retain(|album| fs::symlink_metadata(destination.join(&album.folder)).is_ok());
        self.index();
    }

    fn index(&mut self) {
        let folders = self.albums.iter();
        self.folders = folders.map(|album| clash_key(&album.folder)).collect();
    }

    fn forget_unsafe_names(&mut self) {
        self.albums
            .retain(|album| is_plain_component(&album.folder));
        for album in &mut self.albums {
            album.files.retain(|_, file| is_plain_component(file));
        }
    }
}
