//! What an export of albums is asked to do, and what it has done.

use std::path::PathBuf;

use serde::Serialize;

use crate::library::GroupId;

/// Far more than names of one kind in one folder; ends the search for a free name in a folder that lies to us.
pub const MAX_CHOICES: usize = 100_000;

/// How a photo gets into an album.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyMode {
    /// A file of its own with the same bytes and time.
    #[default]
    Copy,
    /// A second name of the same file: no space used, one disk only; a change to one is a change to both.
    HardLink,
    /// A pointer to where the photo lies (absolute path); breaks if the photo is moved.
    SymbolicLink,
}

/// What goes into the albums, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlbumOptions {
    pub how: CopyMode,
    /// Leave out photos in which the person is only suggested.
    pub confirmed_only: bool,
}

/// Where the export stands; sent before each photo and once at the end.
#[derive(Clone, Debug)]
pub struct AlbumProgress {
    pub photos_done: u64,
    pub photos_total: u64,
    pub current: Option<PathBuf>,
}

/// What an export did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AlbumSummary {
    /// The destination as an absolute path without links.
    pub destination: PathBuf,
    pub albums: Vec<AlbumResult>,
    /// Photos that are no longer where the library knows them.
    pub vanished: Vec<PathBuf>,
    /// Photos whose files are no longer what the scan has seen; scanned again, they can be exported.
    pub changed: Vec<PathBuf>,
    /// Photos that could not be read.
    pub problems: Vec<AlbumProblem>,
    /// The scanned folder that the destination lies in; scans leave the destination out.
    pub inside_root: Option<PathBuf>,
    pub stopped: bool,
}

/// One person's album.
#[derive(Clone, Debug, Serialize)]
pub struct AlbumResult {
    pub group: GroupId,
    pub name: Option<String>,
    /// Name of the folder inside the destination.
    pub folder: String,
    pub written: u64,
    pub already_there: u64,
    /// Files written earlier whose photos no longer show the person (kept: exports never delete).
    pub left_over: u64,
}

/// A photo that was left out, and why.
#[derive(Clone, Debug, Serialize)]
pub struct AlbumProblem {
    pub path: PathBuf,
    pub reason: String,
}

impl AlbumSummary {
    pub fn written(&self) -> u64 {
        self.albums.iter().map(|album| album.written).sum()
    }

    pub fn already_there(&self) -> u64 {
        self.albums.iter().map(|album| album.already_there).sum()
    }

    /// How often a photo could not be put into an album.
    pub fn left_out(&self) -> usize {
        self.vanished.len() + self.changed.len() + self.problems.len()
    }
}
