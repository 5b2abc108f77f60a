//! Events from the other threads; the window handles them at the start of a frame.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use crate::app::session::connections::Connections;
use crate::app::session::request::FolderJob;
use crate::app::state::queries::{Query, QueryResult};
use crate::app::state::snapshot::Snapshot;
use crate::curate::Outcome;
use crate::export::AlbumSummary;
use crate::library::{Forgetting, LibraryError};
use crate::photo::Patterns;
use crate::scan::{MigrationSummary, Progress, Relocation, ScanSummary};

pub enum Event {
    Opened(Box<Connections>),
    OpenFailed(LibraryError),
    Snapshot(Arc<Snapshot>),
    /// The result of a query; `None` if the subject no longer exists or can't be read.
    QueryResult(Query, Option<QueryResult>),
    /// A command, undo or redo was executed.
    Changed {
        how: Direction,
        outcome: Outcome,
    },
    /// Nothing was left to undo or redo.
    NothingToDo(Direction),
    /// A command, undo or redo was refused or failed: a message with what to do about it.
    ChangeFailed(String),
    /// Another error: a message with what to do about it.
    Failed(String),
    Scan(ScanEvent),
    Export(ExportEvent),
    Folder(FolderEvent),
    DemoReady(PathBuf),
}

/// How the library was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Executed,
    Undone,
    Redone,
}

pub enum ScanEvent {
    /// The library that was opened compares faces by a model to which there is a better one.
    ModelIsOutdated,
    /// The models are being loaded.
    Preparing,
    Progress(Progress),
    /// The photos are done; the faces are grouped once more.
    Grouping,
    Finished {
        summary: Box<ScanSummary>,
        /// False if the grouping was stopped.
        grouped: bool,
    },
    /// The end of a migration.
    Migrated {
        summary: Box<MigrationSummary>,
        /// False if the library was not switched, or the grouping was stopped.
        grouped: bool,
    },
    Failed(String),
}

/// The result of a [`FolderJob`].
pub enum FolderEvent {
    FoundRelocated {
        old: PathBuf,
        new: PathBuf,
        found: Relocation,
    },
    Relocated {
        new: PathBuf,
        relocated: Relocation,
    },
    WouldForget {
        folder: PathBuf,
        forgetting: Forgetting,
    },
    Forgotten {
        folder: PathBuf,
        forgotten: Forgetting,
    },
    KeptPatterns {
        former: Patterns,
        patterns: Patterns,
    },
    Failed {
        job: FolderJob,
        message: String,
    },
}

/// An event of the running export, which is the first of the queue.
pub enum ExportEvent {
    Progress {
        photos_done: u64,
        photos_total: u64,
    },
    Finished(Box<AlbumSummary>),
    Failed(String),
    /// It was stopped before it began.
    NotBegun,
}

/// Sends events, and wakes the window to handle them.
#[derive(Clone)]
pub struct Events {
    sender: Sender<Event>,
    ctx: egui::Context,
}

impl Events {
    pub fn new(sender: Sender<Event>, ctx: egui::Context) -> Self {
        Self { sender, ctx }
    }

    /// Sends an event. After the library was closed, nobody receives it, which is not an error.
    pub fn send(&self, event: Event) {
        if self.sender.send(event).is_ok() {
            self.ctx.request_repaint();
        }
    }

    pub fn failed(&self, error: impl std::fmt::Display) {
        self.send(Event::Failed(error.to_string()));
    }
}
