//! Scanning from the window: one thread that scans folder after folder, and one beside it that groups what was found so
//! far, so that people show up while the scan runs.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::app::event::{Event, Events, ScanEvent};
use crate::app::worker::Request;
use crate::curate;
use crate::library::Library;
use crate::scan::{self, Progress, ScanControl, ScanOptions};
use crate::stop::StopFlag;
use crate::vision::{DeviceChoice, Engine};

/// What the status bar knows of a scan.
#[derive(Clone, Debug)]
pub struct ScanState {
    pub folders: Vec<PathBuf>,
    pub stage: ScanStage,
    pub progress: Option<Progress>,
    pub paused: bool,
    pub stopping: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanStage {
    Preparing,
    Scanning,
    Grouping,
}

impl ScanState {
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self {
            folders,
            stage: ScanStage::Preparing,
            progress: None,
            paused: false,
            stopping: false,
        }
    }
}

/// One scan to do.
pub struct Job {
    pub folders: Vec<PathBuf>,
    pub control: ScanControl,
}

/// A handle of the scanner; dropping it stops the scan and waits for the photo in work.
pub struct Scanner {
    jobs: Option<Sender<Job>>,
    control: ScanControl,
    thread: Option<JoinHandle<()>>,
}

/// What the scan thread works with.
pub struct ScanTools {
    /// One for the scan, one for grouping beside it.
    pub connections: [Library; 2],
    pub device: DeviceChoice,
    pub events: Events,
    pub refresh: Sender<Request>,
}

impl Scanner {
    pub fn start(tools: ScanTools) -> std::io::Result<Scanner> {
        let (jobs, receiver) = channel();
        let thread = std::thread::Builder::new()
            .name("scan".to_owned())
            .spawn(move || run(tools, &receiver))?;
        Ok(Scanner {
            jobs: Some(jobs),
            control: ScanControl::default(),
            thread: Some(thread),
        })
    }

    /// Begins a scan; it waits for the one that is running.
    pub fn scan(&mut self, folders: Vec<PathBuf>) {
        self.control = ScanControl::default();
        let job = Job {
            folders,
            control: self.control.clone(),
        };
        if !matches!(self.jobs.as_ref().map(|jobs| jobs.send(job)), Some(Ok(()))) {
            tracing::error!("the scan thread has ended: a scan is lost");
        }
    }

    pub fn control(&self) -> &ScanControl {
        &self.control
    }
}

impl Drop for Scanner {
    fn drop(&mut self) {
        self.control.stop();
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

fn run(tools: ScanTools, jobs: &Receiver<Job>) {
    let ScanTools {
        connections: [mut library, mut grouping],
        device,
        events,
        refresh,
    } = tools;
    let refresh = Refresh::new(refresh);
    let mut engine: Option<Arc<Engine>> = None;
    while let Ok(job) = jobs.recv() {
        events.send(Event::Scan(ScanEvent::Preparing));
        let outcome = load_once(&mut engine, device).and_then(|engine| {
            scan_and_group(
                &mut library,
                &mut grouping,
                &engine,
                &job,
                &events,
                &refresh,
            )
        });
        refresh.now();
        events.send(Event::Scan(match outcome {
            Ok(summary) => ScanEvent::Finished(summary),
            Err(sentence) => ScanEvent::Failed(sentence),
        }));
    }
}

/// Loads the models when they are needed first.
fn load_once(
    engine: &mut Option<Arc<Engine>>,
    device: DeviceChoice,
) -> Result<Arc<Engine>, String> {
    if let Some(engine) = engine {
        return Ok(engine.clone());
    }
    let loaded = Arc::new(Engine::load(device).map_err(|error| error.to_string())?);
    *engine = Some(loaded.clone());
    Ok(loaded)
}

fn scan_and_group(
    library: &mut Library,
    grouping: &mut Library,
    engine: &Engine,
    job: &Job,
    events: &Events,
    refresh: &Refresh,
) -> Result<scan::ScanSummary, String> {
    let faces = AtomicU64::new(0);
    let report = Throttle::new(Duration::from_millis(100));
    let (finished, wait) = channel::<()>();
    let summary = std::thread::scope(|scope| {
        scope.spawn(|| group_meanwhile(grouping, &faces, wait, refresh));
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
        drop(finished);
        summary
    });
    let summary = summary.map_err(|error| error.to_string())?;
    events.send(Event::Scan(ScanEvent::Grouping));
    curate::group_again(library, &StopFlag::default()).map_err(|error| error.to_string())?;
    tracing::debug!(
        photos = summary.photos_scanned,
        faces = summary.faces,
        "scan finished"
    );
    Ok(summary)
}

/// Shortest time between two groupings while a scan runs.
const REGROUP_PAUSE: Duration = Duration::from_secs(2);
/// Grouping takes no more than about a sixth of one core: after each, this many times its duration passes.
const REGROUP_REST: u32 = 5;

/// Groups the faces found so far, again and again, until `finished` is dropped.
fn group_meanwhile(
    library: &mut Library,
    faces: &AtomicU64,
    finished: Receiver<()>,
    refresh: &Refresh,
) {
    let mut pause = REGROUP_PAUSE;
    let mut grouped = 0;
    while finished.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        let found = faces.load(Ordering::Relaxed);
        if found == grouped {
            continue;
        }
        let begin = Instant::now();
        match curate::group_again(library, &StopFlag::default()) {
            Ok(_) => {
                grouped = found;
                refresh.now();
            }
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
