//! The system's file dialogs, which another thread waits for.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use rfd::{AsyncFileDialog, FileHandle};

/// What the path is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathPurpose {
    PhotoFolder,
    OpenLibrary,
    NewLibrary,
    AlbumFolder,
    /// Where a scanned folder is now.
    NewPlace,
}

impl PathPurpose {
    pub fn title(self) -> &'static str {
        match self {
            PathPurpose::PhotoFolder => "Choose a folder of photos",
            PathPurpose::OpenLibrary => "Open a library",
            PathPurpose::NewLibrary => "New library",
            PathPurpose::AlbumFolder => "Choose a folder for the albums",
            PathPurpose::NewPlace => "Choose the folder as it is now",
        }
    }

    /// The label of the button that accepts a typed path.
    pub fn verb(self) -> &'static str {
        match self {
            PathPurpose::PhotoFolder => "Scan",
            PathPurpose::OpenLibrary => "Open",
            PathPurpose::NewLibrary => "Create",
            PathPurpose::AlbumFolder | PathPurpose::NewPlace => "Choose",
        }
    }

    pub fn example(self) -> &'static str {
        match self {
            PathPurpose::PhotoFolder | PathPurpose::NewPlace => "/home/me/Pictures",
            PathPurpose::OpenLibrary | PathPurpose::NewLibrary => "/home/me/family.sqlite",
            PathPurpose::AlbumFolder => "/home/me/Albums",
        }
    }
}

/// A dialog that was closed.
pub struct FileDialogResult {
    pub purpose: PathPurpose,
    pub outcome: FileDialogOutcome,
}

pub enum FileDialogOutcome {
    Path(PathBuf),
    Cancelled,
    /// It closed faster than a person can react: this system has no file dialog.
    NoDialog,
}

/// A dialog that closes faster was never visible.
const MIN_DIALOG_TIME: Duration = Duration::from_millis(300);

/// The open dialog; one at a time.
pub struct FileDialogs {
    sender: Sender<FileDialogResult>,
    receiver: Receiver<FileDialogResult>,
    open: bool,
}

impl Default for FileDialogs {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self {
            sender,
            receiver,
            open: false,
        }
    }
}

impl FileDialogs {
    /// Opens a dialog that starts in `folder`; does nothing while another one is open.
    pub fn ask(&mut self, purpose: PathPurpose, folder: Option<&Path>, ctx: &egui::Context) {
        if self.open {
            return;
        }
        let mut dialog = AsyncFileDialog::new().set_title(purpose.title());
        if let Some(folder) = folder.filter(|folder| folder.is_absolute()) {
            dialog = dialog.set_directory(folder);
        }
        let library = |dialog: AsyncFileDialog| dialog.add_filter("Kinfolk library", &["sqlite"]);
        match purpose {
            PathPurpose::PhotoFolder | PathPurpose::AlbumFolder | PathPurpose::NewPlace => {
                self.wait(purpose, dialog.pick_folder(), ctx)
            }
            PathPurpose::OpenLibrary => self.wait(purpose, library(dialog).pick_file(), ctx),
            PathPurpose::NewLibrary => self.wait(
                purpose,
                library(dialog).set_file_name("library.sqlite").save_file(),
                ctx,
            ),
        }
    }

    fn wait(
        &mut self,
        purpose: PathPurpose,
        dialog: impl Future<Output = Option<FileHandle>> + Send + 'static,
        ctx: &egui::Context,
    ) {
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        let since = Instant::now();
        let waiting = std::thread::Builder::new()
            .name("file dialog".to_owned())
            .spawn(move || {
                let outcome = match pollster::block_on(dialog) {
                    Some(file) => FileDialogOutcome::Path(file.path().to_owned()),
                    None if since.elapsed() < MIN_DIALOG_TIME => FileDialogOutcome::NoDialog,
                    None => FileDialogOutcome::Cancelled,
                };
                // The window may be closed by now.
                if sender.send(FileDialogResult { purpose, outcome }).is_ok() {
                    ctx.request_repaint();
                }
            });
        match waiting {
            Ok(_) => self.open = true,
            Err(error) => tracing::error!("could not wait for a file dialog: {error}"),
        }
    }

    pub fn next_result(&mut self) -> Option<FileDialogResult> {
        let result = self.receiver.try_recv().ok()?;
        self.open = false;
        Some(result)
    }
}
