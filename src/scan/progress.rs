//! How far a scan is, how fast, and how long it will take.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A scan at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    pub phase: Phase,
    pub photos_done: u64,
    /// While looking: found so far.
    pub photos_total: u64,
    pub faces: u64,
    /// Over the last seconds; photos that were unchanged don't count.
    pub photos_per_second: f64,
    /// None until there is a speed to tell it from.
    pub seconds_left: Option<f64>,
    /// A photo that is being worked on.
    pub current: Option<PathBuf>,
    pub problems: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Walking folders.
    Looking,
    Scanning,
    Finished,
}

/// Time between two reports: fast enough to look alive, slow enough to cost nothing.
pub(super) const REPORT_INTERVAL: Duration = Duration::from_millis(100);
/// Time over which the speed is taken.
const SPEED_WINDOW: Duration = Duration::from_secs(10);
/// Time until a speed is worth telling.
const SPEED_LEAST: Duration = Duration::from_millis(500);

/// Photos per second over a sliding window.
#[derive(Default)]
pub(super) struct Speed {
    /// (when, photos worked on until then), oldest first.
    samples: VecDeque<(Instant, u64)>,
}

impl Speed {
    /// Notes that `worked` photos have been worked on at `now`; returns the speed, if it can be told.
    pub(super) fn note(&mut self, now: Instant, worked: u64) -> Option<f64> {
        self.samples.push_back((now, worked));
        while self.samples.len() > 2 && now.duration_since(self.samples[0].0) > SPEED_WINDOW {
            self.samples.pop_front();
        }
        let (since, before) = *self.samples.front()?;
        let elapsed = now.duration_since(since);
        (elapsed >= SPEED_LEAST).then(|| (worked - before) as f64 / elapsed.as_secs_f64())
    }
}
