//! Measures which stages of a scan the threads spend their time on.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde::Serialize;

/// The stages of the work. Time outside of them is negligible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Reading and hashing files.
    Read,
    /// Decoding to upright pixels.
    Decode,
    /// The first detection pass, over the whole photo.
    Detect,
    /// Its second looks, where it needs them.
    DetectAgain,
    /// The refinement pass of each face, its crop and its quality.
    Align,
    Embed,
    Thumbnail,
    /// Transactions.
    Store,
}

/// Seconds that all threads of a scan together spent at each stage. With as many threads as cores, these are core
/// seconds.
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

/// Nanoseconds of each stage, summed over all threads.
#[derive(Debug, Default)]
pub(super) struct StageClock([AtomicU64; 8]);

impl StageClock {
    /// Runs `work` and adds its time to `stage`.
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
