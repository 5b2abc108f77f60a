//! Standard error: log lines, messages and progress bars that do not write over each other.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::LazyLock;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tracing_subscriber::EnvFilter;

/// What is logged unless `KINFOLK_LOG` asks for more or less.
const DEFAULT_LOG: &str = "warn";

/// All bars of the process; hidden as long as standard error is no terminal.
static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Sends warnings and errors to standard error, or what `KINFOLK_LOG` asks for (`info`, `kinfolk::scan=debug`).
pub fn start_logging() {
    let asked = std::env::var("KINFOLK_LOG").unwrap_or_else(|_| DEFAULT_LOG.to_owned());
    let filter = EnvFilter::try_new(&asked).unwrap_or_else(|error| {
        say(&format!("kinfolk: KINFOLK_LOG is {asked:?}: {error}"));
        EnvFilter::new(DEFAULT_LOG)
    });
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| AroundBars)
        .with_target(false)
        .without_time()
        .try_init();
    if let Err(error) = started {
        say(&format!("kinfolk: no log: {error}"));
    }
}

/// Text that a terminal obeys nothing of: control characters other than the end of a line, and those that turn the
/// direction of writing, are spelt out as JSON does (`\u001b`). Names of files and people may hold any of them.
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_obeyed(letter) {
            // All of them are below U+10000.
            shown.push_str(&format!("\\u{:04x}", u32::from(letter)));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

fn is_obeyed(letter: char) -> bool {
    (letter.is_control() && letter != '\n')
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// One line on standard error, whatever the message holds.
pub fn say(message: &str) {
    let line = message.replace(['\n', '\r'], " ");
    let line = shown(&line);
    // Nobody is left to tell if standard error is closed.
    let _ = AroundBars.write_all(format!("{line}\n").as_bytes());
}

/// A bar for `total` things, or a spinner if the number is not known yet; silent unless standard error is a terminal.
pub fn progress_bar(total: Option<u64>) -> ProgressBar {
    let bar = BARS.add(match total {
        Some(total) => ProgressBar::new(total),
        None => ProgressBar::new_spinner(),
    });
    bar.set_style(if total.is_some() {
        counted_style()
    } else {
        ProgressStyle::default_spinner()
    });
    bar
}

/// A sign of life for work of which nobody knows how far it is: what it is at, and for how long.
pub fn working_bar() -> ProgressBar {
    let bar = progress_bar(None);
    let style = ProgressStyle::with_template("{spinner} {msg}, {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(TICK);
    bar
}

/// Between two movements of a spinner.
const TICK: Duration = Duration::from_millis(100);

/// `[=====>    ] 312/8412 14 photos/s, …`; the message holds what the command wants to add.
pub fn counted_style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:24} {pos}/{len} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Writes to standard error with the bars out of the way.
struct AroundBars;

impl Write for AroundBars {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        BARS.suspend(|| io::stderr().write_all(bytes))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
