//! What the other threads tell the window; taken in at the start of a frame.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use crate::app::session::connections::Connections;
use crate::app::state::queries::{Query, QueryResult};
use crate::app::state::snapshot::Snapshot;
use crate::curate::Outcome;
use crate::export::AlbumSummary;
use crate::library::LibraryError;
use crate::scan::{Progress, ScanSummary};

/// Something that happened elsewhere.
pub enum Event {
    Opened(Box<Connections>),
    OpenFailed(LibraryError),
    Snapshot(Arc<Snapshot>),
    /// The answer to a question; `None` if what was asked for is gone or can't be read.
    QueryResult(Query, Option<QueryResult>),
    /// A command, undo or redo has been carried out.
    Changed {
        how: Direction,
        outcome: Outcome,
    },
    /// Undo or redo had nothing to do.
    NothingToDo(Direction),
    /// A command, undo or redo was refused or failed: a sentence with what to do about it.
    ChangeFailed(String),
    /// Something else went wrong: a sentence with what to do about it.
    Failed(String),
    Scan(ScanEvent),
    Export(ExportEvent),
    DemoReady(PathBuf),
}

/// Which way a command went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Executed,
    Undone,
    Redone,
}

pub enum ScanEvent {
    /// The models are being loaded; the first photo follows.
    Preparing,
    Progress(Progress),
    /// The scan is over, faces are grouped once more.
    Grouping,
    Finished {
        summary: ScanSummary,
        /// False where the grouping was stopped.
        grouped: bool,
    },
    Failed(String),
}

/// About the export that runs, the first of those asked for.
pub enum ExportEvent {
    Progress {
        photos_done: u64,
        photos_total: u64,
    },
    Finished(AlbumSummary),
    Failed(String),
    /// It was stopped before it began.
    NotBegun,
}

/// Sends events, and wakes the window to take them in.
#[derive(Clone)]
pub struct Events {
    sender: Sender<Event>,
    ctx: egui::Context,
}

impl Events {
    pub fn new(sender: Sender<Event>, ctx: egui::Context) -> Self {
        Self { sender, ctx }
    }

    /// Nobody listens any more once the library was closed; that is no error.
    pub fn send(&self, event: Event) {
        if self.sender.send(event).is_ok() {
            self.ctx.request_repaint();
        }
    }

    pub fn failed(&self, error: impl std::fmt::Display) {
        self.send(Event::Failed(error.to_string()));
    }
}
