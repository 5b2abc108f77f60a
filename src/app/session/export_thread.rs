//! The thread that writes albums, one export after another, on its own connection.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use crate::app::session::event::{Event, Events, ExportEvent};
use crate::app::session::worker_thread::WorkerThread;
use crate::app::state::progress::ExportState;
use crate::catch_panic::catch_panic;
use crate::export::{self, AlbumOptions};
use crate::library::{GroupId, Library};
use crate::stop::StopFlag;

/// A requested export.
#[derive(Clone, Debug)]
pub struct ExportJob {
    pub people: Vec<GroupId>,
    pub destination: PathBuf,
    pub options: AlbumOptions,
}

/// An export that runs or waits.
#[derive(Default)]
struct Export {
    photos_done: u64,
    photos_total: u64,
    stop: StopFlag,
}

/// A handle to the thread; dropping it stops the exports after the current photo.
pub struct ExportThread {
    thread: WorkerThread<(ExportJob, StopFlag)>,
    /// In order; the first one runs.
    exports: VecDeque<Export>,
}

impl ExportThread {
    pub fn start(library: Library, events: Events) -> std::io::Result<ExportThread> {
        let run = move |jobs: &Receiver<(ExportJob, StopFlag)>| run(&library, jobs, &events);
        Ok(ExportThread {
            thread: WorkerThread::start("export", run)?,
            exports: VecDeque::new(),
        })
    }

    /// Adds an export; it starts after the earlier ones.
    pub fn export(&mut self, job: ExportJob) {
        let export = Export::default();
        if self.thread.send((job, export.stop.clone())) {
            self.exports.push_back(export);
        }
    }

    /// The progress of the running export; `None` if none runs.
    pub fn state(&self) -> Option<ExportState> {
        let running = self.exports.front()?;
        Some(ExportState {
            photos_done: running.photos_done,
            photos_total: running.photos_total,
            stopping: running.stop.is_set(),
            waiting: self.exports.len() - 1,
        })
    }

    /// Stops the running export; the next one starts.
    pub fn stop(&self) {
        if let Some(running) = self.exports.front() {
            running.stop.stop();
        }
    }

    /// Stops all exports.
    pub fn stop_all(&self) {
        self.exports.iter().for_each(|export| export.stop.stop());
    }

    /// Sets the progress of the running export.
    pub fn advanced(&mut self, photos_done: u64, photos_total: u64) {
        if let Some(running) = self.exports.front_mut() {
            (running.photos_done, running.photos_total) = (photos_done, photos_total);
        }
    }

    /// The running export has ended.
    pub fn ended(&mut self) {
        self.exports.pop_front();
    }
}

impl Drop for ExportThread {
    fn drop(&mut self) {
        self.stop_all();
    }
}

fn run(library: &Library, jobs: &Receiver<(ExportJob, StopFlag)>, events: &Events) {
    while let Ok((job, stop)) = jobs.recv() {
        let event = if stop.is_set() {
            ExportEvent::NotBegun
        } else {
            catch_panic(|| export_one(library, &job, &stop, events)).unwrap_or_else(|message| {
                tracing::error!("the export thread has panicked: {message}");
                ExportEvent::Failed(format!(
                    "the export to {:?} failed ({message}): export again to continue",
                    job.destination
                ))
            })
        };
        events.send(Event::Export(event));
    }
}

fn export_one(library: &Library, job: &ExportJob, stop: &StopFlag, events: &Events) -> ExportEvent {
    let summary = export::albums(
        library,
        &job.people,
        &job.destination,
        &job.options,
        &mut |progress| {
            events.send(Event::Export(ExportEvent::Progress {
                photos_done: progress.photos_done,
                photos_total: progress.photos_total,
            }));
            if stop.is_set() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        },
    );
    match summary {
        Ok(summary) => ExportEvent::Finished(Box::new(summary)),
        Err(error) => ExportEvent::Failed(error.to_string()),
    }
}
