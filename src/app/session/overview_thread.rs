//! The thread that reads the whole overview after another thread has changed the library, so that commands do not
//! wait for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};

use crate::app::session::worker_thread::WorkerThread;
use crate::library::{Library, LibraryError, Overview};

/// A handle to the thread; dropping it ends the thread.
pub struct OverviewThread {
    requests: WorkerThread<()>,
    answers: Receiver<Result<Overview, LibraryError>>,
    /// Whether the overview is being read, so that the current snapshot will be replaced soon; shared with the window.
    is_reading: Arc<AtomicBool>,
    /// The library has changed since the current read began.
    read_again: bool,
}

impl OverviewThread {
    pub fn start(library: Library, is_reading: Arc<AtomicBool>) -> std::io::Result<OverviewThread> {
        let (answer, answers) = channel();
        let run = move |requests: &Receiver<()>| {
            while requests.recv().is_ok() && answer.send(library.overview()).is_ok() {}
        };
        Ok(OverviewThread {
            requests: WorkerThread::start("overview", run)?,
            answers,
            is_reading,
            read_again: false,
        })
    }

    pub fn is_reading(&self) -> bool {
        self.is_reading.load(Ordering::Relaxed)
    }

    /// Begins to read, or reads again after the current read.
    pub fn ask(&mut self) {
        if self.is_reading.swap(true, Ordering::Relaxed) {
            self.read_again = true;
        } else {
            self.requests.send(());
        }
    }

    /// The overview, if it has been read. Call [`Self::shown`] when it is shown.
    pub fn answer(&self) -> Option<Result<Overview, LibraryError>> {
        self.answers.try_recv().ok()
    }

    /// The overview is shown; the next read may begin.
    pub fn shown(&mut self) {
        self.is_reading.store(false, Ordering::Relaxed);
        if std::mem::take(&mut self.read_again) {
            self.ask();
        }
    }
}
