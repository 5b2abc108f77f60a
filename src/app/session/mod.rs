//! An open library: its threads, the present snapshot, details and pictures. [`Session::close`] closes it without waiting.

pub mod closing;
pub mod connections;
pub mod event;
pub mod export_thread;
pub mod file_dialogs;
mod library_thread;
mod mailbox;
mod overview_thread;
mod query_thread;
pub mod request;
mod review_thread;
pub mod scan_thread;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::app::pictures::cache::Textures;
use crate::app::pictures::decoder::Decoder;
use crate::app::session::closing::{Closing, Leaving};
use crate::app::session::connections::Connections;
use crate::app::session::event::{Event, Events};
use crate::app::session::export_thread::{ExportJob, Exporter};
use crate::app::session::library_thread::Worker;
use crate::app::session::query_thread::Reader;
use crate::app::session::request::{Change, Request};
use crate::app::session::review_thread::Reviewer;
use crate::app::session::scan_thread::{ScanTools, Scanner};
use crate::app::state::progress::ExportState;
use crate::app::state::progress::ScanState;
use crate::app::state::queries::{Detail, DetailKey, Details};
use crate::app::state::snapshot::Snapshot;
use crate::stop::StopFlag;
use crate::vision::DeviceChoice;

/// What can be used once the library is open.
pub struct Tools {
    pub textures: Textures,
    reader: Reader,
    reviewer: Reviewer,
    pub scanner: Scanner,
    pub exporter: Exporter,
}

/// A library that is being opened or is open.
pub struct Session {
    pub tools: Option<Tools>,
    worker: Worker,
    pub path: PathBuf,
    pub snapshot: Arc<Snapshot>,
    pub details: Details,
    pub scan: Option<ScanState>,
    /// Commands sent whose outcome is not known yet.
    in_flight: usize,
    /// The faces are to be grouped again once all commands sent are done.
    groups_next: bool,
    /// A command was sent; the snapshot with its effect is not here yet.
    awaits_snapshot: bool,
    events: Receiver<Event>,
    sender: Sender<Event>,
    /// Set when the library is closed.
    stop: StopFlag,
    ctx: egui::Context,
}

impl Session {
    /// Begins to open the library at `path`; events tell when it is open. A library that is being closed is waited for.
    pub fn open(path: &Path, ctx: &egui::Context, closing: &Closing) -> std::io::Result<Session> {
        let (sender, events) = channel();
        let stop = StopFlag::default();
        let worker = Worker::start(
            path.to_owned(),
            Events::new(sender.clone(), ctx.clone()),
            closing.clone(),
            stop.clone(),
        )?;
        Ok(Session {
            tools: None,
            worker,
            path: path.to_owned(),
            snapshot: Arc::default(),
            details: Details::default(),
            scan: None,
            in_flight: 0,
            groups_next: false,
            awaits_snapshot: false,
            events,
            sender,
            stop,
            ctx: ctx.clone(),
        })
    }

    /// True when every picture asked for is there.
    pub fn has_all_pictures(&self) -> bool {
        let tools = self.tools.as_ref();
        tools.is_some_and(|tools| tools.textures.is_at_rest())
    }

