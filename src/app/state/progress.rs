//! How the scan and the export are getting on.

use std::path::PathBuf;

use crate::scan::Progress;

/// What the status bar knows of a scan.
#[derive(Clone, Debug)]
pub struct ScanState {
    pub folders: Vec<PathBuf>,
    pub stage: ScanStage,
    pub progress: Option<Progress>,
    pub paused: bool,
    pub stopping: Stopping,
}

/// How much of a scan a person has stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stopping {
    #[default]
    Nothing,
    /// No more photos; what was found is grouped.
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
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self {
            folders,
            stage: ScanStage::Preparing,
            progress: None,
            paused: false,
            stopping: Stopping::Nothing,
        }
    }

    /// True where the next stop is that of the grouping.
    pub fn stops_grouping(&self) -> bool {
        self.stage == ScanStage::Grouping || self.stopping != Stopping::Nothing
    }
}

/// How the export that runs is getting on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportState {
    pub photos_done: u64,
    pub photos_total: u64,
    /// It was stopped, and ends after the photo in work.
    pub stopping: bool,
    /// Exports that begin when this one has ended.
    pub waiting: usize,
}
