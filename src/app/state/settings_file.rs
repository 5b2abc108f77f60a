//! The settings in use and their file. A thread writes the file shortly after a change; the end of the program writes
//! changes that are left.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use crate::app::state::settings::{Settings, SettingsError};

/// A change is written after this time without another change.
const WRITE_DELAY: Duration = Duration::from_secs(2);
/// A failed write is repeated after this time.
const RETRY_DELAY: Duration = Duration::from_secs(30);

pub struct SettingsFile {
    pub settings: Settings,
    path: Option<PathBuf>,
    /// What the file contains.
    written: Settings,
    last_seen: Settings,
    /// When to write them.
    due: Option<Instant>,
    writing: Option<Writing>,
    /// Whether the error was reported. Errors are reported again only after a successful write.
    reported: bool,
}

/// Settings that are being written.
struct Writing {
    settings: Settings,
    result: Receiver<Result<(), SettingsError>>,
}

impl SettingsFile {
    pub fn load(path: Option<PathBuf>) -> SettingsFile {
        let settings = path.as_deref().map(Settings::load).unwrap_or_default();
        SettingsFile {
            written: settings.clone(),
            last_seen: settings.clone(),
            settings,
            path,
            due: None,
            writing: None,
            reported: false,
        }
    }

    /// To be called once a frame: remembers the position of the window, and writes changes. Returns an error to report.
    pub fn follow_window(&mut self, ctx: &egui::Context) -> Option<SettingsError> {
        let window = ctx.input(|input| {
            let viewport = input.viewport();
            (viewport.inner_rect, viewport.outer_rect, viewport.maximized)
        });
        self.place_window(window.0, window.1, window.2.unwrap_or(false));
        let now = Instant::now();
        let wake = ctx.clone();
        let error = self.follow(now, move || wake.request_repaint());
        if let Some(due) = self.due.filter(|_| self.writing.is_none()) {
            ctx.request_repaint_after(due.saturating_duration_since(now));
        }
        error
    }

    /// Writes changes after a pause, and repeats failed writes. The writing thread calls `done` at its end. Returns
    /// an error to report: the first of a series.
    pub fn follow(
        &mut self,
        now: Instant,
        done: impl FnOnce() + Send + 'static,
    ) -> Option<SettingsError> {
        if self.settings != self.last_seen {
            self.last_seen = self.settings.clone();
            self.due = Some(now + WRITE_DELAY);
        }
        let error = self.handle_result(now);
        if self.writing.is_none() && self.due.is_some_and(|due| due <= now) {
            self.due = None;
            return error.or(self.start_writing(now, done));
        }
        error
    }

    fn handle_result(&mut self, now: Instant) -> Option<SettingsError> {
        let result = match self.writing.as_ref()?.result.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Ok(result) => result,
            // The thread has panicked: nothing was written.
            Err(TryRecvError::Disconnected) => Err(SettingsError::Io {
                path: self.path.clone().unwrap_or_default(),
                source: std::io::Error::other("the thread that writes has ended"),
            }),
        };
        let settings = self.writing.take()?.settings;
        self.finish_write(settings, result, now)
    }

    /// Remembers the settings that were written, or plans to write them again.
    fn finish_write(
        &mut self,
        settings: Settings,
        result: Result<(), SettingsError>,
        now: Instant,
    ) -> Option<SettingsError> {
        let Err(error) = result else {
            self.written = settings;
            self.reported = false;
            return None;
        };
        tracing::warn!("{error}");
        self.due = self.due.or(Some(now + RETRY_DELAY));
        (!std::mem::replace(&mut self.reported, true)).then_some(error)
    }

    fn place_window(
        &mut self,
        inner: Option<egui::Rect>,
        outer: Option<egui::Rect>,
        maximized: bool,
    ) {
        let window = &mut self.settings.window;
        window.maximized = maximized;
        if maximized {
            // Keep the size that the window has when it is restored.
            return;
        }
        if let Some(inner) = inner {
            (window.width, window.height) = (inner.width(), inner.height());
        }
        window.position = outer.map(|outer| [outer.left(), outer.top()]);
    }

    fn start_writing(
        &mut self,
        now: Instant,
        done: impl FnOnce() + Send + 'static,
    ) -> Option<SettingsError> {
        let changed = self.settings != self.written;
        let path = self.path.clone().filter(|_| changed)?;
        let settings = self.settings.clone();
        let (sender, result) = channel();
        let target = path.clone();
        let writing = std::thread::Builder::new()
            .name("settings".to_owned())
            .spawn(move || {
                // The window may be closed by now.
                if sender.send(settings.save(&target)).is_ok() {
                    done();
                }
            });
        match writing {
            Ok(_) => {
                self.writing = Some(Writing {
                    settings: self.settings.clone(),
                    result,
                });
                None
            }
            Err(source) => {
                let error = SettingsError::Io { path, source };
                self.finish_write(self.settings.clone(), Err(error), now)
            }
        }
    }

    /// To be called at the end of the program: waits for the write in progress, then writes changes that are left.
    pub fn save_now(&mut self) {
        if let Some(Writing { settings, result }) = self.writing.take()
            && let Ok(Ok(())) = result.recv()
        {
            self.written = settings;
        }
        let Some(path) = self
            .path
            .as_deref()
            .filter(|_| self.settings != self.written)
        else {
            return;
        };
        match self.settings.save(path) {
            Ok(()) => self.written = self.settings.clone(),
            Err(error) => tracing::warn!("{error}"),
        }
    }
}
