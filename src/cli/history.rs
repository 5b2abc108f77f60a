//! `kinfolk history`: what people did, newest first.

use std::io::Write as _;

use clap::Args;
use serde::Serialize;

use super::error::CliError;
use super::open::LibraryChoice;
use super::output;
use crate::curate::{self, HistoryRow};

/// List what was done to the groups, newest first
#[derive(Args)]
#[command(after_help = "\
Entries in brackets were undone; redo them with `kinfolk redo`. Entries with a * tell of what Kinfolk did by itself; they
can't be undone. Times are UTC.

Examples:
  kinfolk history
  kinfolk history --limit 100 --json")]
pub struct HistoryArgs {
    /// How many entries to list
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,

    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct HistoryEntry<'a> {
    entry: i64,
    at: String,
    #[serde(rename = "sentence")]
    message: &'a str,
    undone: bool,
    #[serde(rename = "note")]
    is_note: bool,
}

impl<'a> From<&'a HistoryRow> for HistoryEntry<'a> {
    fn from(row: &'a HistoryRow) -> Self {
        HistoryEntry {
            entry: row.entry.0,
            at: utc_text(row.at),
            message: &row.message,
            undone: row.undone,
            is_note: row.is_note,
        }
    }
}

pub fn run(choice: &LibraryChoice, args: &HistoryArgs) -> Result<(), CliError> {
    let library = choice.open_to_read()?;
    let mut history = curate::history(&library)?;
    history.sort_by_key(|row| std::cmp::Reverse(row.entry));
    let entries = history.iter().take(args.limit).map(HistoryEntry::from);
    if args.json {
        return output::print_with(|out| crate::export::write_json_rows(entries, out));
    }
    output::print_with(|out| {
        for entry in entries {
            let (open, close) = match (entry.undone, entry.is_note) {
                (_, true) => ("* ", ""),
                (true, false) => ("[", "]"),
                (false, false) => ("", ""),
            };
            writeln!(out, "{}  {open}{}{close}", entry.at, entry.message)?;
        }
        Ok(())
    })
}

/// Unix seconds as `2026-11-24T01:02:03Z`; the number itself if it is not a valid date.
fn utc_text(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |at| at.to_string())
}
