//! A file on its way through a scan, and its status.

use std::path::PathBuf;
use std::sync::Arc;

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

/// A file at the path of a known photo, by its number in [`super::plan::known_photos::KnownPhotos`], with another size
/// or time.
pub(super) struct Changed {
    pub item: Item,
    pub number: usize,
}

/// The status of a file by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileStatus {
    /// The photo known at this path, unchanged.
    Same(PhotoId),
    /// The same, but it had vanished.
    Returned(PhotoId),
    /// A known photo that is no longer at its path.
    Moved(PhotoId),
    /// A known photo that is also still at its path.
    CopyOf(PhotoId),
    /// The same bytes as another file that this scan is working on.
    CopyInFlight,
    New,
}
