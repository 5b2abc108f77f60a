//! Standard output: tables and lines, with a closed pipe told from a failure.

use std::io::{self, BufWriter, StdoutLock, Write};

use clap::ValueEnum;
use serde::Serialize;

use super::error::CliError;
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

/// Lets `write` fill standard output, flushed before this returns.
pub fn print_with(
    write: impl FnOnce(&mut BufWriter<StdoutLock<'static>>) -> io::Result<()>,
) -> Result<(), CliError> {
    let mut out = BufWriter::new(io::stdout().lock());
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

/// Prints rows with a header; `cells` makes the CSV record of a row, the row itself is the JSON object.
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

/// `1 photo`, `2 photos`; the plural is the singular with an s.
pub fn counted(count: u64, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}
