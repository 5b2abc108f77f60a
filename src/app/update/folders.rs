//! Runs the actions on scanned folders, and shows what came of them.

use std::path::PathBuf;

use crate::app::commands::action::{Action, FolderPurpose};
use crate::app::dialogs::{Dialog, FolderDialog, ForgetDialog, NewPlaceDialog};
use crate::app::session::event::FolderEvent;
use crate::app::session::file_dialogs::PathPurpose;
use crate::app::session::request::FolderJob;
use crate::app::shell::toasts::{ToastKind, as_message};
use crate::app::state::navigation::Page;
use crate::app::state::queries::Query;
use crate::app::widgets::counts::counted;
use crate::app::window::{App, LibraryState};
use crate::library::Forgetting;
use crate::photo::Patterns;
use crate::scan::Relocation;

impl App {
    /// Runs an action on a folder; does nothing for others.
    pub(in crate::app) fn update_folders(&mut self, action: Action) {
        match action {
            Action::ChooseFolder(purpose) => self.choose_folder(purpose),
            Action::AskNewPlace(folder) => {
                self.dialog = Some(Dialog::NewPlace(NewPlaceDialog::new(folder)));
            }
            Action::ChooseNewPlace => self.ask_for_path(PathPurpose::NewPlace),
            Action::AskToForget(folder) => {
                self.begin_folder_job(FolderJob::LookAtForget(folder.clone()));
                self.dialog = Some(Dialog::Forget(ForgetDialog::new(folder)));
            }
            Action::Folder(job) => self.begin_folder_job(job),
            _ => {}
        }
    }

    fn choose_folder(&mut self, purpose: FolderPurpose) {
        let LibraryState::Session(session) = &self.library else {
            return;
        };
        // Most likely the one that is not there is meant.
        let choices = match (purpose, session.queries.known_gone_folders()) {
            (FolderPurpose::NewPlace, gone @ [_]) => gone,
            _ => &*session.snapshot.roots,
        };
        match choices {
            [] => {}
            [only] => {
                let action = purpose.action(only.path.clone());
                self.update(action);
            }
            _ => self.dialog = Some(Dialog::Folder(FolderDialog::new(purpose))),
        }
    }

    fn begin_folder_job(&mut self, job: FolderJob) {
        let LibraryState::Session(session) = &mut self.library else {
            return;
        };
        if job.is_doing().is_some() && session.scan.is_some() {
            return self
                .toasts
                .note("A scan is running. Stop it or wait until it ends, then try again.");
        }
        session.begin_folder_job(job);
    }

    /// The new place of a folder was chosen: looks at what is there.
    pub(in crate::app) fn use_new_place(&mut self, new: PathBuf) {
        if let Some(Dialog::NewPlace(dialog)) = &mut self.dialog {
            let job = dialog.look_in(new);
            self.begin_folder_job(job);
        }
    }

    pub(in crate::app) fn handle_folder_event(&mut self, event: FolderEvent) {
        let LibraryState::Session(session) = &mut self.library else {
            return;
        };
        let changed_photos = match &event {
            FolderEvent::Relocated { .. } | FolderEvent::Forgotten { .. } => true,
            FolderEvent::Failed { job, .. } => job.is_doing().is_some(),
            _ => false,
        };
        session.folder_job_ended(changed_photos);
        self.begin_what_waits();
        match event {
            FolderEvent::FoundRelocated { old, new, found } => {
                if let Some(Dialog::NewPlace(dialog)) = &mut self.dialog {
                    dialog.looked(&old, &new, Ok(found));
                }
            }
            FolderEvent::WouldForget { folder, forgetting } => {
                if let Some(Dialog::Forget(dialog)) = &mut self.dialog {
                    dialog.looked(&folder, forgetting);
                }
            }
            FolderEvent::Relocated { new, relocated } => {
                self.toasts.note(relocated_message(&new, &relocated));
            }
            FolderEvent::Forgotten { folder, forgotten } => {
                // The photo shown may be gone.
                if matches!(self.navigation.page(), Page::Photo(_)) {
                    self.go_back();
                }
                let what = forgotten_message(&forgotten);
                self.toasts.note(format!("Forgot {folder:?}: {what}."));
            }
            FolderEvent::KeptPatterns { former, patterns } => self.show_patterns(former, &patterns),
            FolderEvent::Failed { job, message } => self.show_folder_failure(job, message),
        }
    }

    fn show_patterns(&mut self, former: Patterns, patterns: &Patterns) {
        if let LibraryState::Session(session) = &mut self.library {
            session.queries.query_again(Query::Patterns);
            session.queries.query_again(Query::LeftOut);
        }
        if former != *patterns {
            let undo = Action::Folder(FolderJob::KeepPatterns(former));
            let message = "The rules are changed. They hold from the next scan on.";
            self.toasts
                .add(ToastKind::Change, message, Some(("Undo", undo)));
        }
    }

    fn show_folder_failure(&mut self, job: FolderJob, message: String) {
        match (job, &mut self.dialog) {
            (FolderJob::LookForRelocated { old, new }, Some(Dialog::NewPlace(dialog))) => {
                dialog.looked(&old, &new, Err(as_message(&message)));
            }
            // The dialog was closed.
            (FolderJob::LookForRelocated { .. }, _) => {}
            _ => self.toasts.problem(as_message(&message)),
        }
    }
}

fn relocated_message(new: &std::path::Path, relocated: &Relocation) -> String {
    let found = counted(relocated.found, "photo");
    let mut message = format!("{found} found in {new:?}; their people are kept.");
    match relocated.not_found.len() {
        0 => {}
        1 => message += " 1 photo is not there: it is away.",
        missing => message += &format!(" {missing} photos are not there: they are away."),
    }
    message
}

fn forgotten_message(forgotten: &Forgetting) -> String {
    format!(
        "{} and {} left the library",
        counted(forgotten.photos, "photo"),
        counted(forgotten.faces, "face")
    )
}
