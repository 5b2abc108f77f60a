//! Handles the events of the other threads.

use std::sync::Arc;

use crate::app::commands::action::Action;
use crate::app::session::connections::Connections;
use crate::app::session::event::{Direction, Event, ExportEvent, ScanEvent};
use crate::app::session::request::Change;
use crate::app::shell::toasts::{ToastKind, as_message};
use crate::app::state::naming::NameTarget;
use crate::app::state::navigation::Page;
use crate::app::state::progress::ScanStage;
use crate::app::state::snapshot::Snapshot;
use crate::app::widgets::counts::counted;
use crate::app::window::{App, LibraryState};
use crate::curate::Outcome;
use crate::export::AlbumSummary;
use crate::library::LostDecision;
use crate::scan::ScanSummary;

impl App {
    pub(in crate::app) fn handle_events(&mut self) {
        while let Some(event) = self.next_event() {
            self.handle_event(event);
        }
        while let Some(result) = self.file_dialogs.next_result() {
            self.handle_file_dialog(result);
        }
    }

    fn next_event(&self) -> Option<Event> {
        match &self.library {
            LibraryState::Session(session) => session.next_event(),
            LibraryState::Failed { .. } => None,
        }
    }

    fn handle_event(&mut self, event: Event) {
        let LibraryState::Session(session) = &mut self.library else {
            return;
        };
        match event {
            Event::Opened(connections) => self.handle_opened(*connections),
            Event::OpenFailed(error) => {
                let path = session.path.clone();
                self.fail_library(path, as_message(&error.to_string()));
            }
            Event::Snapshot(snapshot) => self.set_snapshot(snapshot),
            Event::QueryResult(key, result) => session.handle_query_result(key, result),
            Event::Changed { how, outcome } => {
                session.changed();
                self.show_outcome(how, outcome);
            }
            Event::NothingToDo(how) => {
                session.changed();
                let what = if how == Direction::Undone {
                    "undo"
                } else {
                    "redo"
                };
                self.toasts.note(format!("There is nothing to {what}."));
            }
            Event::ChangeFailed(error) => {
                session.changed();
                self.toasts.problem(as_message(&error));
            }
            Event::Failed(error) => self.toasts.problem(as_message(&error)),
            Event::Scan(event) => self.handle_scan(event),
            Event::Export(event) => self.handle_export(event),
            Event::DemoReady(folder) => self.update(Action::ScanFolder(folder)),
        }
    }

    fn handle_opened(&mut self, connections: Connections) {
        let LibraryState::Session(session) = &mut self.library else {
            return;
        };
        if let Err(error) = session.opened(connections) {
            let path = session.path.clone();
            return self.fail_library(
                path,
                format!("No thread could be started: {error}. Close other programs and try again."),
            );
        }
        self.memory.settings.library = Some(session.path.clone());
        if let Some(folder) = self.folder_to_scan.take() {
            self.update(Action::ScanFolder(folder));
        }
    }

    fn set_snapshot(&mut self, snapshot: Arc<Snapshot>) {
        self.selection
            .groups
            .retain(|group_id| snapshot.group(group_id).is_some());
        self.navigation.retain(|page| match page {
            Page::Group(group_id) => snapshot.group(group_id).is_some(),
            _ => true,
        });
        let is_gone = |target: &NameTarget| matches!(target, NameTarget::Group(group_id) if snapshot.group(*group_id).is_none());
        if self
            .naming
            .as_ref()
            .is_some_and(|naming| is_gone(&naming.target))
        {
            self.naming = None;
        }
        if let LibraryState::Session(session) = &mut self.library {
            session.set_snapshot(snapshot);
        }
    }

    fn show_outcome(&mut self, how: Direction, outcome: Outcome) {
        let (message, action) = match how {
            Direction::Executed => (outcome.message, ("Undo", Action::Change(Change::Undo))),
            Direction::Undone => (
                format!("Undone: {}", outcome.message),
                ("Redo", Action::Change(Change::Redo)),
            ),
            Direction::Redone => (
                format!("Redone: {}", outcome.message),
                ("Undo", Action::Change(Change::Undo)),
            ),
        };
        self.toasts.add(ToastKind::Change, message, Some(action));
    }

