//! Options and summary of a scan.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::thread;

use serde::Serialize;

use super::StageSeconds;
use super::memory_budget::PIXEL_MEMORY;
use crate::library::UnplacedDecision;
use crate::photo::{Limits, Why};
use crate::vision::DEFAULT_MIN_SCORE;

/// Options of a scan.
#[derive(Clone, Copy, Debug)]
pub struct ScanOptions {
    /// Faces with a lower score of the detector are dropped, 0 to 1.
    pub min_score: f32,
    /// Photos that are searched at a time.
    pub threads: usize,
    /// Limits for each file.
    pub limits: Limits,
    /// Bytes of pixels that all threads together may hold. A photo that needs more waits until it is alone.
    pub pixel_memory: u64,
    /// Known photos are searched for faces again.
    pub again: bool,
}

impl ScanOptions {
    /// Options for `threads` photos at a time, with the memory that they need.
    pub fn with_threads(threads: usize) -> Self {
        Self {
            min_score: DEFAULT_MIN_SCORE,
            again: false,
            threads,
            limits: Limits::default(),
            pixel_memory: PIXEL_MEMORY * threads.max(1) as u64,
        }
    }
}

impl Default for ScanOptions {
    /// One photo per core.
    fn default() -> Self {
        Self::with_threads(thread::available_parallelism().map_or(1, NonZeroUsize::get))
    }
}

/// What a scan found and did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ScanSummary {
    /// Files that are photos, by content or by name.
    pub photos_found: u64,
    /// Photos that were decoded and searched for faces.
    pub photos_scanned: u64,
    /// Photos that the library knew, by size and time or by content.
    pub unchanged: u64,
    /// Known photos that were found at another path.
    pub moved: u64,
    /// Second files of a known photo, which took over its faces.
    pub copied: u64,
    /// Photos that had vanished and are back at their path.
    pub returned: u64,
    /// Known photos that are no longer at their path.
    pub vanished: u64,
    /// Faces in the scanned photos, and faces that copies took over.
    pub faces: u64,
    /// Of `faces`, those with an embedding.
    pub embedded: u64,
    /// Photos so large that they were searched with fewer pixels than are needed to find every face of 60 pixels.
    pub coarse: Vec<String>,
    /// Decisions about faces that changed photos no longer show. They are kept.
    pub not_found: Vec<UnplacedDecision>,
    /// Photos of which a part is missing, or pages were not looked at; their faces are stored.
    pub incomplete: u64,
    /// Files and folders that could not be read.
    pub problems: u64,
    /// Numbers of files that are not photos or have a format that can't be read yet, by kind.
    pub other_files: BTreeMap<String, u64>,
    /// Numbers of folders and files that are not photos of the user, by reason.
    pub left_out: BTreeMap<Why, u64>,
    /// Known photos that count with another file from now on: a raw file whose JPEG came later, an original that was edited.
    pub now_left_out: u64,
    /// Known photos in folders that are left out; their people are kept.
    pub known_left_out: u64,
    /// Folders that could not be scanned; what the library knows of them was left unchanged.
    pub unreachable: Vec<UnreachableFolder>,
    /// Scanned folders that lie elsewhere now; their photos are among those `moved`.
    pub moved_folders: Vec<MovedFolder>,
    /// The scan was stopped before its end.
    pub stopped: bool,
    pub seconds: f64,
    /// How much time the threads spent on what.
    pub stages: StageSeconds,
}

/// A scanned folder that was renamed or moved to another drive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MovedFolder {
    pub from: String,
    pub to: String,
}

/// A folder that could not be scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnreachableFolder {
    pub path: String,
    pub reason: String,
}
