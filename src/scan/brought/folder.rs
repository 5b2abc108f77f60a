//! The folder of a library's brought networks: for each a folder with the name of its model, the ONNX file and the manifest.
//!
//! The manifest is written last: a folder without one is what a killed program left. All files are untrusted, also here.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::error::BroughtModelError;
use crate::files::{open_regular, real_path};
use crate::library::Library;
use crate::vision::brought::{BroughtNetwork, MAX_MANIFEST_BYTES, MAX_ONNX_BYTES, Manifest};

/// Added to the name of the library's file.
const FOLDER_SUFFIX: &str = ".models";
pub(super) const MANIFEST_FILE: &str = "manifest.json";
pub(super) const ONNX_FILE: &str = "network.onnx";
/// Entries of the folder that are looked at.
const MAX_ENTRIES: usize = 1000;

/// A network that was brought to a library.
#[derive(Clone, Debug)]
pub struct BroughtEntry {
    pub manifest: Manifest,
    /// Of the network, without a working space.
    pub model: String,
    /// Of the ONNX file.
    pub bytes: u64,
    folder: PathBuf,
}

impl BroughtEntry {
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Checks and loads the network.
    pub fn load(&self) -> Result<BroughtNetwork, BroughtModelError> {
        let path = self.folder.join(ONNX_FILE);
        let file = read_limited(&path, MAX_ONNX_BYTES, "a network")?;
        BroughtNetwork::load(&self.manifest, file)
            .map_err(|source| BroughtModelError::network(&path, source))
    }
}

/// The folder of a library's networks, which need not exist.
pub(super) fn folder_of(library: &Library) -> Result<PathBuf, BroughtModelError> {
    let file = library
        .files()
        .into_iter()
        .next()
        .ok_or(BroughtModelError::InMemory)?;
    let mut name = file.into_os_string();
    name.push(FOLDER_SUFFIX);
    Ok(PathBuf::from(name))
}

/// The networks of a library by name, and the entries of its folder that are none.
pub fn entries(
    library: &Library,
) -> Result<(Vec<BroughtEntry>, Vec<BroughtModelError>), BroughtModelError> {
    let folder = folder_of(library)?;
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    let read = match fs::read_dir(&folder) {
        Ok(read) => read,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok((entries, problems));
        }
        Err(error) => return Err(BroughtModelError::io("list", &folder, error)),
    };
    for entry in read.take(MAX_ENTRIES) {
        let path = entry
            .map_err(|error| BroughtModelError::io("list", &folder, error))?
            .path();
        if !path.join(MANIFEST_FILE).exists() {
            continue;
        }
        match entry_at(path) {
            Ok(entry) => entries.push(entry),
            Err(problem) => problems.push(problem),
        }
    }
    entries.sort_by(|a, b| a.model.cmp(&b.model));
    Ok((entries, problems))
}

fn entry_at(folder: PathBuf) -> Result<BroughtEntry, BroughtModelError> {
    let path = folder.join(MANIFEST_FILE);
    let manifest = read_manifest(&path)?;
    let onnx = folder.join(ONNX_FILE);
    let found = onnx
        .symlink_metadata()
        .map_err(|error| BroughtModelError::io("find", &onnx, error))?;
    Ok(BroughtEntry {
        model: manifest.model_name(),
        manifest,
        bytes: found.len(),
        folder,
    })
}

/// The network with this name: that of its manifest, or that of its model.
pub fn find(library: &Library, name: &str) -> Result<BroughtEntry, BroughtModelError> {
    let (entries, _) = entries(library)?;
    let is_meant = |entry: &BroughtEntry| entry.model == name || entry.manifest.name == name;
    let mut found: Vec<BroughtEntry> = entries.into_iter().filter(is_meant).collect();
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            let models: Vec<String> = found
                .into_iter()
                .map(|entry| entry.model)
                .chain([last.model])
                .collect();
            Err(BroughtModelError::Ambiguous {
                name: name.to_owned(),
                models: models.join(", "),
            })
        }
        (None, _) => Err(BroughtModelError::Unknown {
            name: name.to_owned(),
        }),
    }
}

pub(super) fn read_manifest(path: &Path) -> Result<Manifest, BroughtModelError> {
    let bytes = read_limited(path, MAX_MANIFEST_BYTES, "a manifest")?;
    Manifest::parse(&bytes).map_err(|source| BroughtModelError::Manifest {
        path: path.to_owned(),
        source,
    })
}

/// Reads a regular file of at most `most` bytes; one that grows meanwhile is refused, too.
pub(super) fn read_limited(
    path: &Path,
    most: u64,
    what: &'static str,
) -> Result<Vec<u8>, BroughtModelError> {
    let failed = |error| BroughtModelError::io("read", path, error);
    let real = real_path(path).map_err(failed)?;
    let file = open_regular(&real).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let too_large = |bytes| BroughtModelError::TooLarge {
        path: path.to_owned(),
        bytes,
        most,
        what,
    };
    if length > most {
        return Err(too_large(length));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    match bytes.len() as u64 {
        read if read > most => Err(too_large(read)),
        _ => Ok(bytes),
    }
}
