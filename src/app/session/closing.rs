//! Libraries that are being closed: their threads end in the background, and the window waits for none of them.
//!
//! The last thread may take a while: it finishes the photo in work, or reads a large library to the end. Until then the
//! library's lock is held, so whoever opens the same file again waits here. At the end of the program only commands that
//! were given are waited for; every other write is a transaction or an atomic rename, which may be cut off.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::stop::StopFlag;

/// How often a waiting thread looks at its stop flag.
const LOOK: Duration = Duration::from_millis(50);

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
    /// Commands that were given are not all carried out yet.
    has_commands: bool,
}

/// A library on the list; it leaves when this is dropped.
pub(in crate::app) struct ClosingGuard {
    closing: Closing,
    number: u64,
}

impl Closing {
    /// Puts a library on the list.
    pub(in crate::app) fn enter(&self, library: &Path, has_commands: bool) -> ClosingGuard {
        let mut libraries = self.lock();
        let number = libraries.next_number;
        libraries.next_number += 1;
        libraries.closing.push(ClosingLibrary {
            number,
            file: one_name(library),
            has_commands,
        });
        drop(libraries);
        ClosingGuard {
            closing: self.clone(),
            number,
        }
    }

    /// Waits until no library of this file is being closed; false if `stop` was set first.
    pub(in crate::app) fn wait_for_file(&self, library: &Path, stop: &StopFlag) -> bool {
        let file = one_name(library);
        let mut libraries = self.lock();
        while libraries.closing.iter().any(|other| other.file == file) {
            if stop.is_set() {
                return false;
            }
            libraries = self.wait(libraries, LOOK);
        }
        !stop.is_set()
    }

    /// Waits until all commands are carried out, then `patience` at most for the threads to end by themselves; true if
    /// they have.
    pub fn finish(&self, patience: Duration) -> bool {
        let mut libraries = self.lock();
        while libraries.closing.iter().any(|library| library.has_commands) {
            libraries = self.wait(libraries, LOOK);
        }
        let begin = Instant::now();
        while !libraries.closing.is_empty() {
            let Some(left) = patience.checked_sub(begin.elapsed()) else {
                return false;
            };
            libraries = self.wait(libraries, left);
        }
        true
    }

    fn wait<'a>(
        &self,
        libraries: MutexGuard<'a, Libraries>,
        at_most: Duration,
    ) -> MutexGuard<'a, Libraries> {
        self.0
            .changed
            .wait_timeout(libraries, at_most)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }

    /// The list is whole between any two statements, so a panic elsewhere leaves nothing half done.
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

/// The same for every way to write the path of one file.
fn one_name(path: &Path) -> PathBuf {
    std::fs::canonicalize(path)
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.to_owned())
}
