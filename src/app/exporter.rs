//! Albums written from the window, on a thread and a connection of their own.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::app::event::{Event, Events, ExportEvent};
use crate::export::{self, AlbumOptions};
use crate::library::{GroupId, Library};

/// One export to do.
#[derive(Clone, Debug)]
pub struct ExportJob {
    pub people: Vec<GroupId>,
    pub destination: PathBuf,
    pub options: AlbumOptions,
}

/// A handle of the exporter; dropping it stops after the photo in work.
pub struct Exporter {
    jobs: Option<Sender<ExportJob>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Exporter {
    pub fn start(library: Library, events: Events) -> std::io::Result<Exporter> {
        let (jobs, receiver) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::Builder::new()
            .name("export".to_owned())
            .spawn(move || run(&library, &receiver, &stopped, &events))?;
        Ok(Exporter {
            jobs: Some(jobs),
            stop,
            thread: Some(thread),
        })
    }

    pub fn export(&self, job: ExportJob) {
        self.stop.store(false, Ordering::Relaxed);
        if !matches!(self.jobs.as_ref().map(|jobs| jobs.send(job)), Some(Ok(()))) {
            tracing::error!("the export thread has ended: an export is lost");
        }
    }

    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        self.stop();
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

fn run(library: &Library, jobs: &Receiver<ExportJob>, stop: &AtomicBool, events: &Events) {
    while let Ok(job) = jobs.recv() {
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
                if stop.load(Ordering::Relaxed) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            },
        );
        events.send(Event::Export(match summary {
            Ok(summary) => ExportEvent::Finished(summary),
            Err(error) => ExportEvent::Failed(error.to_string()),
        }));
    }
}
