//! The settings in use, and when they are written: a moment after a change, by a thread of its own, and at the end.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::app::settings::Settings;

/// A change is written when this much time has passed without another.
const REST: Duration = Duration::from_secs(2);

pub struct Memory {
    pub settings: Settings,
    path: Option<PathBuf>,
    written: Settings,
    last_seen: Settings,
    changed_at: Option<Instant>,
}

impl Memory {
    pub fn load(path: Option<PathBuf>) -> Memory {
        let settings = path.as_deref().map(Settings::load).unwrap_or_default();
        Memory {
            written: settings.clone(),
            last_seen: settings.clone(),
            settings,
            path,
            changed_at: None,
        }
    }

    /// Once a frame: remembers where the window is, and writes what has changed.
    pub fn follow_window(&mut self, ctx: &egui::Context) {
        let window = ctx.input(|input| {
            let viewport = input.viewport();
            (viewport.inner_rect, viewport.outer_rect, viewport.maximized)
        });
        self.place_window(window.0, window.1, window.2.unwrap_or(false));
        if self.settings != self.last_seen {
            self.last_seen = self.settings.clone();
            self.changed_at = Some(Instant::now());
            ctx.request_repaint_after(REST);
        }
        if self.changed_at.is_some_and(|at| at.elapsed() >= REST) {
            self.changed_at = None;
            self.write_elsewhere();
        }
    }

    fn place_window(
        &mut self,
        inner: Option<egui::Rect>,
        outer: Option<egui::Rect>,
        maximized: bool,
    ) {
        let place = &mut self.settings.window;
        place.maximized = maximized;
        if maximized {
            // Where it goes back to when it is no longer maximized.
            return;
        }
        if let Some(inner) = inner {
            (place.width, place.height) = (inner.width(), inner.height());
        }
        place.position = outer.map(|outer| [outer.left(), outer.top()]);
    }

    fn write_elsewhere(&mut self) {
        let Some(path) = self.path.clone().filter(|_| self.settings != self.written) else {
            return;
        };
        self.written = self.settings.clone();
        let settings = self.settings.clone();
        let writing = std::thread::Builder::new()
            .name("settings".to_owned())
            .spawn(move || {
                if let Err(error) = settings.save(&path) {
                    tracing::warn!("{error}");
                }
            });
        if let Err(error) = writing {
            tracing::warn!("the settings could not be written: {error}");
        }
    }

    /// At the end of the program.
    pub fn save_now(&mut self) {
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
