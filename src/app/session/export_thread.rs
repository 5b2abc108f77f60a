//! Albums written from the window, on a thread and a connection of their own: one export after another.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::app::session::event::{Event, Events, ExportEvent};
use crate::app::state::progress::ExportState;
use crate::export::{self, AlbumOptions};
use crate::library::{GroupId, Library};
use crate::photo::catch_panic;
use crate::stop::StopFlag;

/// One export to do.
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

/// A handle of the exporter; dropping it stops after the photo in work.
pub struct ExportThread {
    jobs: Option<Sender<(ExportJob, StopFlag)>>,
    /// In the order asked for, so that the first is the one that runs.
    exports: VecDeque<Export>,
    thread: Option<JoinHandle<()>>,
}

impl ExportThread {
    pub fn start(library: Library, events: Events) -> std::io::Result<ExportThread> {
        let (jobs, receiver) = channel();
        let thread = std::thread::Builder::new()
            .name("export".to_owned())
            .spawn(move || run(&library, &receiver, &events))?;
        Ok(ExportThread {
            jobs: Some(jobs),
            exports: VecDeque::new(),
            thread: Some(thread),
        })
    }

    /// Begins an export; it waits for those that were asked for before.
    pub fn export(&mut self, job: ExportJob) {
        let export = Export::default();
        let sent = (self.jobs.as_ref()).map(|jobs| jobs.send((job, export.stop.clone())));
        if matches!(sent, Some(Ok(()))) {
            self.exports.push_back(export);
        } else {
            tracing::error!("the export thread has ended: an export is lost");
        }
    }

    /// The export that runs; `None` when there is none.
    pub fn state(&self) -> Option<ExportState> {
        let running = self.exports.front()?;
        Some(ExportState {
            photos_done: running.photos_done,
            photos_total: running.photos_total,
            stopping: running.stop.is_set(),
            waiting: self.exports.len() - 1,
        })
    }

    /// Stops the export that runs; the next begins.
    pub fn stop(&self) {
        if let Some(running) = self.exports.front() {
            running.stop.stop();
        }
    }

    /// Stops the export that runs and all that wait.
    pub fn stop_all(&self) {
        self.exports.iter().for_each(|export| export.stop.stop());
    }

    /// The export that runs has come this far.
    pub fn advanced(&mut self, photos_done: u64, photos_total: u64) {
        if let Some(running) = self.exports.front_mut() {
            (running.photos_done, running.photos_total) = (photos_done, photos_total);
        }
    }

    /// The export that ran is over.
    pub fn ended(&mut self) {
        self.exports.pop_front();
    }
}

impl Drop for ExportThread {
    fn drop(&mut self) {
        self.stop_all();
        self.jobs = None;
        if self
            .thread
            .take()
            .is_some_and(|thread| thread.join().is_err())
        {
            tracing::error!("the export thread has panicked");
        }
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
                    "the export to {:?} broke off ({message}): export again to go on",
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
        Ok(summary) => ExportEvent::Finished(summary),
        Err(error) => ExportEvent::Failed(error.to_string()),
    }
}
