//! The thread that reads the whole overview again when another thread has changed the library, so that no command waits
//! for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};

use crate::app::session::mailbox::Mailbox;
use crate::library::{Library, LibraryError, Overview};

/// A handle of the thread; it ends when this is dropped.
pub struct OverviewThread {
    requests: Mailbox<()>,
    answers: Receiver<Result<Overview, LibraryError>>,
    /// Shared with the window: the snapshot shown is about to be replaced.
    is_reading: Arc<AtomicBool>,
    /// The library has changed since the running read began.
    read_again: bool,
}

impl OverviewThread {
    pub fn start(library: Library, is_reading: Arc<AtomicBool>) -> std::io::Result<OverviewThread> {
        let (answer, answers) = channel();
        let run = move |requests: &Receiver<()>| {
            while requests.recv().is_ok() && answer.send(library.overview()).is_ok() {}
        };
        Ok(OverviewThread {
            requests: Mailbox::start("overview", run)?,
            answers,
            is_reading,
            read_again: false,
        })
    }

    pub fn is_reading(&self) -> bool {
        self.is_reading.load(Ordering::Relaxed)
    }

    /// Begins to read, or will do so once the running read has ended.
    pub fn ask(&mut self) {
        if self.is_reading.swap(true, Ordering::Relaxed) {
            self.read_again = true;
        } else {
            self.requests.send(());
        }
    }

    /// What was read, once it is there. Call [`Self::taken_in`] when it is shown.
    pub fn answer(&self) -> Option<Result<Overview, LibraryError>> {
        self.answers.try_recv().ok()
    }

    /// The answer is shown; the next read may begin.
    pub fn taken_in(&mut self) {
        self.is_reading.store(false, Ordering::Relaxed);
        if std::mem::take(&mut self.read_again) {
            self.ask();
        }
    }
}
