//! `kinfolk history`: what people did, as sentences.

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
Entries in brackets were undone and can be done again with `kinfolk redo`. Times are UTC.

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
    sentence: &'a str,
    undone: bool,
}

impl<'a> From<&'a HistoryRow> for HistoryEntry<'a> {
    fn from(row: &'a HistoryRow) -> Self {
        HistoryEntry {
            entry: row.entry.0,
            at: utc_text(row.at),
            sentence: &row.message,
            undone: row.undone,
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
            let (open, close) = if entry.undone { ("[", "]") } else { ("", "") };
            writeln!(out, "{}  {open}{}{close}", entry.at, entry.sentence)?;
        }
        Ok(())
    })
}

/// Unix seconds as `2026-11-24T01:02:03Z`.
///
/// Days to date after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (`civil_from_days`).
fn utc_text(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}
