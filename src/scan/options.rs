//! What a scan is told, and what it tells at its end.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::thread;

use serde::Serialize;

use super::StageSeconds;
use crate::library::LostDecision;
use crate::photo::Limits;
use crate::vision::DEFAULT_MIN_SCORE;

/// How to scan.
#[derive(Clone, Copy, Debug)]
pub struct ScanOptions {
    /// Faces that the detector scores lower are dropped, 0 to 1.
    pub min_score: f32,
    /// Photos decoded and searched at a time.
    pub threads: usize,
    /// Limits on each file.
    pub limits: Limits,
    /// Bytes that pixels being worked on may take in all. A photo that needs more waits until it is alone.
    pub pixel_memory: u64,
}

/// For each thread: a photo of 24 megapixels that has to be decoded whole and turned upright takes 144 MB.
const PIXEL_MEMORY: u64 = 160 << 20;

impl ScanOptions {
    /// `threads` photos at a time, and the memory they need.
    pub fn with_threads(threads: usize) -> Self {
        Self {
            min_score: DEFAULT_MIN_SCORE,
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

/// What a scan did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ScanSummary {
    /// Files found that are, or call themselves, photos.
    pub photos_found: u64,
    /// Photos that were decoded and searched for faces.
    pub photos_scanned: u64,
    /// Photos that the library knew as they are, by size and time or else by content.
    pub unchanged: u64,
    /// Known photos that were found at another path.
    pub moved: u64,
    /// Second files of a photo, which took over its faces.
    pub copied: u64,
    /// Photos that had vanished and are back at their path.
    pub returned: u64,
    /// Known photos that are no longer where they were.
    pub vanished: u64,
    /// Faces found in the photos that were scanned, and those that copies took over.
    pub faces: u64,
    /// Of `faces`, those with an embedding.
    pub embedded: u64,
    /// What a person had said of faces that changed photos no longer show.
    pub lost_decisions: Vec<LostDecision>,
    /// Photos of which a part is missing, or pages were not looked at; their faces are stored.
    pub incomplete: u64,
    /// Files and folders that could not be read.
    pub problems: u64,
    /// Files that are no photos, or of a format that can't be read yet: how many of each kind.
    pub other_files: BTreeMap<String, u64>,
    /// Folders asked for that could not be scanned; what is known of them was left as it is.
    pub unreachable: Vec<UnreachableFolder>,
    /// The scan was stopped before its end.
    pub stopped: bool,
    pub seconds: f64,
    /// What the threads' time went into.
    pub stages: StageSeconds,
}

/// A folder that could not be scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnreachableFolder {
    pub path: String,
    pub reason: String,
}
