//! Rows of any table, written as CSV or JSON.

use std::io::{self, Write};

use serde::Serialize;

/// A header and records; text cells must be escaped by [`super::escaped_cell`].
pub fn write_csv_rows<'a>(
    header: impl IntoIterator<Item = &'a str>,
    rows: impl Iterator<Item = impl IntoIterator<Item = String>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(header).map_err(io_error)?;
    for row in rows {
        csv.write_record(row).map_err(io_error)?;
    }
    csv.flush()
}

/// A JSON array with one object per line.
pub fn write_json_rows<T: Serialize>(
    rows: impl Iterator<Item = T>,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(b"[")?;
    for (index, row) in rows.enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &row)?;
    }
    out.write_all(b"\n]\n")
}

/// The underlying I/O error, so that a closed pipe is recognised.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
