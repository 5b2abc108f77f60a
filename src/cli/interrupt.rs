//! Ctrl-C and the signal to end the program: the first one stops cleanly, the second one ends the program at once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::terminal;
use crate::stop::StopFlag;

/// The conventional exit status of a program ended by Ctrl-C (128 + SIGINT).
const ENDED_BY_INTERRUPT: i32 = 130;

/// Handles Ctrl-C from here on. `on_stop` runs at the first one.
pub fn watch(on_stop: impl Fn() + Send + 'static) -> StopFlag {
    watch_steps(on_stop).flag()
}

/// Handles Ctrl-C from here on in work of several steps: the first one stops the current step, a second one in the same
/// step ends the program. `on_stop` runs at the first one in each step.
pub fn watch_steps(on_stop: impl Fn() + Send + 'static) -> Steps {
    let steps = Steps::default();
    let watched = steps.clone();
    let watching = ctrlc::set_handler(move || {
        let asked = watched.flag();
        if asked.is_set() {
            end_now();
        }
        asked.stop();
        terminal::say("kinfolk: stopping; press Ctrl-C again to end at once");
        on_stop();
    });
    if let Err(error) = watching {
        tracing::warn!("Ctrl-C will end the program at once: {error}");
    }
    steps
}

/// The flag of the current step.
#[derive(Clone, Default)]
pub struct Steps(Arc<Mutex<StopFlag>>);

impl Steps {
    pub fn flag(&self) -> StopFlag {
        self.lock().clone()
    }

    /// Begins the next step.
    pub fn next_step(&self) -> StopFlag {
        let flag = StopFlag::default();
        *self.lock() = flag.clone();
        flag
    }

    fn lock(&self) -> MutexGuard<'_, StopFlag> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "asked for twice; every write is a transaction or an atomic rename, so nothing is left half done"
)]
fn end_now() {
    std::process::exit(ENDED_BY_INTERRUPT)
}
