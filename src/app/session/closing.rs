//! Libraries that are being closed: their threads end in the background, and the window does not wait for them.
//!
//! The last thread may take a while, because it finishes the current photo or reads a large library to the end. Until
//! then the library's lock is held, so opening the same file again waits here. At its end, the program waits only for
//! commands that are not stored yet; every other write is a transaction or an atomic rename, which may be interrupted.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::stop::StopFlag;

/// How often a waiting thread checks its stop flag.
const CHECK_INTERVAL: Duration = Duration::from_millis(50);

/// The libraries being closed; clones share the list.
#[derive(Clone, Default)]
pub struct Closing(Arc<Shared>);

#[derive(Default)]
struct Shared {
    libraries: Mutex<Libraries>,
    changed: Condvar,
}

#[derive(Default)]
struct Libraries {
    closing: Vec<ClosingLibrary>,
    next_number: u64,
}

struct ClosingLibrary {
    number: u64,
    file: PathBuf,
    /// Some commands are not stored yet.
    has_commands: bool,
}

/// A library on the list; dropping this removes it.
pub(in crate::app) struct ClosingGuard {
    closing: Closing,
    number: u64,
}

impl Closing {
    /// Adds a library to the list.
    pub(in crate::app) fn enter(&self, library: &Path, has_commands: bool) -> ClosingGuard {
        let mut libraries = self.lock();
        let number = libraries.next_number;
        libraries.next_number += 1;
        libraries.closing.push(ClosingLibrary {
            number,
            file: unique_path(library),
            has_commands,
        });
        drop(libraries);
        ClosingGuard {
            closing: self.clone(),
            number,
        }
    }

    /// Waits until this file is no longer being closed; false if `stop` was set first.
    pub(in crate::app) fn wait_for_file(&self, library: &Path, stop: &StopFlag) -> bool {
        let file = unique_path(library);
        let mut libraries = self.lock();
        while libraries.closing.iter().any(|other| other.file == file) {
            if stop.is_set() {
                return false;
            }
            libraries = self.wait(libraries, CHECK_INTERVAL);
        }
        !stop.is_set()
    }

    /// Waits until all commands are stored, then at most `timeout` for the threads to end; true if they have.
    pub fn finish(&self, timeout: Duration) -> bool {
        let mut libraries = self.lock();
        while libraries.closing.iter().any(|library| library.has_commands) {
            libraries = self.wait(libraries, CHECK_INTERVAL);
        }
        let begin = Instant::now();
        while !libraries.closing.is_empty() {
            let Some(left) = timeout.checked_sub(begin.elapsed()) else {
                return false;
            };
            libraries = self.wait(libraries, left);
        }
        true
    }

    fn wait<'a>(
        &self,
        libraries: MutexGuard<'a, Libraries>,
        timeout: Duration,
    ) -> MutexGuard<'a, Libraries> {
        self.0
            .changed
            .wait_timeout(libraries, timeout)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }

    /// No statement leaves the list inconsistent, so a panic elsewhere does no harm.
    fn lock(&self) -> MutexGuard<'_, Libraries> {
        self.0
            .libraries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClosingGuard {
    pub(in crate::app) fn commands_done(&self) {
        for library in &mut self.closing.lock().closing {
            library.has_commands &= library.number != self.number;
        }
        self.closing.0.changed.notify_all();
    }
}

impl Drop for ClosingGuard {
    fn drop(&mut self) {
        let mut libraries = self.closing.lock();
        libraries
            .closing
            .retain(|library| library.number != self.number);
        drop(libraries);
        self.closing.0.changed.notify_all();
    }
}

/// The same path for every spelling of one file's path.
fn unique_path(path: &Path) -> PathBuf {
    std::fs::canonicalize(path)
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.to_owned())
}
