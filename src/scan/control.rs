//! Stops and pauses a scan, from any thread.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::lock::lock;
use crate::stop::StopFlag;

/// A handle on a running scan; clones control the same scan.
#[derive(Clone, Debug, Default)]
pub struct ScanControl {
    shared: Arc<(Mutex<State>, Condvar)>,
    /// Set when the scan is stopped, for work that can't wait for a lock.
    stop: StopFlag,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Running,
    Paused,
    Stopped,
}

impl ScanControl {
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the scan, even while a photo is being decoded; finished photos are stored. Can't be undone.
    pub fn stop(&self) {
        self.stop.stop();
        self.set(State::Stopped);
    }

    /// Pauses the scan within the time for one photo, until [`Self::resume`] or [`Self::stop`].
    pub fn pause(&self) {
        self.set(State::Paused);
    }

    pub fn resume(&self) {
        self.set(State::Running);
    }

    pub fn is_stopped(&self) -> bool {
        *lock(&self.shared.0) == State::Stopped
    }

    /// Set by [`Self::stop`].
    pub fn stop_flag(&self) -> &StopFlag {
        &self.stop
    }

    /// Waits while the scan is paused; false if the scan was stopped.
    pub(super) fn may_go_on(&self) -> bool {
        let mut state = lock(&self.shared.0);
        while *state == State::Paused {
            let woken = self.shared.1.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
        *state == State::Running
    }

    fn set(&self, next: State) {
        let mut state = lock(&self.shared.0);
        if *state != State::Stopped {
            *state = next;
        }
        drop(state);
        self.shared.1.notify_all();
    }
}
