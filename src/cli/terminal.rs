//! Standard error: log lines, messages and progress bars that don't overwrite each other.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::LazyLock;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tracing_subscriber::EnvFilter;

/// The log filter unless `KINFOLK_LOG` gives another one.
const DEFAULT_LOG: &str = "warn";

/// All bars of the process; hidden unless standard error is a terminal.
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

/// Escapes everything that a terminal would obey: control characters except the end of a line, and characters that
/// change the direction of writing are written as in JSON (`\u001b`). Names of files and people may contain any of
/// them.
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

/// Prints one line to standard error, whatever the message contains.
pub fn say(message: &str) {
    let line = message.replace(['\n', '\r'], " ");
    let line = shown(&line);
    // If standard error is closed, there is nowhere to report that.
    let _ = AroundBars.write_all(format!("{line}\n").as_bytes());
}

/// A bar for `total` things, or a spinner if the number is not known yet. Silent unless standard error is a terminal.
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

/// A spinner for work without a known length: shows what is being done and for how long.
pub fn working_bar() -> ProgressBar {
    let bar = progress_bar(None);
    let style = ProgressStyle::with_template("{spinner} {msg}, {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(TICK);
    bar
}

/// Time between two steps of a spinner.
const TICK: Duration = Duration::from_millis(100);

/// `[=====>    ] 312/8412 14 photos/s, …`; the command sets the message.
pub fn counted_style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:24} {pos}/{len} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Writes to standard error with the bars hidden meanwhile.
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
