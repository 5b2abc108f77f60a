//! Where the time of the cores goes while a scan runs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde::Serialize;

/// What a thread is at; each moment of its work belongs to one of these, or to none worth counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Files read and hashed.
    Read,
    /// Bytes to upright pixels.
    Decode,
    /// The detector's first pass over the whole photo.
    Detect,
    /// Its second looks, where it needs them.
    DetectAgain,
    /// The second look at each face, its crop and its quality.
    Align,
    Embed,
    Thumbnail,
    /// Transactions.
    Store,
}

/// Seconds that the threads of a scan spent at each stage, together: with as many threads as cores, seconds of cores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct StageSeconds {
    pub read: f64,
    pub decode: f64,
    pub detect: f64,
    pub detect_again: f64,
    pub align: f64,
    pub embed: f64,
    pub thumbnail: f64,
    pub store: f64,
}

/// Adds up over all threads.
#[derive(Debug, Default)]
pub(super) struct StageClock([AtomicU64; 8]);

impl StageClock {
    /// Does `work`, whose time belongs to `stage`.
    pub(super) fn time<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let begin = Instant::now();
        let done = work();
        // 2^64 nanoseconds are 584 years.
        self.0[stage as usize].fetch_add(begin.elapsed().as_nanos() as u64, Ordering::Relaxed);
        done
    }

    pub(super) fn seconds(&self) -> StageSeconds {
        let of = |stage: Stage| self.0[stage as usize].load(Ordering::Relaxed) as f64 / 1e9;
        StageSeconds {
            read: of(Stage::Read),
            decode: of(Stage::Decode),
            detect: of(Stage::Detect),
            detect_again: of(Stage::DetectAgain),
            align: of(Stage::Align),
            embed: of(Stage::Embed),
            thumbnail: of(Stage::Thumbnail),
            store: of(Stage::Store),
        }
    }
}
