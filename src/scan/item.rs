//! A file on its way through a scan.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use super::plan::roots::Target;
use crate::files::path_text;
use crate::library::PhotoId;
use crate::photo::FileStamp;

/// A file to be read.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub target: Arc<Target>,
    /// Relative to the root, with `/`.
    pub path: String,
    /// As the walk found it.
    pub stamp: FileStamp,
}

impl Item {
    pub(super) fn absolute(&self) -> PathBuf {
        path_text::path_below(&self.target.root, &self.path)
    }
}

/// A file at the path of a known photo, by its number in [`KnownPhotos`], whose size or time is another one.
pub(super) struct Changed {
    pub item: Item,
    pub number: usize,
}

/// What a file's bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileStatus {
    /// The photo known at this path, as it was.
    Same(PhotoId),
    /// A known photo that is no longer where it was.
    Moved(PhotoId),
    /// A known photo that is also somewhere else.
    CopyOf(PhotoId),
    /// The same bytes as another file that this scan is working on.
    CopyInFlight,
    New,
}

/// What these locks guard is whole between any two statements, even where a thread died in between.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
