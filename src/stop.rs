//! A request to stop, shared by those who may make it and the work that obeys it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Is set once and never cleared; clones share it. Long work checks it between its steps.
#[derive(Clone, Debug, Default)]
pub struct StopFlag(Arc<AtomicBool>);

/// The work was stopped before its end. Nothing of it was kept, unless its function says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped before the end")]
pub struct Stopped;

impl StopFlag {
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// # Errors
    /// [`Stopped`] once [`Self::stop`] was called.
    pub fn check(&self) -> Result<(), Stopped> {
        if self.is_set() { Err(Stopped) } else { Ok(()) }
    }
}
