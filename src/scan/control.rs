//! Stop and pause, from any thread.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use crate::stop::StopFlag;

/// A handle on a running scan; clones control the same one.
#[derive(Clone, Debug, Default)]
pub struct ScanControl {
    shared: Arc<(Mutex<State>, Condvar)>,
    /// Set once stopped, for work that can't wait for a lock.
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

    /// Ends the scan, also in the middle of decoding a photo; photos that are finished are stored. Can't be taken back.
    pub fn stop(&self) {
        self.stop.stop();
        self.set(State::Stopped);
    }

    /// Holds the scan within one photo, until [`Self::resume`] or [`Self::stop`].
    pub fn pause(&self) {
        self.set(State::Paused);
    }

    pub fn resume(&self) {
        self.set(State::Running);
    }

    pub fn is_stopped(&self) -> bool {
        *self.state() == State::Stopped
    }

    /// Set by [`Self::stop`].
    pub fn stop_flag(&self) -> &StopFlag {
        &self.stop
    }

    /// Waits while paused; false where the scan is to end.
    pub(super) fn may_go_on(&self) -> bool {
        let mut state = self.state();
        while *state == State::Paused {
            state = match self.shared.1.wait(state) {
                Ok(state) => state,
                Err(poisoned) => poisoned.into_inner(),
            };
        }
        *state == State::Running
    }

    fn set(&self, next: State) {
        let mut state = self.state();
        if *state != State::Stopped {
            *state = next;
        }
        drop(state);
        self.shared.1.notify_all();
    }

    /// The state is one word, whole even where a thread died while holding it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.shared
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