    fn handle_scan(&mut self, event: ScanEvent) {
        let LibraryState::Session(session) = &mut self.library else {
            return;
        };
        match event {
            ScanEvent::Finished { summary, grouped } => {
                session.scan = None;
                let problems = summary.problems > 0;
                let action = problems.then_some(("Show problems", Action::Go(Page::Problems)));
                self.toasts
                    .add(ToastKind::Note, scan_message(&summary, grouped), action);
            }
            ScanEvent::Failed(error) => {
                session.scan = None;
                self.toasts.problem(as_message(&error));
            }
            ScanEvent::Preparing => {}
            ScanEvent::Grouping => {
                if let Some(scan) = &mut session.scan {
                    scan.stage = ScanStage::Grouping;
                }
            }
            ScanEvent::Progress(progress) => {
                if let Some(scan) = &mut session.scan {
                    scan.stage = ScanStage::Scanning;
                    scan.progress = Some(progress);
                }
            }
        }
    }

    fn handle_export(&mut self, event: ExportEvent) {
        let LibraryState::Session(session) = &mut self.library else {
            return;
        };
        let Some(threads) = &mut session.threads else {
            return;
        };
        if let ExportEvent::Progress {
            photos_done,
            photos_total,
        } = event
        {
            return threads.export.advanced(photos_done, photos_total);
        }
        threads.export.ended();
        match event {
            ExportEvent::Progress { .. } | ExportEvent::NotBegun => {}
            ExportEvent::Finished(summary) => {
                let action = Action::ShowInFolder(summary.destination.clone());
                self.toasts.add(
                    ToastKind::Note,
                    export_message(&summary),
                    Some(("Show in folder", action)),
                );
            }
            ExportEvent::Failed(error) => self.toasts.problem(as_message(&error)),
        }
    }
}

fn scan_message(summary: &ScanSummary, grouped: bool) -> String {
    let verb = if summary.stopped {
        "Stopped"
    } else {
        "Scanned"
    };
    let mut parts = vec![format!(
        "{verb}: {}, {}",
        counted(summary.photos_scanned, "new photo"),
        counted(summary.faces, "face")
    )];
    for (count, what) in [
        (summary.unchanged, "unchanged"),
        (summary.moved, "moved or renamed"),
        (summary.vanished, "no longer there"),
        (summary.problems, "could not be read"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    if !grouped {
        parts.push("some faces are not grouped: scan again to group them".to_owned());
    }
    parts.extend(lost_message(&summary.lost_decisions));
    parts.join(" · ")
}

/// The decisions lost with faces that changed photos no longer show; the first few by name.
fn lost_message(lost: &[LostDecision]) -> Option<String> {
    const MAX_LISTED: usize = 3;
    let first: Vec<String> = lost
        .iter()
        .take(MAX_LISTED)
        .map(LostDecision::to_string)
        .collect();
    if first.is_empty() {
        return None;
    }
    let count = counted(lost.len() as u64, "decision");
    let more = match lost.len().saturating_sub(MAX_LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "{count} lost because changed photos no longer show the faces: {}{more}",
        first.join(", ")
    ))
}

fn export_message(summary: &AlbumSummary) -> String {
    let mut parts = vec![format!(
        "{} written in {}",
        counted(summary.written(), "photo"),
        counted(summary.albums.len() as u64, "album")
    )];
    if summary.already_there() > 0 {
        parts.push(format!("{} already there", summary.already_there()));
    }
    if !summary.changed.is_empty() {
        parts.push(format!(
            "{} left out because they changed since the scan",
            summary.changed.len()
        ));
    }
    if !summary.renamed.is_empty() {
        parts.push(format!(
            "{} renamed",
            counted(summary.renamed.len() as u64, "folder")
        ));
    }
    if !summary.kept.is_empty() {
        parts.push(format!(
            "{} not renamed, since others use it",
            counted(summary.kept.len() as u64, "folder")
        ));
    }
    let unread = summary.vanished.len() + summary.problems.len();
    if unread > 0 {
        parts.push(format!("{unread} could not be read"));
    }
    if summary.stopped {
        parts.push("stopped early".to_owned());
    }
    parts.join(" · ")
}
