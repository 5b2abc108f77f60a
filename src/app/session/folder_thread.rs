//! The thread that changes which folders the library knows: a folder that lies elsewhere now, one to be forgotten, and the
//! patterns of what scans leave out. One job after another, on its own connection, so that commands never wait for a disk.

use std::sync::mpsc::{Receiver, Sender};

use crate::app::session::event::{Event, Events, FolderEvent};
use crate::app::session::request::{FolderJob, Request};
use crate::app::session::worker_thread::WorkerThread;
use crate::catch_panic::catch_panic;
use crate::library::Library;
use crate::scan;
use crate::stop::StopFlag;

/// A handle to the thread; dropping it stops what can be stopped without loss.
pub struct FolderThread {
    thread: WorkerThread<(FolderJob, StopFlag)>,
    stop: StopFlag,
    /// Jobs without a result.
    waiting: usize,
}

impl FolderThread {
    /// `refresh` requests new snapshots from the library thread.
    pub fn start(
        library: Library,
        events: Events,
        refresh: Sender<Request>,
    ) -> std::io::Result<FolderThread> {
        let run =
            move |jobs: &Receiver<(FolderJob, StopFlag)>| run(library, jobs, &events, &refresh);
        Ok(FolderThread {
            thread: WorkerThread::start("folders", run)?,
            stop: StopFlag::default(),
            waiting: 0,
        })
    }

    pub fn begin(&mut self, job: FolderJob) {
        self.stop = StopFlag::default();
        if self.thread.send((job, self.stop.clone())) {
            self.waiting += 1;
        }
    }

    /// A result has arrived.
    pub fn ended(&mut self) {
        self.waiting = self.waiting.saturating_sub(1);
    }

    pub fn is_at_rest(&self) -> bool {
        self.waiting == 0
    }

    /// Stops the look at a new place.
    pub fn stop(&self) {
        self.stop.stop();
    }
}

impl Drop for FolderThread {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(
    mut library: Library,
    jobs: &Receiver<(FolderJob, StopFlag)>,
    events: &Events,
    refresh: &Sender<Request>,
) {
    while let Ok((job, stop)) = jobs.recv() {
        let changes = job.is_doing().is_some();
        let done =
            catch_panic(|| execute(&mut library, job.clone(), &stop)).unwrap_or_else(|message| {
                tracing::error!("the folder thread has panicked: {message}");
                Err(format!(
                    "the change failed ({message}); nothing was changed"
                ))
            });
        if changes && refresh.send(Request::Refresh).is_err() {
            tracing::debug!("the library was closed while a folder was changed");
        }
        events.send(Event::Folder(match done {
            Ok(event) => event,
            Err(message) => FolderEvent::Failed { job, message },
        }));
    }
}

fn execute(library: &mut Library, job: FolderJob, stop: &StopFlag) -> Result<FolderEvent, String> {
    Ok(match job {
        FolderJob::LookForRelocated { old, new } => {
            let found = scan::look_for_relocated(library, &old, &new, stop).map_err(text)?;
            FolderEvent::FoundRelocated { old, new, found }
        }
        FolderJob::Relocate { old, new } => {
            let relocated = scan::relocate(library, &old, &new, stop).map_err(text)?;
            FolderEvent::Relocated { new, relocated }
        }
        FolderJob::LookAtForget(folder) => {
            let forgetting = library.forgetting(&folder).map_err(text)?;
            FolderEvent::WouldForget { folder, forgetting }
        }
        FolderJob::Forget(folder) => {
            let forgotten = library.forget(&folder).map_err(text)?;
            FolderEvent::Forgotten { folder, forgotten }
        }
        FolderJob::KeepPatterns(patterns) => {
            let former = scan::patterns(library).unwrap_or_default();
            scan::keep_patterns(library, &patterns).map_err(text)?;
            FolderEvent::KeptPatterns { former, patterns }
        }
    })
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
