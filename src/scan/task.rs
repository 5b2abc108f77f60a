//! Tasks for the threads of a scan, and their results.

use super::analyse::Note;
use super::face_finder::FaceFinderError;
use super::item::{Changed, FileStatus, Item};
use super::lost_folders::LostFolder;
use crate::library::{PhotoId, ScannedPhoto};
use crate::photo::{ContentHash, FileStamp};
use std::path::PathBuf;

/// What to do with a file.
pub(super) enum Task {
    /// Hash it, to find out whether it is still the photo known at its path.
    Verify(Changed),
    /// Hash it, to find out whether it moved here, is a copy or is new.
    Identify(Item),
    /// Search it for faces.
    Search(Item),
}

/// The result of a task.
pub(super) enum Finding {
    /// The known photo, with a new stamp.
    Same { photo_id: PhotoId, stamp: FileStamp },
    /// Other bytes than those of the photo known at this path.
    Overwritten {
        changed: Changed,
        content: ContentHash,
        stamp: FileStamp,
    },
    Identified {
        item: Item,
        status: FileStatus,
        content: ContentHash,
        stamp: FileStamp,
    },
    Scanned {
        photo: Box<ScannedPhoto>,
        /// Where it lies, if it is so large that small faces may have been missed.
        coarse: Option<PathBuf>,
        /// What was missing of it.
        note: Option<Note>,
    },
    Failed {
        item: Item,
        content: Option<ContentHash>,
        error: FaceFinderError,
    },
    /// A folder around the file became unreadable; nothing is concluded about the file.
    FolderLost(LostFolder),
    /// The file is in a folder that became unreadable, or was not read before the scan was stopped.
    NotRead,
}

impl Task {
    pub(super) fn into_item(self) -> Item {
        match self {
            Task::Verify(changed) => changed.item,
            Task::Identify(item) | Task::Search(item) => item,
        }
    }
}
