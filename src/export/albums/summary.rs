//! Options and results of an export of albums.

use std::path::PathBuf;

use serde::Serialize;

use crate::library::GroupId;

/// Ends the search for a free name in one folder; many more than there are in practice.
pub const MAX_CHOICES: usize = 100_000;

/// How a photo gets into an album.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyMode {
    /// A new file with the same content and modification time.
    #[default]
    Copy,
    /// A second name for the same file: takes no space, works on one disk only; a change to one changes both.
    HardLink,
    /// A symbolic link with an absolute path; breaks if the photo is moved.
    SymbolicLink,
}

/// What to export.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlbumOptions {
    pub how: CopyMode,
    /// Also photos in which the person is only suggested. For an unnamed group, all of its photos are
    /// exported.
    pub with_suggestions: bool,
    /// Take back what an earlier export wrote and the albums no longer hold: copies and links that are as they were
    /// written, of photos that are still there.
    pub tidy: bool,
}

/// Progress, reported before each photo and once at the end.
#[derive(Clone, Debug)]
pub struct AlbumProgress {
    pub photos_done: u64,
    pub photos_total: u64,
    pub current: Option<PathBuf>,
}

/// The result of an export.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AlbumSummary {
    /// Absolute path without links.
    pub destination: PathBuf,
    pub albums: Vec<AlbumResult>,
    /// Folders that were renamed since their people were.
    pub renamed: Vec<RenamedFolder>,
    /// Folders that keep a former name.
    pub kept: Vec<KeptFolder>,
    /// Folders of earlier exports whose people are no longer in the library.
    pub former: Vec<FormerAlbum>,
    /// Photos that are no longer where the library has them, which it does not know yet.
    pub vanished: Vec<PathBuf>,
    /// Photos that the library knows to be away. They are no failure.
    pub away: u64,
    /// Photos that have changed since the scan; they can be exported after another scan.
    pub changed: Vec<PathBuf>,
    /// Photos that could not be read.
    pub problems: Vec<AlbumProblem>,
    /// The scanned folder that contains the destination; scans skip the destination.
    pub inside_root: Option<PathBuf>,
    pub stopped: bool,
}

/// One person's album.
#[derive(Clone, Debug, Serialize)]
pub struct AlbumResult {
    pub group: GroupId,
    pub name: Option<String>,
    /// Folder name in the destination.
    pub folder: String,
    pub written: u64,
    pub already_there: u64,
    /// Files written earlier whose photos no longer show the person, and that are still there.
    pub left_over: u64,
    /// Such files that were taken back.
    pub taken_back: u64,
}

/// An album's folder under its new name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RenamedFolder {
    pub from: String,
    pub to: String,
}

/// An album's folder that could not be renamed with its person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptFolder {
    pub folder: String,
    /// What it would be called.
    pub wanted: String,
    pub why: String,
}

/// The folder of somebody who is no longer in the library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FormerAlbum {
    pub folder: String,
    pub left_over: u64,
    pub taken_back: u64,
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

    /// Files of earlier exports that albums no longer hold and that were taken back.
    pub fn taken_back(&self) -> u64 {
        let former = self.former.iter().map(|album| album.taken_back);
        let albums = self.albums.iter().map(|album| album.taken_back);
        albums.chain(former).sum()
    }

    /// Such files that are still there.
    pub fn left_over(&self) -> u64 {
        let former = self.former.iter().map(|album| album.left_over);
        let albums = self.albums.iter().map(|album| album.left_over);
        albums.chain(former).sum()
    }

    /// How many times a photo could not be added to an album.
    pub fn left_out(&self) -> usize {
        self.vanished.len() + self.changed.len() + self.problems.len()
    }
}
