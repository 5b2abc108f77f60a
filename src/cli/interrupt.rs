//! Ctrl-C and the system's wish to end the program: the first stops cleanly, a second ends at once.

use super::terminal;
use crate::stop::StopFlag;

/// The conventional exit status of a program ended by Ctrl-C (128 + SIGINT).
const ENDED_BY_INTERRUPT: i32 = 130;

/// Watches for Ctrl-C from here on; `on_stop` runs at the first.
pub fn watch(on_stop: impl Fn() + Send + 'static) -> StopFlag {
    let flag = StopFlag::default();
    let asked = flag.clone();
    let watching = ctrlc::set_handler(move || {
        if asked.is_set() {
            end_now();
        }
        asked.stop();
        terminal::say("kinfolk: stopping after what is at hand; again to stop at once");
        on_stop();
    });
    if let Err(error) = watching {
        tracing::warn!("Ctrl-C will end the program at once: {error}");
    }
    flag
}

#[expect(
    clippy::disallowed_methods,
    reason = "asked for twice; every write is a transaction or an atomic rename, so nothing is left half done"
)]
fn end_now() {
    std::process::exit(ENDED_BY_INTERRUPT)
}