    pub fn next_event(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    pub fn events(&self) -> Events {
        Events::new(self.sender.clone(), self.ctx.clone())
    }

    /// Starts the threads beside the worker.
    pub fn opened(&mut self, connections: Connections) -> std::io::Result<()> {
        let Some(refresh) = self.worker.requests() else {
            return Ok(());
        };
        self.tools = Some(Tools {
            reader: Reader::start(connections.reader, self.events(), self.stop.clone())?,
            reviewer: Reviewer::start(
                connections.reviewer,
                self.events(),
                refresh.clone(),
                self.stop.clone(),
            )?,
            textures: Textures::new(
                self.ctx.clone(),
                Decoder::start(connections.decoders, &self.ctx)?,
            ),
            scanner: Scanner::start(ScanTools {
                connections: connections.scanner,
                events: self.events(),
                refresh,
            })?,
            exporter: Exporter::start(connections.exporter, self.events())?,
        });
        Ok(())
    }

    /// A command, undo or redo for the library.
    pub fn change(&mut self, change: Change) {
        self.in_flight += 1;
        self.awaits_snapshot = true;
        self.worker.send(Request::Change(change));
    }

    /// The outcome of a command has come in.
    pub fn changed(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.group_if_due();
    }

    /// True when nothing is under way: all that was asked for is done and shown.
    pub fn is_at_rest(&self) -> bool {
        let is_open = self.tools.is_some() && self.snapshot.version > 0;
        let is_idle = self.scan.is_none() && self.export_state().is_none();
        let is_shown = !self.awaits_snapshot && !self.worker.is_refreshing();
        is_open && is_idle && is_shown && self.details.is_at_rest()
    }

    pub fn scan_folders(&mut self, folders: Vec<PathBuf>, device: DeviceChoice) {
        if let Some(tools) = &mut self.tools {
            tools.scanner.scan(folders.clone(), device);
            self.scan = Some(ScanState::new(folders));
        }
    }

    /// Groups the faces again, by what was answered; a scan does so anyway.
    pub fn group_again(&mut self) {
        self.groups_next = true;
        self.group_if_due();
    }

    /// Not before the answers that it goes by are in the library.
    fn group_if_due(&mut self) {
        if self.in_flight > 0 || !std::mem::take(&mut self.groups_next) {
            return;
        }
        if let Some(tools) = self.tools.as_ref().filter(|_| self.scan.is_none()) {
            tools.reviewer.group_again();
        }
    }

    pub fn export(&mut self, job: ExportJob) {
        if let Some(tools) = &mut self.tools {
            tools.exporter.export(job);
        }
    }

    /// The export that runs.
    pub fn export_state(&self) -> Option<ExportState> {
        self.tools.as_ref()?.exporter.state()
    }

    pub fn take_in_snapshot(&mut self, snapshot: Arc<Snapshot>) {
        let is_first = self.snapshot.version == 0;
        self.snapshot = snapshot;
        if is_first && self.snapshot.is_half_grouped {
            self.group_again();
        }
        if self.in_flight == 0 {
            self.awaits_snapshot = false;
        }
        if let Some(tools) = &mut self.tools {
            tools.textures.forget_failures();
        }
    }

    /// Takes in the answer to a question of a view.
    pub fn take_in_detail(&mut self, key: DetailKey, detail: Option<Detail>) {
        if let (DetailKey::Review, Some(_), Some(tools)) = (key, &detail, &mut self.tools) {
            tools.reviewer.answered();
        }
        self.details.insert(key, detail);
    }

    /// Closes the library: everything is asked to stop, and ends in the background. Commands that were given are carried
    /// out; a scan is stopped, nothing is grouped.
    pub fn close(mut self, closing: &Closing) {
        self.stop.stop();
        self.worker.close();
        if let Some(tools) = &mut self.tools {
            tools.reviewer.leave();
            tools.scanner.close();
            tools.exporter.stop_all();
        }
        let leaving = closing.enter(&self.path, self.in_flight > 0);
        let ending = std::thread::Builder::new()
            .name("closing".to_owned())
            .spawn(move || self.end(leaving));
        if let Err(error) = ending {
            tracing::warn!("no thread could be started to close the library: {error}");
        }
    }

    /// Waits for the threads.
    fn end(self, leaving: Leaving) {
        let Session {
            tools,
            worker,
            events,
            ..
        } = self;
        // Nobody takes events in any more; some hold connections.
        drop(events);
        drop(worker);
        leaving.commands_done();
        drop(tools);
        drop(leaving);
    }

    /// Before views draw.
    pub fn begin_frame(&mut self) {
        self.details.begin_frame(&self.snapshot);
        if let Some(tools) = &mut self.tools {
            tools.textures.begin_frame();
        }
    }

    /// After views have drawn: sends their questions.
    pub fn end_frame(&mut self) {
        let requests = self.details.take_requests();
        if let Some(tools) = &mut self.tools {
            // The page was left: its queue is not made to the end.
            if !self.details.is_in_use(DetailKey::Review) && tools.reviewer.leave() {
                self.details.ask_again(DetailKey::Review);
            }
            for request in requests {
                match request.key {
                    DetailKey::Review => tools.reviewer.ask(),
                    _ => tools.reader.send(request),
                }
            }
            tools.textures.end_frame();
        }
    }
}
