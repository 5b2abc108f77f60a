//! The thread that owns the library: executes commands, undo and redo, and creates snapshots.
//!
//! After a command only the groups that it touched are read again. Changes by other threads are read as a whole by
//! the [`OverviewThread`], while commands continue.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use crate::app::session::closing::Closing;
use crate::app::session::connections::Connections;
use crate::app::session::event::{Direction, Event, Events};
use crate::app::session::overview_thread::OverviewThread;
use crate::app::session::request::{Change, Request, mark_command};
use crate::app::session::worker_thread::WorkerThread;
use crate::app::state::snapshot::Snapshot;
use crate::curate::{self, Command, CurateError, Outcome};
use crate::library::{FaceId, GroupId, Library, LibraryError, Overview};
use crate::stop::StopFlag;

/// A handle to the thread; dropping it ends the thread and releases the library's lock.
pub struct LibraryThread {
    requests: WorkerThread<Request>,
    is_reading: Arc<AtomicBool>,
}

impl LibraryThread {
    /// Opens the library on a new thread, which sends `Event::Opened` and a first snapshot, or `Event::OpenFailed`. If
    /// the same file is in `closing`, the thread first waits until it is closed or `stop` is set.
    pub fn start(
        path: PathBuf,
        events: Events,
        closing: Closing,
        stop: StopFlag,
    ) -> std::io::Result<LibraryThread> {
        let is_reading = Arc::new(AtomicBool::new(false));
        let reading = Arc::clone(&is_reading);
        let run = move |requests: &Receiver<Request>| {
            if closing.wait_for_file(&path, &stop) {
                run(&path, requests, reading, events);
            }
        };
        Ok(LibraryThread {
            requests: WorkerThread::start("library", run)?,
            is_reading,
        })
    }

    /// Ends the thread after everything sent so far is done.
    pub fn close(&self) {
        // A thread that could not open the library has already ended.
        self.requests()
            .map(|requests| requests.send(Request::Close).ok());
    }

    pub fn send(&self, request: Request) {
        self.requests.send(request);
    }

    /// The requests of other threads that change the library are sent here.
    pub fn requests(&self) -> Option<Sender<Request>> {
        self.requests.requests()
    }

    /// Another thread has changed the library, and no snapshot shows it yet.
    pub fn is_refreshing(&self) -> bool {
        self.is_reading.load(Ordering::Relaxed)
    }
}

/// How often the thread checks for a new overview while one is being read.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

