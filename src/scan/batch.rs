//! What the writer stores at a time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::item::Item;
use crate::library::{
    FoundProblem, Library, LibraryError, MovedPhoto, RootId, ScannedPhoto, TouchedPhoto,
    UnplacedDecision,
};

/// Photos per transaction, and the longest time that a finished photo waits for it: what a crash may lose.
const BATCH_PHOTOS: usize = 64;
const BATCH_TIME: Duration = Duration::from_millis(500);

/// Findings that are not in the library yet.
pub(super) struct Batch {
    since: Instant,
    pub(super) scanned: Vec<ScannedPhoto>,
    pub(super) touched: Vec<TouchedPhoto>,
    pub(super) moved: Vec<MovedPhoto>,
    pub(super) problems: Vec<FoundProblem>,
    /// Files that no longer have a problem.
    cleared: BTreeMap<RootId, Vec<String>>,
}

impl Batch {
    pub(super) fn clear_problem(&mut self, item: Item) {
        let of_root = self.cleared.entry(item.target.root_id).or_default();
        of_root.push(item.path);
    }

    pub(super) fn store(
        &self,
        library: &mut Library,
        unplaced: &mut Vec<UnplacedDecision>,
    ) -> Result<(), LibraryError> {
        for (root_id, paths) in &self.cleared {
            library.clear_problems(*root_id, paths)?;
        }
        if !self.moved.is_empty() {
            library.move_photos(&self.moved)?;
        }
        if !self.touched.is_empty() {
            library.touch_photos(&self.touched)?;
        }
        if !self.scanned.is_empty() {
            library.store_scanned_telling(&self.scanned, unplaced)?;
        }
        if !self.problems.is_empty() {
            library.store_problems(&self.problems)?;
        }
        Ok(())
    }

    pub(super) fn new() -> Self {
        Self {
            since: Instant::now(),
            scanned: Vec::new(),
            touched: Vec::new(),
            moved: Vec::new(),
            problems: Vec::new(),
            cleared: BTreeMap::new(),
        }
    }

    pub(super) fn is_due(&self) -> bool {
        let cleared: usize = self.cleared.values().map(Vec::len).sum();
        let photos = self.scanned.len()
            + self.touched.len()
            + cleared
            + self.moved.len()
            + self.problems.len();
        photos >= BATCH_PHOTOS || (photos > 0 && self.since.elapsed() >= BATCH_TIME)
    }
}
