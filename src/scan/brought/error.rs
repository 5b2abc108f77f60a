//! Errors of brought networks, with the files they are about.

use std::io;
use std::path::{Path, PathBuf};

use crate::files;
use crate::library::LibraryError;
use crate::scan::FaceFinderError;
use crate::stop::Stopped;
use crate::vision::brought::{BroughtError, ManifestError, SpaceError};

#[derive(Debug, thiserror::Error)]
pub enum BroughtModelError {
    #[error("could not {action} {path:?}: {source}{}", files::remedy(source))]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("{path:?} has {bytes} bytes, more than {most}: it can't be {what}")]
    TooLarge {
        path: PathBuf,
        bytes: u64,
        most: u64,
        what: &'static str,
    },
    #[error("{path:?} can't be used: {source}")]
    Manifest {
        path: PathBuf,
        source: ManifestError,
    },
    #[error("{path:?} can't be used: {source}")]
    Network { path: PathBuf, source: BroughtError },
    #[error("{name:?} can't be fitted to this library: {source}")]
    Space { name: String, source: SpaceError },
    #[error(
        "there is no network {name:?}: `kinfolk models` lists them, `kinfolk models add` brings one"
    )]
    Unknown { name: String },
    #[error("several brought networks are called {name:?}: give the whole name, one of {models}")]
    Ambiguous { name: String, models: String },
    #[error(
        "{name:?} was not removed: this library compares its faces by it. `kinfolk migrate` changes to another model; then \
         remove it"
    )]
    InUse { name: String },
    #[error("a library in memory has no place for networks")]
    InMemory,
    #[error(
        "of {photos} photos none could be read to try the network on: connect the drive with the photos ({reason})"
    )]
    NoPhotos { photos: usize, reason: String },
    #[error("its faces could not be searched: {0}")]
    Faces(#[from] FaceFinderError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
    #[error(transparent)]
    Library(#[from] LibraryError),
}

impl BroughtModelError {
    pub(super) fn io(action: &'static str, path: &Path, source: io::Error) -> BroughtModelError {
        BroughtModelError::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn network(path: &Path, source: BroughtError) -> BroughtModelError {
        BroughtModelError::Network {
            path: path.to_owned(),
            source,
        }
    }
}
