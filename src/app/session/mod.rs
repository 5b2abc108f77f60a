//! An open library: its threads, the current snapshot, query results and pictures. [`Session::close`] closes it
//! without waiting.

pub mod closing;
pub mod connections;
mod disk_thread;
pub mod event;
pub mod export_thread;
pub mod file_dialogs;
mod folder_thread;
mod library_thread;
mod not_found_query;
mod overview_thread;
mod problems_query;
mod query_thread;
pub mod request;
mod review_thread;
pub mod scan_thread;
mod worker_thread;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::app::pictures::cache::PictureCache;
use crate::app::pictures::decoder::Decoder;
use crate::app::session::closing::{Closing, ClosingGuard};
use crate::app::session::connections::Connections;
use crate::app::session::disk_thread::DiskThread;
use crate::app::session::event::{Event, Events};
use crate::app::session::export_thread::{ExportJob, ExportThread};
use crate::app::session::folder_thread::FolderThread;
use crate::app::session::library_thread::LibraryThread;
use crate::app::session::query_thread::QueryThread;
use crate::app::session::request::{Change, FolderJob, Request, ScanJob};
use crate::app::session::review_thread::ReviewThread;
use crate::app::session::scan_thread::ScanThread;
use crate::app::state::progress::ExportState;
use crate::app::state::progress::ScanState;
use crate::app::state::queries::{Queries, Query, QueryResult};
use crate::app::state::snapshot::Snapshot;
use crate::stop::StopFlag;
use crate::vision::DeviceChoice;

/// The threads that run once the library is open.
pub struct Threads {
    pub pictures: PictureCache,
    query: QueryThread,
    review: ReviewThread,
    pub scan: ScanThread,
    pub export: ExportThread,
    disk: DiskThread,
    folders: FolderThread,
}

/// A library that is being opened or is open.
pub struct Session {
    pub threads: Option<Threads>,
    library: LibraryThread,
    pub path: PathBuf,
    pub snapshot: Arc<Snapshot>,
    pub queries: Queries,
    pub scan: Option<ScanState>,
    /// Faces are compared by a model to which there is a better one.
    pub model_is_outdated: bool,
    /// The migration to the better one begins once nothing else runs.
    pub migration_is_due: bool,
    /// A scan that begins once the running migration has stopped.
    pub next_scan: Option<ScanJob>,
    /// A job changes photos or faces: what it does, for the status bar.
    pub folder_change: Option<&'static str>,
    /// Changes that were sent and have no outcome yet.
    in_flight: usize,
    /// Group the faces again after all changes that were sent are done.
    groups_next: bool,
    /// A change was sent; the snapshot with its effect has not arrived yet.
    awaits_snapshot: bool,
    events: Receiver<Event>,
    sender: Sender<Event>,
    /// Set when the library is closed.
    stop: StopFlag,
    ctx: egui::Context,
}

impl Session {
    /// Begins to open the library at `path`; events report when it is open. Waits if the file is still being closed.
    pub fn open(path: &Path, ctx: &egui::Context, closing: &Closing) -> std::io::Result<Session> {
        let (sender, events) = channel();
        let stop = StopFlag::default();
        let library = LibraryThread::start(
            path.to_owned(),
            Events::new(sender.clone(), ctx.clone()),
            closing.clone(),
            stop.clone(),
        )?;
        Ok(Session {
            threads: None,
            library,
            path: path.to_owned(),
            snapshot: Arc::default(),
            queries: Queries::default(),
            scan: None,
            model_is_outdated: false,
            migration_is_due: false,
            next_scan: None,
            folder_change: None,
            in_flight: 0,
            groups_next: false,
            awaits_snapshot: false,
            events,
            sender,
            stop,
            ctx: ctx.clone(),
        })
    }

    /// True when every requested picture is loaded.
    pub fn has_all_pictures(&self) -> bool {
        let threads = self.threads.as_ref();
        threads.is_some_and(|threads| threads.pictures.is_at_rest())
    }

