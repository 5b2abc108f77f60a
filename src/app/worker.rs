//! The thread that owns the library: carries out commands, undo and redo, and makes snapshots.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use crate::app::closing::Closing;
use crate::app::event::{Done, Event, Events};
use crate::app::mailbox::Mailbox;
use crate::app::session::Connections;
use crate::app::snapshot::Snapshot;
use crate::curate::{self, Command, CurateError, Outcome};
use crate::library::{FaceId, GroupId, Library, LibraryError};
use crate::stop::StopFlag;

/// What the worker is asked to do.
pub enum Request {
    Execute(Command),
    /// The command for all faces of these groups.
    ExecuteOnGroups {
        groups: Vec<GroupId>,
        verb: FaceVerb,
    },
    Undo,
    Redo,
    /// Another thread has changed the library.
    Refresh,
    /// The library is being closed: what was asked for before is carried out, nothing after it.
    Close,
}

/// What can be done to all faces of a group at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaceVerb {
    Ignore,
    NotAFace,
}

impl FaceVerb {
    fn command(self, faces: Vec<FaceId>) -> Command {
        match self {
            FaceVerb::Ignore => Command::Ignore { faces },
            FaceVerb::NotAFace => Command::NotAFace { faces },
        }
    }
}

/// A handle of the worker; the thread ends, and the library's lock with it, when it is dropped.
pub struct Worker(Mailbox<Request>);

impl Worker {
    /// Opens the library on a thread of its own: `Event::Opened` and a first snapshot follow, or `Event::OpenFailed`.
    ///
    /// Waits before that for the same file to be closed, if it is in `closing`, unless `stop` is set.
    pub fn start(
        path: PathBuf,
        events: Events,
        closing: Closing,
        stop: StopFlag,
    ) -> std::io::Result<Worker> {
        let run = move |requests: &Receiver<Request>| {
            if closing.wait_for_file(&path, &stop) {
                run(path, requests, &events);
            }
        };
        Mailbox::start("library", run).map(Worker)
    }

    /// Lets the thread end once everything sent so far is carried out.
    pub fn close(&self) {
        // A thread that could not open the library has ended by itself.
        self.requests()
            .map(|requests| requests.send(Request::Close).ok());
    }

    pub fn send(&self, request: Request) {
        self.0.send(request);
    }

    /// For other threads that change the library.
    pub fn requests(&self) -> Option<Sender<Request>> {
        self.0.requests()
    }
}

fn run(path: PathBuf, requests: &Receiver<Request>, events: &Events) {
    let mut library = match open(&path, events) {
        Ok(library) => library,
        Err(error) => return events.send(Event::OpenFailed(error)),
    };
    let mut version = 1;
    send_snapshot(&library, version, events);
    while let Ok(request) = requests.recv() {
        // One snapshot for all that has piled up.
        let mut next = Some(request);
        while let Some(request) = next {
            if matches!(request, Request::Close) {
                return;
            }
            carry_out(&mut library, request, events);
            next = requests.try_recv().ok();
        }
        version += 1;
        send_snapshot(&library, version, events);
    }
}

fn open(path: &std::path::Path, events: &Events) -> Result<Library, LibraryError> {
    let library = Library::open(path)?;
    events.send(Event::Opened(Box::new(Connections::new(&library)?)));
    Ok(library)
}

fn carry_out(library: &mut Library, request: Request, events: &Events) {
    match request {
        Request::Execute(command) => match curate::execute(library, command) {
            Ok(outcome) => events.send(Event::Done {
                how: Done::Executed,
                outcome,
            }),
            Err(error) => events.send(Event::ChangeFailed(error.to_string())),
        },
        Request::Undo => report(curate::undo(library), Done::Undone, events),
        Request::Redo => report(curate::redo(library), Done::Redone, events),
        Request::ExecuteOnGroups { groups, verb } => match faces_of(library, &groups) {
            Ok(faces) => carry_out(library, Request::Execute(verb.command(faces)), events),
            Err(error) => events.send(Event::ChangeFailed(error.to_string())),
        },
        Request::Refresh | Request::Close => {}
    }
}

fn faces_of(library: &Library, groups: &[GroupId]) -> Result<Vec<FaceId>, LibraryError> {
    let mut faces = Vec::new();
    for group_id in groups {
        faces.extend(
            library
                .faces_of_group(*group_id)?
                .into_iter()
                .map(|face| face.face_id),
        );
    }
    Ok(faces)
}

fn report(result: Result<Option<Outcome>, CurateError>, how: Done, events: &Events) {
    match result {
        Ok(Some(outcome)) => events.send(Event::Done { how, outcome }),
        Ok(None) => events.send(Event::NothingToDo(how)),
        Err(error) => events.send(Event::ChangeFailed(error.to_string())),
    }
}

fn send_snapshot(library: &Library, version: u64, events: &Events) {
    match snapshot(library, version) {
        Ok(snapshot) => events.send(Event::Snapshot(Arc::new(snapshot))),
        Err(error) => events.failed(error),
    }
}

fn snapshot(library: &Library, version: u64) -> Result<Snapshot, CurateError> {
    let mut snapshot = Snapshot::new(
        version,
        library.path().to_owned(),
        library.counts()?,
        library.group_summaries()?,
        library.roots()?,
    );
    (snapshot.undo, snapshot.redo) = library.journal_cursor()?;
    Ok(snapshot)
}
