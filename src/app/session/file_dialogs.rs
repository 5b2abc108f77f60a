//! The system's file dialogs, waited for on another thread.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use rfd::{AsyncFileDialog, FileHandle};

/// What a path is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    PhotoFolder,
    OpenLibrary,
    NewLibrary,
    AlbumFolder,
}

impl Asked {
    pub fn title(self) -> &'static str {
        match self {
            Asked::PhotoFolder => "Choose a folder of photos",
            Asked::OpenLibrary => "Open a library",
            Asked::NewLibrary => "New library",
            Asked::AlbumFolder => "Where shall the albums go?",
        }
    }

    /// The button that takes a typed path.
    pub fn verb(self) -> &'static str {
        match self {
            Asked::PhotoFolder => "Scan",
            Asked::OpenLibrary => "Open",
            Asked::NewLibrary => "Create",
            Asked::AlbumFolder => "Choose",
        }
    }

    pub fn example(self) -> &'static str {
        match self {
            Asked::PhotoFolder => "/home/me/Pictures",
            Asked::OpenLibrary | Asked::NewLibrary => "/home/me/family.sqlite",
            Asked::AlbumFolder => "/home/me/Albums",
        }
    }
}

/// A dialog that was closed.
pub struct Picked {
    pub asked: Asked,
    pub answer: Answer,
}

pub enum Answer {
    Path(PathBuf),
    Cancelled,
    /// It came back sooner than a person can: there is no file dialog on this system.
    NoDialog,
}

/// A dialog that is cancelled sooner was never seen.
const SOONER_THAN_A_PERSON: Duration = Duration::from_millis(300);

/// Dialogs in progress; one at a time.
pub struct Pickers {
    sender: Sender<Picked>,
    receiver: Receiver<Picked>,
    open: bool,
}

impl Default for Pickers {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self {
            sender,
            receiver,
            open: false,
        }
    }
}

impl Pickers {
    /// Opens a dialog that starts in `folder`; nothing happens while another is open.
    pub fn ask(&mut self, asked: Asked, folder: Option<&Path>, ctx: &egui::Context) {
        if self.open {
            return;
        }
        let mut dialog = AsyncFileDialog::new().set_title(asked.title());
        if let Some(folder) = folder.filter(|folder| folder.is_absolute()) {
            dialog = dialog.set_directory(folder);
        }
        let library = |dialog: AsyncFileDialog| dialog.add_filter("Kinfolk library", &["sqlite"]);
        match asked {
            Asked::PhotoFolder | Asked::AlbumFolder => self.wait(asked, dialog.pick_folder(), ctx),
            Asked::OpenLibrary => self.wait(asked, library(dialog).pick_file(), ctx),
            Asked::NewLibrary => self.wait(
                asked,
                library(dialog).set_file_name("library.sqlite").save_file(),
                ctx,
            ),
        }
    }

    fn wait(
        &mut self,
        asked: Asked,
        dialog: impl Future<Output = Option<FileHandle>> + Send + 'static,
        ctx: &egui::Context,
    ) {
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        let since = Instant::now();
        let waiting = std::thread::Builder::new()
            .name("file dialog".to_owned())
            .spawn(move || {
                let answer = match pollster::block_on(dialog) {
                    Some(file) => Answer::Path(file.path().to_owned()),
                    None if since.elapsed() < SOONER_THAN_A_PERSON => Answer::NoDialog,
                    None => Answer::Cancelled,
                };
                // The window may be closed by now.
                if sender.send(Picked { asked, answer }).is_ok() {
                    ctx.request_repaint();
                }
            });
        match waiting {
            Ok(_) => self.open = true,
            Err(error) => tracing::error!("could not wait for a file dialog: {error}"),
        }
    }

    pub fn next_picked(&mut self) -> Option<Picked> {
        let picked = self.receiver.try_recv().ok()?;
        self.open = false;
        Some(picked)
    }
}