fn run(path: &Path, requests: &Receiver<Request>, is_reading: Arc<AtomicBool>, events: Events) {
    let mut worker = match LibraryWorker::open(path, is_reading, events.clone()) {
        Ok(worker) => worker,
        Err(error) => return events.send(Event::OpenFailed(error)),
    };
    worker.send_snapshot();
    loop {
        let waiting = if worker.overview_thread.is_reading() {
            requests.recv_timeout(POLL_INTERVAL)
        } else {
            requests.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        // One snapshot for all requests that are waiting.
        let mut next = match waiting {
            Ok(request) => Some(request),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        while let Some(request) = next {
            if matches!(request, Request::Close) {
                return;
            }
            worker.handle(request);
            next = requests.try_recv().ok();
        }
        worker.show_changes();
    }
}

/// What the thread works with.
struct LibraryWorker {
    library: Library,
    overview: Overview,
    overview_thread: OverviewThread,
    /// Groups that commands have touched and `overview` does not show yet.
    touched: BTreeSet<GroupId>,
    /// Groups that commands have touched since the current read of an overview began.
    touched_since_read: BTreeSet<GroupId>,
    has_changed: bool,
    version: u64,
    scan_version: u64,
    events: Events,
}

impl LibraryWorker {
    fn open(
        path: &Path,
        is_reading: Arc<AtomicBool>,
        events: Events,
    ) -> Result<LibraryWorker, LibraryError> {
        let library = Library::open(path)?;
        events.send(Event::Opened(Box::new(Connections::new(&library)?)));
        let overview_thread = OverviewThread::start(library.second_connection()?, is_reading)
            .map_err(|source| LibraryError::Io {
                action: "start a thread for the library",
                path: path.to_owned(),
                source,
            })?;
        Ok(LibraryWorker {
            overview: library.overview()?,
            overview_thread,
            library,
            touched: BTreeSet::new(),
            touched_since_read: BTreeSet::new(),
            has_changed: false,
            version: 1,
            scan_version: 1,
            events,
        })
    }

    fn handle(&mut self, request: Request) {
        match request {
            Request::Change(change) => self.change(change),
            Request::Refresh => self.overview_thread.ask(),
            // Handled by the loop above.
            Request::Close => {}
        }
    }

    fn change(&mut self, change: Change) {
        match change {
            Change::Execute(command) => self.execute(command),
            Change::Undo => {
                let undone = curate::undo(&mut self.library);
                self.report(undone, Direction::Undone);
            }
            Change::Redo => {
                let redone = curate::redo(&mut self.library);
                self.report(redone, Direction::Redone);
            }
            Change::MarkGroups { groups, mark } => match faces_of(&self.library, &groups) {
                Ok(faces) => self.execute(mark_command(mark, faces)),
                Err(error) => self.failed(&error),
            },
        }
    }

    fn execute(&mut self, command: Command) {
        let executed = curate::execute(&mut self.library, command);
        self.report(executed.map(Some), Direction::Executed);
    }

    fn report(&mut self, result: Result<Option<Outcome>, CurateError>, how: Direction) {
        // A refused command also ends with a snapshot, because the window waits for one.
        self.has_changed = true;
        match result {
            Ok(Some(outcome)) => {
                self.touched.extend(&outcome.changed_groups);
                if self.overview_thread.is_reading() {
                    self.touched_since_read.extend(&outcome.changed_groups);
                }
                self.events.send(Event::Changed { how, outcome });
            }
            Ok(None) => self.events.send(Event::NothingToDo(how)),
            Err(error) => self.failed(&error),
        }
    }

    fn failed(&mut self, error: &dyn std::fmt::Display) {
        self.has_changed = true;
        self.events.send(Event::ChangeFailed(error.to_string()));
    }

    /// Updates the overview and sends a snapshot of it, if anything has changed.
    fn show_changes(&mut self) {
        let read = self.overview_thread.answer();
        let is_read = read.is_some();
        match read {
            Some(Ok(overview)) => {
                self.overview = overview;
                self.touched.append(&mut self.touched_since_read);
                self.scan_version += 1;
                self.has_changed = true;
            }
            Some(Err(error)) => {
                self.touched_since_read.clear();
                self.events.failed(error);
            }
            None => {}
        }
        if std::mem::take(&mut self.has_changed) {
            let touched = std::mem::take(&mut self.touched);
            if let Err(error) = self.overview.update(&self.library, &touched) {
                self.events.failed(error);
            }
            self.version += 1;
            self.send_snapshot();
        }
        if is_read {
            self.overview_thread.shown();
        }
    }

    fn send_snapshot(&self) {
        match self.snapshot() {
            Ok(snapshot) => self.events.send(Event::Snapshot(Arc::new(snapshot))),
            Err(error) => self.events.failed(error),
        }
    }

    fn snapshot(&self) -> Result<Snapshot, LibraryError> {
        let mut snapshot = Snapshot::new(
            self.version,
            self.library.path().to_owned(),
            self.overview.counts(),
            self.overview.groups(),
            self.library.roots()?,
        );
        snapshot.scan_version = self.scan_version;
        snapshot.is_half_grouped = self.library.is_half_grouped()?;
        (snapshot.undo, snapshot.redo) = self.library.journal_cursor()?;
        Ok(snapshot)
    }
}

fn faces_of(library: &Library, groups: &[GroupId]) -> Result<Vec<FaceId>, LibraryError> {
    let mut faces = Vec::new();
    for group_id in groups {
        let shown = library.faces_of_group(*group_id)?.into_iter();
        faces.extend(shown.map(|face| face.face_id));
    }
    Ok(faces)
}
