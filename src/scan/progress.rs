//! Progress of a scan: how far it is, how fast, and how long it will take.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::ScanSummary;

/// The state of a scan at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    pub phase: Phase,
    pub photos_done: u64,
    /// While folders are walked, the number found so far.
    pub photos_total: u64,
    pub faces: u64,
    /// Over the last seconds, without photos that were unchanged.
    pub photos_per_second: f64,
    /// `None` while the speed is not known.
    pub seconds_left: Option<f64>,
    /// A photo that is being searched.
    pub current: Option<PathBuf>,
    pub problems: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Folders are walked.
    Walking,
    Scanning,
    Finished,
}

/// Time between two reports, short enough for smooth progress and long enough for a negligible cost.
pub(super) const REPORT_INTERVAL: Duration = Duration::from_millis(100);
/// Time over which the speed is measured.
const SPEED_WINDOW: Duration = Duration::from_secs(10);
/// Time before a measured speed is reported.
const MIN_SPEED_TIME: Duration = Duration::from_millis(500);

/// Counts finished work and reports it at a bounded rate.
pub(super) struct Meter<'a> {
    on_progress: &'a (dyn Fn(&Progress) + Sync),
    phase: Phase,
    pub done: u64,
    /// The number of photos among `done` whose files were read.
    pub worked: u64,
    pub current: Option<PathBuf>,
    /// Pairs of a time and the value of `worked` then, over [`SPEED_WINDOW`], oldest first.
    samples: VecDeque<(Instant, u64)>,
    reported: Option<Instant>,
}

impl<'a> Meter<'a> {
    pub(super) fn new(on_progress: &'a (dyn Fn(&Progress) + Sync)) -> Self {
        Self {
            on_progress,
            phase: Phase::Walking,
            done: 0,
            worked: 0,
            current: None,
            samples: VecDeque::new(),
            reported: None,
        }
    }

    pub(super) fn is_due(&self) -> bool {
        let reported = self.reported;
        reported.is_none_or(|reported| reported.elapsed() >= REPORT_INTERVAL)
    }

    /// Begins a phase and reports it.
    pub(super) fn enter(&mut self, phase: Phase, summary: &ScanSummary) {
        self.phase = phase;
        self.report(summary, summary.photos_found);
    }

    /// Reports the progress among `total` photos.
    pub(super) fn report(&mut self, summary: &ScanSummary, total: u64) {
        let now = Instant::now();
        self.reported = Some(now);
        let speed = self.speed(now);
        let left = total.saturating_sub(self.done);
        (self.on_progress)(&Progress {
            phase: self.phase,
            photos_done: self.done,
            photos_total: total,
            faces: summary.faces,
            photos_per_second: speed.unwrap_or(0.0),
            seconds_left: speed.map(|speed| left as f64 / speed),
            current: self.current.clone(),
            problems: summary.problems,
        });
    }

    /// Photos per second over the window; None if the window is too short or no photo was read in it.
    fn speed(&mut self, now: Instant) -> Option<f64> {
        if self.phase == Phase::Walking {
            return None;
        }
        self.samples.push_back((now, self.worked));
        while self.samples.len() > 2 && now.duration_since(self.samples[0].0) > SPEED_WINDOW {
            self.samples.pop_front();
        }
        let (since, before) = *self.samples.front()?;
        let elapsed = now.duration_since(since);
        let speed = self.worked.saturating_sub(before) as f64 / elapsed.as_secs_f64();
        (elapsed >= MIN_SPEED_TIME && speed > 0.0).then_some(speed)
    }
}
