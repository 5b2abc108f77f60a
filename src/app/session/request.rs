//! Requests to the thread that owns the library.

use std::path::PathBuf;

use crate::app::widgets::counts::counted;
use crate::app::widgets::folder_name::folder_name;
use crate::curate::Command;
use crate::library::{FaceId, GroupId, Mark, PhotoId};
use crate::photo::Patterns;

/// A change of the library by the user.
#[derive(Clone, Debug)]
pub enum Change {
    Execute(Command),
    /// Marks all faces of these groups.
    MarkGroups {
        groups: Vec<GroupId>,
        mark: Mark,
    },
    Undo,
    Redo,
}

pub enum Request {
    Change(Change),
    /// Another thread has changed the library.
    Refresh,
    /// Ends the thread after the requests sent before this one.
    Close,
}

/// A change of which folders the library knows, or a look at what it would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderJob {
    /// How many photos of `old` are in `new`.
    LookForRelocated {
        old: PathBuf,
        new: PathBuf,
    },
    Relocate {
        old: PathBuf,
        new: PathBuf,
    },
    /// What forgetting the folder would take out of the library.
    LookAtForget(PathBuf),
    Forget(PathBuf),
    /// Keep the patterns for all later scans.
    KeepPatterns(Patterns),
}

impl FolderJob {
    /// What it is doing, if it changes photos or faces: no scan may run meanwhile.
    pub fn is_doing(&self) -> Option<&'static str> {
        match self {
            FolderJob::Relocate { .. } => Some("Noting the new place of the folder…"),
            FolderJob::Forget(_) => Some("Forgetting the folder…"),
            _ => None,
        }
    }
}

/// What to scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScanJob {
    Folders(Vec<PathBuf>),
    /// Search known photos in these folders for faces again, also unchanged ones.
    Again(Vec<PathBuf>),
    /// Search these known photos for faces again.
    Photos(Vec<PhotoId>),
}

impl ScanJob {
    /// Known photos are searched again.
    pub fn is_again(&self) -> bool {
        !matches!(self, ScanJob::Folders(_))
    }

    /// What is scanned, for the status bar: "Pictures", "3 folders again".
    pub fn label(&self) -> String {
        match self {
            ScanJob::Folders(folders) => folders_label(folders),
            ScanJob::Again(folders) => format!("{} again", folders_label(folders)),
            ScanJob::Photos(photos) => format!("{} again", counted(photos.len() as u64, "photo")),
        }
    }
}

fn folders_label(folders: &[PathBuf]) -> String {
    match folders {
        [folder] => folder_name(folder).into_owned(),
        folders => counted(folders.len() as u64, "folder"),
    }
}

/// The command that marks these faces.
pub fn mark_command(mark: Mark, faces: Vec<FaceId>) -> Command {
    match mark {
        Mark::Ignored => Command::Ignore { faces },
        Mark::NotAFace => Command::NotAFace { faces },
    }
}
