//! Runs the actions of the views.

use std::path::PathBuf;

use crate::app::commands::action::Action;
use crate::app::dialogs::{Dialog, ExportDialog, PathDialog, PersonDialog};
use crate::app::session::Session;
use crate::app::session::event::Event;
use crate::app::session::file_dialogs::{FileDialogOutcome, FileDialogResult, PathPurpose};
use crate::app::session::request::ScanJob;
use crate::app::state::naming::{NameTarget, Naming};
use crate::app::state::navigation::Page;
use crate::app::state::progress::Stopping;
use crate::app::state::selection::Shown;
use crate::app::window::{App, LibraryState};
use crate::files::page_path;

impl App {
    pub(in crate::app) fn update(&mut self, action: Action) {
        match action {
            Action::Change(change) => {
                if let LibraryState::Session(session) = &mut self.library {
                    session.change(change);
                }
            }
            Action::GroupAgain => {
                if let LibraryState::Session(session) = &mut self.library {
                    session.group_again();
                }
            }

            Action::Go(page) => self.go(page),
            Action::OpenSplit(group_id) => {
                self.view_state.open_split(group_id);
                self.go(Page::Group(group_id));
            }
            Action::Back => self.go_back(),
            Action::OpenPhoto { photo_id, among } => {
                self.navigation.open_photo(photo_id, among);
                self.leave_page();
            }

            Action::AddFolder => self.ask_for_path(PathPurpose::PhotoFolder),
            Action::OpenLibrary => self.ask_for_path(PathPurpose::OpenLibrary),
            Action::NewLibrary => self.ask_for_path(PathPurpose::NewLibrary),
            Action::ChooseAlbumFolder => self.ask_for_path(PathPurpose::AlbumFolder),
            Action::PathChosen(purpose, path) => self.use_path(purpose, path),
            Action::ScanFolder(folder) => self.scan_folder(folder),
            Action::ScanAll => self.scan_all(),
            Action::TryDemo => self.try_demo(),
            Action::LookAgainIn(folder) => self.scan(ScanJob::Again(vec![folder])),
            Action::LookAgainAt(photos) => self.scan(ScanJob::Photos(photos)),
            Action::Migrate => self.migrate(),
            Action::ChooseFolder(_)
            | Action::AskNewPlace(_)
            | Action::ChooseNewPlace
            | Action::AskToForget(_)
            | Action::Folder(_) => self.update_folders(action),
            Action::StopScan | Action::PauseScan | Action::ResumeScan => self.control_scan(&action),
            Action::SwitchLibrary(path) => self.open_library(path),
            Action::Retry => self.retry(),

            Action::Export { people } => {
                let destination = self.memory.settings.albums.clone();
                self.dialog = Some(Dialog::Export(ExportDialog::new(people, destination)));
            }
            Action::ExportTo(job) => {
                self.memory.settings.albums = Some(job.destination.clone());
                if let LibraryState::Session(session) = &mut self.library {
                    session.export(job);
                }
            }
            Action::StopExport | Action::StopAllExports => self.stop_exports(&action),
            Action::ShowInFolder(path) => self.show_in_folder(path),
            Action::ChoosePerson(purpose) => {
                self.dialog = Some(Dialog::Person(PersonDialog::new(purpose)))
            }

            Action::RenameFocus(target) => self.begin_naming(target),
            Action::FocusSearch => self.search.wants_focus = true,
            Action::SetSearch(text) => self.search.text = text,
            Action::SetSort(sort) => self.memory.settings.sort = sort,
            Action::SetFaceSort(sort) => self.memory.settings.face_sort = sort,
            Action::SetCardSize(size) => self.memory.settings.card_size = size,
            Action::SetDevice(device) => self.memory.settings.device = device,
            Action::SetTheme(theme) => {
                self.memory.settings.theme = theme;
                self.ctx.set_theme(theme.preference());
            }
            Action::Notify(message) => self.toasts.note(message),
            Action::Run(command) => self.run_next_frame(command),
        }
    }

    fn go(&mut self, page: Page) {
        if page != self.navigation.page() {
            self.navigation.go(page);
            self.leave_page();
        }
    }

    pub(in crate::app) fn go_back(&mut self) {
        if self.navigation.back() {
            self.leave_page();
        }
    }

    /// Clears the state that belongs to the page being left. Cards stay selected, so that they are selected when the
    /// user comes back; until then commands ignore them.
    fn leave_page(&mut self) {
        self.selection.show(&Shown::Nothing);
        egui::DragAndDrop::clear_payload(&self.ctx);
        self.selection.faces.clear();
        if !matches!(
            self.navigation.page(),
            Page::Photo(_) | Page::Photos | Page::Away
        ) {
            self.selection.photos.clear();
        }
        if matches!(
            self.navigation.page(),
            Page::Photos | Page::Away | Page::Ignored | Page::Problems
        ) {
            self.selection.groups.clear();
        }
        self.naming = None;
        self.search.text.clear();
    }

    fn begin_naming(&mut self, target: NameTarget) {
        let text = match &target {
            NameTarget::Group(group_id) => self
                .snapshot()
                .group(*group_id)
                .and_then(|group| group.name.clone()),
            NameTarget::Faces(_) => None,
        };
        self.naming = Some(Naming::new(target, text.unwrap_or_default()));
    }

    pub(in crate::app) fn ask_for_path(&mut self, purpose: PathPurpose) {
        let settings = &self.memory.settings;
        let folder = match purpose {
            PathPurpose::PhotoFolder | PathPurpose::NewPlace => settings.folder.as_deref(),
            PathPurpose::AlbumFolder => settings.albums.as_deref(),
            PathPurpose::OpenLibrary | PathPurpose::NewLibrary => {
                settings.library.as_deref().and_then(|path| path.parent())
            }
        };
        self.file_dialogs.ask(purpose, folder, &self.ctx);
    }

