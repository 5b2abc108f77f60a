//! Handles the events of the other threads.

use std::sync::Arc;

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
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
use crate::library::UnplacedDecision;
use crate::scan::{MovedFolder, ScanSummary, UnreachableFolder};

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
            Event::Folder(event) => self.handle_folder_event(event),
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
                let again = session.scan.take().is_some_and(|scan| scan.again);
                self.toasts.add(
                    ToastKind::Note,
                    scan_message(&summary, grouped, again),
                    scan_action(&summary),
                );
                self.show_unreachable(&summary.unreachable);
                self.begin_what_waits();
            }
            ScanEvent::Failed(error) => {
                session.scan = None;
                self.toasts.problem(as_message(&error));
                self.begin_what_waits();
            }
            ScanEvent::ModelIsOutdated => self.note_outdated_model(),
            ScanEvent::Migrated { summary, grouped } => self.handle_migrated(&summary, grouped),
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

    /// Folders that could not be scanned; one that is known may lie elsewhere now.
    fn show_unreachable(&mut self, unreachable: &[UnreachableFolder]) {
        let snapshot = self.snapshot();
        for folder in unreachable {
            let known = snapshot
                .roots
                .iter()
                .find(|root| root.path.to_string_lossy() == folder.path);
            let action = known.map(|root| {
                let action = Action::AskNewPlace(root.path.clone());
                (UiCommand::NewPlace.label(), action)
            });
            let message = format!(
                "{:?} could not be scanned: {}. What is known of it is kept.",
                folder.path, folder.reason
            );
            self.toasts.add(ToastKind::Problem, message, action);
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

/// `again`: known photos were searched again.
fn scan_message(summary: &ScanSummary, grouped: bool, again: bool) -> String {
    let (verb, noun) = match (summary.stopped, again) {
        (true, _) => ("Stopped", "new photo"),
        (false, true) => ("Looked again", "photo"),
        (false, false) => ("Scanned", "new photo"),
    };
    let mut parts = vec![format!(
        "{verb}: {}, {}",
        counted(summary.photos_scanned, noun),
        counted(summary.faces, "face")
    )];
    for (count, what) in [
        (summary.unchanged, "unchanged"),
        (summary.moved, "moved or renamed"),
        (summary.returned, "back again"),
        (summary.vanished, "away"),
        (summary.problems, "could not be read"),
        (summary.incomplete, "looked at in part"),
        (summary.coarse.len() as u64, "looked at coarsely"),
        (summary.left_out.values().sum(), "left out"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    parts.extend(summary.moved_folders.iter().map(moved_message));
    if !grouped {
        parts.push("some faces are not grouped: scan again to group them".to_owned());
    }
    parts.extend(not_found_message(&summary.not_found));
    parts.join(" · ")
}

fn moved_message(folder: &MovedFolder) -> String {
    format!("{:?} is now {:?}", folder.from, folder.to)
}

/// Where to go from the summary of a scan.
fn scan_action(summary: &ScanSummary) -> Option<(&'static str, Action)> {
    if !summary.not_found.is_empty() {
        return Some(("Place by hand", Action::Go(Page::NotFound)));
    }
    let is_whole = summary.problems == 0 && summary.incomplete == 0 && summary.coarse.is_empty();
    (!is_whole).then_some(("Show problems", Action::Go(Page::Problems)))
}

/// The decisions about faces that changed photos no longer show; the first few by name.
fn not_found_message(not_found: &[UnplacedDecision]) -> Option<String> {
    const MAX_LISTED: usize = 3;
    let first: Vec<String> = not_found
        .iter()
        .take(MAX_LISTED)
        .map(UnplacedDecision::to_string)
        .collect();
    if first.is_empty() {
        return None;
    }
    let count = counted(not_found.len() as u64, "decision");
    let more = match not_found.len().saturating_sub(MAX_LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "{count} kept about faces that changed photos no longer show: {}{more}",
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
    let (taken_back, left_over) = (summary.taken_back(), summary.left_over());
    if taken_back > 0 {
        parts.push(format!("{} taken back", counted(taken_back, "photo")));
    }
    if left_over > 0 {
        parts.push(format!(
            "{} of earlier exports left, which the albums no longer hold",
            counted(left_over, "photo")
        ));
    }
    let unread = summary.vanished.len() + summary.problems.len();
    if unread > 0 {
        parts.push(format!("{unread} could not be read"));
    }
    if summary.away > 0 {
        parts.push(format!("{} away", counted(summary.away, "photo")));
    }
    if summary.stopped {
        parts.push("stopped early".to_owned());
    }
    parts.join(" · ")
}
