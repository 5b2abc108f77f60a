//! The better model of a newer Kinfolk: begins the migration of a library by itself, gives way to scans, and tells the end.

use crate::app::session::request::ScanJob;
use crate::app::state::progress::Stopping;
use crate::app::widgets::counts::counted;
use crate::app::window::{App, LibraryState};
use crate::scan::MigrationSummary;

impl App {
    /// The library compares faces by a model to which there is a better one.
    pub(in crate::app) fn note_outdated_model(&mut self) {
        if let LibraryState::Session(session) = &mut self.library {
            session.model_is_outdated = true;
            session.migration_is_due = true;
        }
        self.begin_what_waits();
    }

    /// Begins the scan that waited for the end of a migration, or the migration that waited for the end of other work.
    pub(in crate::app) fn begin_what_waits(&mut self) {
        let device = self.device();
        let LibraryState::Session(session) = &mut self.library else {
            return;
        };
        if session.scan.is_some() || session.folder_change.is_some() {
            return;
        }
        if let Some(job) = session.next_scan.take() {
            session.begin_scan(job, device);
        } else if std::mem::take(&mut session.migration_is_due) {
            session.begin_migration(device);
        }
    }

    /// Begins it because the user has asked for it, now or once nothing else runs.
    pub(in crate::app) fn migrate(&mut self) {
        let LibraryState::Session(session) = &mut self.library else {
            return;
        };
        if !session.model_is_outdated {
            return self
                .toasts
                .note("The faces are compared by the best model of this Kinfolk already.");
        }
        let is_running = session.scan.as_ref().is_some_and(|scan| scan.is_migration);
        if !is_running {
            session.migration_is_due = true;
            self.begin_what_waits();
        }
    }

    /// Stops a migration that runs by itself, so that this scan begins soon; the migration goes on after it.
    pub(in crate::app) fn give_way_to(&mut self, job: &ScanJob) -> bool {
        let LibraryState::Session(session) = &mut self.library else {
            return false;
        };
        let (Some(threads), Some(running)) = (&session.threads, &mut session.scan) else {
            return false;
        };
        if !running.is_migration || session.next_scan.is_some() {
            return false;
        }
        if running.stopping == Stopping::Nothing {
            threads.scan.control().stop();
            running.stopping = Stopping::Photos;
        }
        session.next_scan = Some(job.clone());
        session.migration_is_due = true;
        true
    }

    pub(in crate::app) fn handle_migrated(&mut self, summary: &MigrationSummary, grouped: bool) {
        let LibraryState::Session(session) = &mut self.library else {
            return;
        };
        session.scan = None;
        if summary.switched {
            session.model_is_outdated = false;
            session.migration_is_due = false;
        }
        if summary.switched || session.next_scan.is_none() {
            self.toasts.note(message(summary, grouped));
        }
        self.begin_what_waits();
    }
}

fn message(summary: &MigrationSummary, grouped: bool) -> String {
    let mut parts = Vec::new();
    parts.push(match (summary.switched, summary.stopped) {
        (true, _) => format!(
            "Faces are compared by a better model now: {} embedded again",
            counted(summary.faces, "face")
        ),
        (false, true) => format!(
            "Stopped: {} embedded again. \"Update how faces are compared\" goes on there",
            counted(summary.faces, "face")
        ),
        (false, false) => {
            "Too many photos are away to compare faces by a better model, so they are compared as before".to_owned()
        }
    });
    if !summary.left.is_empty() {
        let photos = counted(summary.left.len() as u64, "photo");
        parts.push(format!(
            "the faces of {photos} that are away or changed stay where they are"
        ));
    }
    if summary.switched && !grouped {
        parts.push("the faces are not grouped: scan again to group them".to_owned());
    }
    parts.join(" · ")
}
