//! Runs the program.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The result of a run.
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Run {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// Standard output of a successful run.
    pub fn done(self) -> String {
        assert_eq!(self.status, 0, "{}", self.stderr);
        self.stdout
    }

    /// The one line on standard error of a failed run.
    pub fn failed(self) -> String {
        assert_eq!(
            (self.status, self.stdout.as_str()),
            (1, ""),
            "{}",
            self.stderr
        );
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        self.stderr
    }

    /// Data rows of a CSV table.
    pub fn csv(self) -> Vec<csv::StringRecord> {
        let text = self.done();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        reader.records().map(Result::unwrap).collect()
    }
}

pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinfolk"));
    command.env_remove("KINFOLK_LOG").stdin(Stdio::null());
    command
}

pub fn kinfolk<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    program().args(arguments).output().unwrap().into()
}

/// `kinfolk WORDS --library FILE`, with the words separated by blanks.
///
/// When a test in another thread starts a process, that process holds this one's lock of a library for a moment,
/// between fork and exec. So the command is repeated while the library is in use, and only a lasting lock is reported.
pub fn kinfolk_on(library: &Path, words: &str) -> Run {
    let mut command = program();
    command.args(words.split_whitespace());
    command.arg("--library").arg(library);
    when_free(|| command.output().unwrap().into())
}

/// Repeats the run for a second as long as the library is in use.
pub fn when_free(mut run: impl FnMut() -> Run) -> Run {
    for _ in 0..20 {
        let run = run();
        if !run.stderr.contains("is open in another Kinfolk") {
            return run;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    run()
}