    pub(in crate::app) fn handle_file_dialog(&mut self, result: FileDialogResult) {
        match result.outcome {
            FileDialogOutcome::Path(path) => self.use_path(result.purpose, path),
            FileDialogOutcome::Cancelled => {}
            // The dialog that asked already has a field for the path.
            FileDialogOutcome::NoDialog
                if matches!(
                    result.purpose,
                    PathPurpose::AlbumFolder | PathPurpose::NewPlace
                ) =>
            {
                self.toasts
                    .note("The system's file dialog did not open. Type the path of the folder.");
            }
            FileDialogOutcome::NoDialog => {
                self.dialog = Some(Dialog::Path(PathDialog::new(result.purpose)))
            }
        }
    }

    fn use_path(&mut self, purpose: PathPurpose, path: PathBuf) {
        match purpose {
            PathPurpose::NewPlace => self.use_new_place(path),
            PathPurpose::PhotoFolder => self.scan_folder(path),
            PathPurpose::OpenLibrary | PathPurpose::NewLibrary => self.open_library(path),
            PathPurpose::AlbumFolder => {
                if let Some(Dialog::Export(dialog)) = &mut self.dialog {
                    dialog.destination = path.display().to_string();
                }
            }
        }
    }

    fn scan_folder(&mut self, folder: PathBuf) {
        if !folder.is_dir() {
            self.toasts.problem(format!(
                "{folder:?} is not a readable folder. Choose another one."
            ));
            return;
        }
        self.memory.settings.folder = Some(folder.clone());
        self.scan(ScanJob::Folders(vec![folder]));
    }

    fn scan_all(&mut self) {
        let folders: Vec<PathBuf> = self
            .snapshot()
            .roots
            .iter()
            .map(|root| root.path.clone())
            .collect();
        if folders.is_empty() {
            return self.ask_for_path(PathPurpose::PhotoFolder);
        }
        self.scan(ScanJob::Folders(folders));
    }

    fn scan(&mut self, job: ScanJob) {
        if self.give_way_to(&job) {
            return;
        }
        let device = self.device();
        let LibraryState::Session(session) = &mut self.library else {
            return;
        };
        if session.scan.is_some() {
            self.toasts
                .note("A scan is already running. Stop it or wait until it ends.");
            return;
        }
        if session.folder_change.is_some() {
            self.toasts
                .note("A folder is being changed. Scan when that is done.");
            return;
        }
        session.begin_scan(job, device);
    }

    fn control_scan(&mut self, action: &Action) {
        let LibraryState::Session(session) = &mut self.library else {
            return;
        };
        let (Some(threads), Some(scan)) = (&session.threads, &mut session.scan) else {
            return;
        };
        let control = threads.scan.control();
        match action {
            Action::PauseScan => {
                control.pause();
                scan.paused = true;
            }
            Action::ResumeScan => {
                control.resume();
                scan.paused = false;
            }
            _ if scan.stops_grouping() => {
                control.stop();
                threads.scan.stop_grouping();
                scan.stopping = Stopping::All;
            }
            _ => {
                control.stop();
                scan.stopping = Stopping::Photos;
            }
        }
    }

    fn stop_exports(&self, action: &Action) {
        let LibraryState::Session(session) = &self.library else {
            return;
        };
        let Some(threads) = &session.threads else {
            return;
        };
        match action {
            Action::StopAllExports => threads.export.stop_all(),
            _ => threads.export.stop(),
        }
    }

    /// Unpacks the demo photos, then scans them.
    fn try_demo(&mut self) {
        let LibraryState::Session(session) = &self.library else {
            return;
        };
        let (events, folder) = (session.events(), self.demo_folder.clone());
        let unpacking = std::thread::Builder::new()
            .name("demo".to_owned())
            .spawn(move || match crate::app::demo::unpack(&folder) {
                Ok(()) => events.send(Event::DemoReady(folder)),
                Err(error) => events.failed(error),
            });
        if let Err(error) = unpacking {
            self.toasts
                .problem(format!("The demo photos could not be unpacked: {error}"));
        }
    }

    /// Closes the current library and opens another one.
    pub(in crate::app) fn open_library(&mut self, path: PathBuf) {
        let path = std::path::absolute(&path).unwrap_or(path);
        self.navigation = Default::default();
        self.selection.clear();
        self.naming = None;
        self.name_offers = Default::default();
        self.view_state = Default::default();
        // Close first, so that opening the same file again waits for it.
        self.close_library();
        match Session::open(&path, &self.ctx, &self.closing) {
            Ok(session) => self.library = LibraryState::Session(Box::new(session)),
            Err(error) => self.fail_library(
                path,
                format!("No thread could be started: {error}. Close other programs and try again."),
            ),
        }
    }

    fn retry(&mut self) {
        if let LibraryState::Failed { path, .. } = &self.library {
            let path = path.clone();
            self.open_library(path);
        }
    }

    fn show_in_folder(&mut self, path: PathBuf) {
        let path = page_path::file_of(&path).into_owned();
        let shown = if path.is_dir() {
            opener::open(&path)
        } else {
            opener::reveal(&path)
        };
        if let Err(error) = shown {
            tracing::warn!("{path:?} could not be shown: {error}");
            self.toasts.problem(format!(
                "No file manager could be opened. The path is {path:?}."
            ));
        }
    }
}
