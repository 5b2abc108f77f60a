//! The thread that scans folder after folder, and a second one that groups the faces found so far, so that people
//! appear during the scan.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::app::session::event::{Event, Events, ScanEvent};
use crate::app::session::request::{Request, ScanJob};
use crate::app::session::worker_thread::WorkerThread;
use crate::catch_panic::catch_panic;
use crate::curate::{self, CurateError};
use crate::library::Library;
use crate::scan::{
    self, MigrateOptions, Progress, ScanControl, ScanError, ScanOptions, ScanSummary,
};
use crate::stop::StopFlag;
use crate::vision::{DeviceChoice, Engine, ModelName, VisionError};

/// What the thread does.
enum Work {
    Scan(ScanJob),
    /// Embed the known faces by the best model.
    Migration,
}

/// Requested work, and how to stop it.
struct RequestedScan {
    work: Work,
    device: DeviceChoice,
    control: ScanControl,
    stop_grouping: StopFlag,
}

/// A handle to the thread; dropping it stops the scan without grouping and waits for the current photo.
pub struct ScanThread {
    thread: WorkerThread<RequestedScan>,
    control: ScanControl,
    stop_grouping: StopFlag,
    closed: StopFlag,
}

impl ScanThread {
    /// `connections`: one for the scan, one for the grouping during the scan. `refresh` requests new snapshots from the
    /// library thread.
    pub fn start(
        connections: [Library; 2],
        events: Events,
        refresh: Sender<Request>,
    ) -> std::io::Result<ScanThread> {
        let closed = StopFlag::default();
        let is_closed = closed.clone();
        let refresh = Refresh::new(refresh);
        let run = move |jobs: &Receiver<RequestedScan>| {
            run(connections, jobs, &events, &refresh, &is_closed)
        };
        Ok(ScanThread {
            thread: WorkerThread::start("scan", run)?,
            control: ScanControl::default(),
            stop_grouping: StopFlag::default(),
            closed,
        })
    }

    /// Begins a scan, after the one that is running.
    pub fn scan(&mut self, job: ScanJob, device: DeviceChoice) {
        self.begin(Work::Scan(job), device);
    }

    /// Begins a migration to the best model, after the scan that is running.
    pub fn migrate(&mut self, device: DeviceChoice) {
        self.begin(Work::Migration, device);
    }

    fn begin(&mut self, work: Work, device: DeviceChoice) {
        self.control = ScanControl::default();
        self.stop_grouping = StopFlag::default();
        self.thread.send(RequestedScan {
            work,
            device,
            control: self.control.clone(),
            stop_grouping: self.stop_grouping.clone(),
        });
    }

    pub fn control(&self) -> &ScanControl {
        &self.control
    }

    /// Stops the grouping: faces found since the last complete one stay without a group.
    pub fn stop_grouping(&self) {
        self.stop_grouping.stop();
    }

    /// Stops everything, for good.
    pub fn close(&self) {
        self.closed.stop();
        self.control.stop();
        self.stop_grouping.stop();
    }
}

impl Drop for ScanThread {
    fn drop(&mut self) {
        self.close();
    }
}

fn run(
    [mut library, mut grouping]: [Library; 2],
    jobs: &Receiver<RequestedScan>,
    events: &Events,
    refresh: &Refresh,
    closed: &StopFlag,
) {
    let model = library.embedding_model();
    if model.is_ok_and(|model| model.is_outdated()) {
        events.send(Event::Scan(ScanEvent::ModelIsOutdated));
    }
    let mut loaded: Option<Loaded> = None;
    while let Ok(requested) = jobs.recv() {
        if closed.is_set() {
            return;
        }
        events.send(Event::Scan(ScanEvent::Preparing));
        let scan = || {
            let engine = load_engine(&mut loaded, requested.device, events)?;
            match &requested.work {
                Work::Migration => migrate_and_group(&mut library, &engine, &requested, events),
                Work::Scan(job) => scan_and_group(
                    &mut library,
                    &mut grouping,
                    &engine,
                    (job, &requested),
                    events,
                    refresh,
                ),
            }
        };
        let outcome = catch_panic(scan).unwrap_or_else(|message| {
            tracing::error!("the scan thread has panicked: {message}");
            Err(format!(
                "the scan failed ({message}): the faces found so far are kept; scan again to continue"
            ))
        });
        refresh.now();
        events.send(Event::Scan(match outcome {
            Ok(ended) => ended,
            Err(message) => ScanEvent::Failed(message),
        }));
    }
}

/// The networks and their device.
struct Loaded {
    device: DeviceChoice,
    engine: Arc<Engine>,
}