    pub fn next_event(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    pub fn events(&self) -> Events {
        Events::new(self.sender.clone(), self.ctx.clone())
    }

    /// Starts the other threads.
    pub fn opened(&mut self, connections: Connections) -> std::io::Result<()> {
        let Some(refresh) = self.library.requests() else {
            return Ok(());
        };
        self.threads = Some(Threads {
            query: QueryThread::start(connections.query, self.events(), self.stop.clone())?,
            review: ReviewThread::start(
                connections.review,
                self.events(),
                refresh.clone(),
                self.stop.clone(),
            )?,
            pictures: PictureCache::new(
                self.ctx.clone(),
                Decoder::start(connections.decoders, &self.ctx)?,
            ),
            scan: ScanThread::start(connections.scan, self.events(), refresh.clone())?,
            export: ExportThread::start(connections.export, self.events())?,
            disk: DiskThread::start(connections.disk, self.events())?,
            folders: FolderThread::start(connections.folders, self.events(), refresh)?,
        });
        Ok(())
    }

    /// Sends a command, undo or redo to the library.
    pub fn change(&mut self, change: Change) {
        self.in_flight += 1;
        self.awaits_snapshot = true;
        self.library.send(Request::Change(change));
    }

    /// The outcome of a change has arrived.
    pub fn changed(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.group_if_due();
    }

    /// True when nothing is in progress: all changes are done and shown.
    pub fn is_at_rest(&self) -> bool {
        let is_open = self.threads.is_some() && self.snapshot.version > 0;
        let is_idle = self.scan.is_none() && self.export_state().is_none();
        let is_shown = !self.awaits_snapshot && !self.library.is_refreshing();
        let threads = self.threads.as_ref();
        let is_settled = threads.is_some_and(|threads| threads.folders.is_at_rest());
        is_open && is_idle && is_shown && is_settled && self.queries.is_at_rest()
    }

    pub fn begin_scan(&mut self, job: ScanJob, device: DeviceChoice) {
        if let Some(threads) = &mut self.threads {
            self.scan = Some(ScanState::new(job.label(), job.is_again()));
            threads.scan.scan(job, device);
        }
    }

    /// Begins to embed all known faces by the best model of this Kinfolk.
    pub fn begin_migration(&mut self, device: DeviceChoice) {
        if let Some(threads) = &mut self.threads {
            self.scan = Some(ScanState::of_migration());
            threads.scan.migrate(device);
        }
    }

    /// Begins a change of which folders the library knows, or a look at what it would do.
    pub fn begin_folder_job(&mut self, job: FolderJob) {
        self.stop_looking();
        if let Some(threads) = &mut self.threads {
            if let Some(what) = job.is_doing() {
                self.folder_change = Some(what);
            }
            threads.folders.begin(job);
        }
    }

    /// The result of a folder job has arrived.
    pub fn folder_job_ended(&mut self, changed_photos: bool) {
        if changed_photos {
            self.folder_change = None;
        }
        if let Some(threads) = &mut self.threads {
            threads.folders.ended();
        }
    }

    /// Stops the look at a folder's new place.
    pub fn stop_looking(&self) {
        if let Some(threads) = self
            .threads
            .as_ref()
            .filter(|_| self.folder_change.is_none())
        {
            threads.folders.stop();
        }
    }

    /// Groups the faces again after answers; a scan groups them anyway.
    pub fn group_again(&mut self) {
        self.groups_next = true;
        self.group_if_due();
    }

    /// Requests the grouping if it is due and the answers are stored.
    fn group_if_due(&mut self) {
        if self.in_flight > 0 || !std::mem::take(&mut self.groups_next) {
            return;
        }
        if let Some(threads) = self.threads.as_ref().filter(|_| self.scan.is_none()) {
            threads.review.group_again();
        }
    }

    pub fn export(&mut self, job: ExportJob) {
        if let Some(threads) = &mut self.threads {
            threads.export.export(job);
        }
    }

    /// The running export.
    pub fn export_state(&self) -> Option<ExportState> {
        self.threads.as_ref()?.export.state()
    }

    pub fn set_snapshot(&mut self, snapshot: Arc<Snapshot>) {
        let is_first = self.snapshot.version == 0;
        self.snapshot = snapshot;
        if is_first && self.snapshot.is_half_grouped {
            self.group_again();
        }
        if self.in_flight == 0 {
            self.awaits_snapshot = false;
        }
        if let Some(threads) = &mut self.threads {
            threads.pictures.forget_failures();
        }
    }

    /// Stores the result of a query.
    pub fn handle_query_result(&mut self, key: Query, result: Option<QueryResult>) {
        if let (Query::Review, Some(_), Some(threads)) = (key, &result, &mut self.threads) {
            threads.review.answered();
        }
        if let (Query::LeftOut, Some(_), Some(threads)) = (key, &result, &mut self.threads) {
            threads.disk.listed();
        }
        self.queries.insert(key, result);
    }

    /// Closes the library: all threads are asked to stop and end in the background. Commands that are already
    /// queued are executed; a scan is stopped without grouping.
    pub fn close(mut self, closing: &Closing) {
        self.stop.stop();
        self.library.close();
        if let Some(threads) = &mut self.threads {
            threads.review.leave();
            threads.disk.close();
            threads.folders.stop();
            threads.scan.close();
            threads.export.stop_all();
        }
        let guard = closing.enter(&self.path, self.in_flight > 0);
        let ending = std::thread::Builder::new()
            .name("closing".to_owned())
            .spawn(move || self.end(guard));
        if let Err(error) = ending {
            tracing::warn!("no thread could be started to close the library: {error}");
        }
    }

    /// Waits for the threads.
    fn end(self, guard: ClosingGuard) {
        let Session {
            threads,
            library,
            events,
            ..
        } = self;
        // Events still in the channel may hold connections.
        drop(events);
        drop(library);
        guard.commands_done();
        drop(threads);
        drop(guard);
    }

    /// Before views draw.
    pub fn begin_frame(&mut self) {
        self.queries.begin_frame(&self.snapshot);
        if let Some(threads) = &mut self.threads {
            threads.pictures.begin_frame();
        }
    }

    /// After views have drawn: sends their queries.
    pub fn end_frame(&mut self) {
        let requests = self.queries.take_requests();
        if let Some(threads) = &mut self.threads {
            // The page was left, so its queue is no longer needed.
            if !self.queries.is_in_use(Query::Review) && threads.review.leave() {
                self.queries.query_again(Query::Review);
            }
            if !self.queries.is_in_use(Query::LeftOut) && threads.disk.leave() {
                self.queries.query_again(Query::LeftOut);
            }
            for request in requests {
                match request.key {
                    key if key.is_about_disk() => threads.disk.ask(key),
                    Query::Review => threads.review.ask(),
                    _ => threads.query.send(request),
                }
            }
            threads.pictures.end_frame();
        }
    }
}
