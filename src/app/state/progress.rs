//! The progress of the scan and the export.

use crate::scan::Progress;

/// The progress of a scan, for the status bar.
#[derive(Clone, Debug)]
pub struct ScanState {
    /// What is scanned, as the status bar calls it: "Pictures", "3 folders".
    pub what: String,
    /// Known photos are searched again.
    pub again: bool,
    /// Known faces are embedded by another model; no photo is searched.
    pub is_migration: bool,
    pub stage: ScanStage,
    pub progress: Option<Progress>,
    pub paused: bool,
    pub stopping: Stopping,
}

/// How much of a scan the user has stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stopping {
    #[default]
    Nothing,
    /// No more photos; the faces found so far are grouped.
    Photos,
    /// The grouping as well.
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanStage {
    Preparing,
    Scanning,
    Grouping,
}

impl ScanState {
    pub fn new(what: String, again: bool) -> Self {
        Self {
            what,
            again,
            is_migration: false,
            stage: ScanStage::Preparing,
            progress: None,
            paused: false,
            stopping: Stopping::Nothing,
        }
    }

    pub fn of_migration() -> Self {
        Self {
            is_migration: true,
            ..Self::new("faces".to_owned(), false)
        }
    }

    /// True where the next stop is that of the grouping.
    pub fn stops_grouping(&self) -> bool {
        self.stage == ScanStage::Grouping || self.stopping != Stopping::Nothing
    }
}

/// The progress of the running export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportState {
    pub photos_done: u64,
    pub photos_total: u64,
    /// It was stopped and ends after the current photo.
    pub stopping: bool,
    /// Exports that start after this one.
    pub waiting: usize,
}
