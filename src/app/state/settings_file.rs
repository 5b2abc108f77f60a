//! The settings in use, and when they are written: a moment after a change, by a thread of its own, and at the end.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use crate::app::state::settings::{Settings, SettingsError};

/// A change is written when this much time has passed without another.
const REST: Duration = Duration::from_secs(2);
/// What could not be written is tried again after this much time.
const RETRY: Duration = Duration::from_secs(30);

/// The settings and their file.
pub struct SettingsFile {
    pub settings: Settings,
    path: Option<PathBuf>,
    /// What the file holds.
    written: Settings,
    last_seen: Settings,
    /// When they are to be written.
    due: Option<Instant>,
    writing: Option<Writing>,
    /// That they can't be written was said; it is said again after they could be.
    told: bool,
}

/// Settings on their way to the file.
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
            told: false,
        }
    }

    /// Once a frame: remembers where the window is, and writes what has changed. Returns an error to tell.
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

    /// Writes what has changed and rested, and tries again what could not be written; `done` is called by the thread
    /// that has written. Returns an error to tell: the first of a row.
    pub fn follow(
        &mut self,
        now: Instant,
        done: impl FnOnce() + Send + 'static,
    ) -> Option<SettingsError> {
        if self.settings != self.last_seen {
            self.last_seen = self.settings.clone();
            self.due = Some(now + REST);
        }
        let error = self.handle_result(now);
        if self.writing.is_none() && self.due.is_some_and(|due| due <= now) {
            self.due = None;
            return error.or(self.write_elsewhere(now, done));
        }
        error
    }

    fn handle_result(&mut self, now: Instant) -> Option<SettingsError> {
        let result = match self.writing.as_ref()?.result.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Ok(result) => result,
            // The thread has died: as good as not written.
            Err(TryRecvError::Disconnected) => Err(SettingsError::Io {
                path: self.path.clone().unwrap_or_default(),
                source: std::io::Error::other("the thread that writes has ended"),
            }),
        };
        let settings = self.writing.take()?.settings;
        self.written_or_told(settings, result, now)
    }

    /// What was written is known to be in the file; what was not is due again.
    fn written_or_told(
        &mut self,
        settings: Settings,
        result: Result<(), SettingsError>,
        now: Instant,
    ) -> Option<SettingsError> {
        let Err(error) = result else {
            self.written = settings;
            self.told = false;
            return None;
        };
        tracing::warn!("{error}");
        self.due = self.due.or(Some(now + RETRY));
        (!std::mem::replace(&mut self.told, true)).then_some(error)
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
            // Where it goes back to when it is no longer maximized.
            return;
        }
        if let Some(inner) = inner {
            (window.width, window.height) = (inner.width(), inner.height());
        }
        window.position = outer.map(|outer| [outer.left(), outer.top()]);
    }

    fn write_elsewhere(
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
                self.written_or_told(self.settings.clone(), Err(error), now)
            }
        }
    }

    /// At the end of the program: waits for what is being written, then writes the rest.
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