/// Loads the networks before their first use on a device. If the device can't be used, reports it and uses the CPU.
fn load_engine(
    loaded: &mut Option<Loaded>,
    device: DeviceChoice,
    events: &Events,
) -> Result<Arc<Engine>, String> {
    if let Some(loaded) = loaded.as_ref().filter(|loaded| loaded.device == device) {
        return Ok(loaded.engine.clone());
    }
    match Engine::load(device) {
        Ok(engine) => {
            let engine = Arc::new(engine);
            *loaded = Some(Loaded {
                device,
                engine: engine.clone(),
            });
            Ok(engine)
        }
        Err(VisionError::Device { reason, .. }) if device != DeviceChoice::Cpu => {
            events.failed(format!(
                "The device {device} can't be used ({reason}), so the CPU takes its place: check the driver and scan \
                 again, or choose \"Device: CPU\" in the menu of the library"
            ));
            load_engine(loaded, DeviceChoice::Cpu, events)
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Embeds the known faces by the best model. If the library reads its vectors from now on, groups.
fn migrate_and_group(
    library: &mut Library,
    engine: &Engine,
    requested: &RequestedScan,
    events: &Events,
) -> Result<ScanEvent, String> {
    let on_progress = |progress: &Progress| {
        events.send(Event::Scan(ScanEvent::Progress(progress.clone())));
    };
    let summary = scan::migrate(
        library,
        engine,
        &ModelName::default(),
        &MigrateOptions::default(),
        &requested.control,
        &on_progress,
    )
    .map_err(|error| error.to_string())?;
    Ok(ScanEvent::Migrated {
        grouped: summary.switched && group(library, requested, events)?,
        summary: Box::new(summary),
    })
}

/// Scans, then groups.
fn scan_and_group(
    library: &mut Library,
    grouping: &mut Library,
    engine: &Engine,
    (job, requested): (&ScanJob, &RequestedScan),
    events: &Events,
    refresh: &Refresh,
) -> Result<ScanEvent, String> {
    let faces = AtomicU64::new(0);
    let report = Throttle::new(Duration::from_millis(100));
    let (finished, wait) = channel::<()>();
    let stop_grouping = StopFlag::default();
    let summary = std::thread::scope(|scope| {
        scope.spawn(|| group_during_scan(grouping, &faces, wait, refresh, &stop_grouping));
        let summary = search(
            library,
            engine,
            job,
            &requested.control,
            &|progress: &Progress| {
                faces.store(progress.faces, Ordering::Relaxed);
                if report.due() || progress.phase == scan::Phase::Finished {
                    events.send(Event::Scan(ScanEvent::Progress(progress.clone())));
                }
                refresh.throttled();
            },
        );
        // The grouping below includes all faces.
        stop_grouping.stop();
        drop(finished);
        summary
    });
    let summary = summary.map_err(|error| error.to_string())?;
    let grouped = group(library, requested, events)?;
    tracing::debug!(
        photos = summary.photos_scanned,
        faces = summary.faces,
        grouped,
        "scan finished"
    );
    Ok(ScanEvent::Finished {
        summary: Box::new(summary),
        grouped,
    })
}

/// False if it was stopped.
fn group(
    library: &mut Library,
    requested: &RequestedScan,
    events: &Events,
) -> Result<bool, String> {
    events.send(Event::Scan(ScanEvent::Grouping));
    tracing::debug!("grouping begins");
    let grouped = curate::group_unless_stopped(library, &requested.stop_grouping);
    grouped
        .map(|grouped| grouped.is_some())
        .map_err(|error| error.to_string())
}

fn search(
    library: &mut Library,
    engine: &Engine,
    job: &ScanJob,
    control: &ScanControl,
    on_progress: &(dyn Fn(&Progress) + Sync),
) -> Result<ScanSummary, ScanError> {
    let mut options = ScanOptions::default();
    match job {
        ScanJob::Photos(photos) => {
            scan::look_again(library, engine, photos, &options, control, on_progress)
        }
        ScanJob::Folders(folders) => {
            scan::scan(library, engine, folders, &options, control, on_progress)
        }
        ScanJob::Again(folders) => {
            options.again = true;
            scan::scan(library, engine, folders, &options, control, on_progress)
        }
    }
}

/// Minimum time between two groupings during a scan.
const REGROUP_PAUSE: Duration = Duration::from_secs(2);
/// After a grouping, pause for this multiple of its duration, so that grouping takes at most about a sixth of one
/// core.
const REGROUP_PAUSE_FACTOR: u32 = 5;

/// Groups the faces found so far repeatedly until `finished` is dropped; `stop` interrupts the current grouping.
fn group_during_scan(
    library: &mut Library,
    faces: &AtomicU64,
    finished: Receiver<()>,
    refresh: &Refresh,
    stop: &StopFlag,
) {
    let mut pause = REGROUP_PAUSE;
    let mut grouped = 0;
    while finished.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        let found = faces.load(Ordering::Relaxed);
        if found == grouped {
            continue;
        }
        let begin = Instant::now();
        match curate::group_again(library, stop) {
            Ok(_) => {
                grouped = found;
                refresh.now();
            }
            Err(CurateError::Stopped(_)) => return,
            // The grouping at the end of the scan reports the error.
            Err(error) => tracing::debug!("grouping while scanning: {error}"),
        }
        pause = REGROUP_PAUSE.max(begin.elapsed() * REGROUP_PAUSE_FACTOR);
    }
}

/// Limits how often something is done.
struct Throttle {
    start: Instant,
    every: Duration,
    /// Milliseconds after `start` from which it may be done again.
    next: AtomicU64,
}

impl Throttle {
    fn new(every: Duration) -> Self {
        Self {
            start: Instant::now(),
            every,
            next: AtomicU64::new(0),
        }
    }

    /// Returns true to one caller each time it may be done again.
    fn due(&self) -> bool {
        let now = self.start.elapsed().as_millis() as u64;
        let next = self.next.load(Ordering::Relaxed);
        now >= next
            && self
                .next
                .compare_exchange(
                    next,
                    now + self.every.as_millis() as u64,
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                )
                .is_ok()
    }
}

/// Requests new snapshots from the library thread.
struct Refresh {
    requests: std::sync::Mutex<Sender<Request>>,
    throttle: Throttle,
}

impl Refresh {
    fn new(requests: Sender<Request>) -> Self {
        Self {
            requests: requests.into(),
            throttle: Throttle::new(Duration::from_secs(1)),
        }
    }

    fn throttled(&self) {
        if self.throttle.due() {
            self.now();
        }
    }

    fn now(&self) {
        let requests = self
            .requests
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if requests.send(Request::Refresh).is_err() {
            tracing::debug!("the library was closed during a scan");
        }
    }
}
