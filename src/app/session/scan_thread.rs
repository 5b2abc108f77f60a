//! Scanning from the window: one thread that scans folder after folder, and one beside it that groups what was found so
//! far, so that people show up while the scan runs.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::app::session::event::{Event, Events, ScanEvent};
use crate::app::session::request::Request;
use crate::curate::{self, CurateError};
use crate::library::Library;
use crate::photo::catch_panic;
use crate::scan::{self, Progress, ScanControl, ScanOptions, ScanSummary};
use crate::stop::StopFlag;
use crate::vision::{DeviceChoice, Engine, VisionError};

/// One scan to do.
struct ScanJob {
    folders: Vec<PathBuf>,
    device: DeviceChoice,
    control: ScanControl,
    stop_grouping: StopFlag,
}

/// A handle of the scanner; dropping it stops the scan, groups nothing more, and waits for the photo in work.
pub struct ScanThread {
    jobs: Option<Sender<ScanJob>>,
    control: ScanControl,
    stop_grouping: StopFlag,
    closed: StopFlag,
    thread: Option<JoinHandle<()>>,
}

/// What the scan thread works with.
pub struct ScanThreadParts {
    /// One for the scan, one for grouping beside it.
    pub connections: [Library; 2],
    pub events: Events,
    pub refresh: Sender<Request>,
}

impl ScanThread {
    pub fn start(tools: ScanThreadParts) -> std::io::Result<ScanThread> {
        let (jobs, receiver) = channel();
        let closed = StopFlag::default();
        let is_closed = closed.clone();
        let thread = std::thread::Builder::new()
            .name("scan".to_owned())
            .spawn(move || run(tools, &receiver, &is_closed))?;
        Ok(ScanThread {
            jobs: Some(jobs),
            control: ScanControl::default(),
            stop_grouping: StopFlag::default(),
            closed,
            thread: Some(thread),
        })
    }

    /// Begins a scan; it waits for the one that is running.
    pub fn scan(&mut self, folders: Vec<PathBuf>, device: DeviceChoice) {
        self.control = ScanControl::default();
        self.stop_grouping = StopFlag::default();
        let job = ScanJob {
            folders,
            device,
            control: self.control.clone(),
            stop_grouping: self.stop_grouping.clone(),
        };
        if !matches!(self.jobs.as_ref().map(|jobs| jobs.send(job)), Some(Ok(()))) {
            tracing::error!("the scan thread has ended: a scan is lost");
        }
    }

    pub fn control(&self) -> &ScanControl {
        &self.control
    }

    /// Leaves the faces ungrouped that the scan has found since they were grouped last.
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
        self.jobs = None;
        if self
            .thread
            .take()
            .is_some_and(|thread| thread.join().is_err())
        {
            tracing::error!("the scan thread has panicked");
        }
    }
}

fn run(tools: ScanThreadParts, jobs: &Receiver<ScanJob>, closed: &StopFlag) {
    let ScanThreadParts {
        connections: [mut library, mut grouping],
        events,
        refresh,
    } = tools;
    let refresh = Refresh::new(refresh);
    let mut loaded: Option<Loaded> = None;
    while let Ok(job) = jobs.recv() {
        if closed.is_set() {
            return;
        }
        events.send(Event::Scan(ScanEvent::Preparing));
        let scan = || {
            let engine = load_once(&mut loaded, job.device, &events)?;
            scan_and_group(
                &mut library,
                &mut grouping,
                &engine,
                &job,
                &events,
                &refresh,
            )
        };
        let outcome = catch_panic(scan).unwrap_or_else(|message| {
            tracing::error!("the scan thread has panicked: {message}");
            Err(format!(
                "the scan broke off ({message}): what was found is kept; scan again to go on"
            ))
        });
        refresh.now();
        events.send(Event::Scan(match outcome {
            Ok((summary, grouped)) => ScanEvent::Finished { summary, grouped },
            Err(sentence) => ScanEvent::Failed(sentence),
        }));
    }
}

/// The networks, on the device that they are on.
struct Loaded {
    device: DeviceChoice,
    engine: Arc<Engine>,
}

/// Loads the networks when they are needed first on a device. One that can't be used is told, and the CPU takes its place.
fn load_once(
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
            load_once(loaded, DeviceChoice::Cpu, events)
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Scans, then groups; true with the summary if the faces were grouped to the end.
fn scan_and_group(
    library: &mut Library,
    grouping: &mut Library,
    engine: &Engine,
    job: &ScanJob,
    events: &Events,
    refresh: &Refresh,
) -> Result<(ScanSummary, bool), String> {
    let faces = AtomicU64::new(0);
    let report = Throttle::new(Duration::from_millis(100));
    let (finished, wait) = channel::<()>();
    let stop_meanwhile = StopFlag::default();
    let summary = std::thread::scope(|scope| {
        scope.spawn(|| group_meanwhile(grouping, &faces, wait, refresh, &stop_meanwhile));
        let summary = scan::scan(
            library,
            engine,
            &job.folders,
            &ScanOptions::default(),
            &job.control,
            &|progress: &Progress| {
                faces.store(progress.faces, Ordering::Relaxed);
                if report.due() || progress.phase == scan::Phase::Finished {
                    events.send(Event::Scan(ScanEvent::Progress(progress.clone())));
                }
                refresh.sometimes();
            },
        );
        // The grouping below sees all faces.
        stop_meanwhile.stop();
        drop(finished);
        summary
    });
    let summary = summary.map_err(|error| error.to_string())?;
    events.send(Event::Scan(ScanEvent::Grouping));
    tracing::debug!("grouping begins");
    let grouped = match curate::group_again(library, &job.stop_grouping) {
        Ok(_) => true,
        Err(CurateError::Stopped(_)) => false,
        Err(error) => return Err(error.to_string()),
    };
    tracing::debug!(
        photos = summary.photos_scanned,
        faces = summary.faces,
        grouped,
        "scan finished"
    );
    Ok((summary, grouped))
}

/// Shortest time between two groupings while a scan runs.
const REGROUP_PAUSE: Duration = Duration::from_secs(2);
/// Grouping takes no more than about a sixth of one core: after each, this many times its duration passes.
const REGROUP_REST: u32 = 5;

/// Groups the faces found so far, again and again, until `finished` is dropped; `stop` ends the grouping in work.
fn group_meanwhile(
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
            // The grouping at the end of the scan says what is wrong.
            Err(error) => tracing::debug!("grouping while scanning: {error}"),
        }
        pause = REGROUP_PAUSE.max(begin.elapsed() * REGROUP_REST);
    }
}

/// Lets something through once in a while.
struct Throttle {
    start: Instant,
    every: Duration,
    /// Milliseconds from `start` to the next time.
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

    /// True for one caller each time it is due.
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

/// Asks the worker for a new snapshot.
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

    fn sometimes(&self) {
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
