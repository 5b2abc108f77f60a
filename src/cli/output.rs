//! Standard output: tables and lines. A closed pipe is distinguished from a failure.

use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write};

use clap::ValueEnum;
use serde::Serialize;

use super::error::CliError;
use super::terminal;
use crate::export::{TableFormat, write_csv_rows, write_json_rows};

/// How a table is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values with a header line
    Csv,
    /// A JSON array with one object per row
    Json,
}

impl From<Format> for TableFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => TableFormat::Csv,
            Format::Json => TableFormat::Json,
        }
    }
}

/// Standard output. A terminal would obey control characters, so they are written as JSON escapes there, which mean the
/// same to a JSON reader. A file or another program gets every byte unchanged.
pub struct Stdout {
    out: BufWriter<StdoutLock<'static>>,
    is_terminal: bool,
    /// Bytes for a terminal that are not a whole line yet.
    line: Vec<u8>,
}

impl Stdout {
    pub fn lock() -> Stdout {
        let out = io::stdout().lock();
        Stdout {
            is_terminal: out.is_terminal(),
            out: BufWriter::new(out),
            line: Vec::new(),
        }
    }

    fn show_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        self.out.write_all(terminal::shown(&line).as_bytes())
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_terminal {
            return self.out.write(bytes);
        }
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.show_line()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.show_line()?;
        self.out.flush()
    }
}

/// Runs `write` on standard output and flushes it.
pub fn print_with(write: impl FnOnce(&mut Stdout) -> io::Result<()>) -> Result<(), CliError> {
    let mut out = Stdout::lock();
    write(&mut out)
        .and_then(|()| out.flush())
        .map_err(CliError::Output)
}

/// Prints one line.
pub fn print_line(line: &str) -> Result<(), CliError> {
    print_with(|out| writeln!(out, "{line}"))
}

/// Prints one JSON object over several lines.
pub fn print_json<T: Serialize>(value: &T) -> Result<(), CliError> {
    print_with(|out| {
        serde_json::to_writer_pretty(&mut *out, value)?;
        writeln!(out)
    })
}

/// Prints rows with a header. `cells` makes the CSV record of a row; the JSON object is the row itself.
pub fn print_table<T: Serialize, const N: usize>(
    format: Format,
    header: [&str; N],
    rows: &[T],
    cells: impl Fn(&T) -> [String; N],
) -> Result<(), CliError> {
    print_with(|out| match format {
        Format::Json => write_json_rows(rows.iter(), out),
        Format::Csv => write_csv_rows(header, rows.iter().map(cells), out),
    })
}
