//! `kinfolk undo` and `kinfolk redo`: back and forth in the history.

use clap::Args;

use super::error::CliError;
use super::open::LibraryChoice;
use super::output;
use crate::curate::{self, CurateError, Outcome};
use crate::library::Library;

/// Undo the last thing that was done, in the window or here
#[derive(Args)]
#[command(after_help = "\
Examples:
  kinfolk undo
  kinfolk undo 5        the last five
  kinfolk history       what can be undone")]
pub struct UndoArgs {
    /// How many entries to undo
    #[arg(value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
}

/// Redo what was undone
#[derive(Args)]
#[command(after_help = "\
Examples:
  kinfolk redo
  kinfolk redo 5")]
pub struct RedoArgs {
    /// How many entries to redo
    #[arg(value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
}

pub fn undo(choice: &LibraryChoice, args: &UndoArgs) -> Result<(), CliError> {
    repeat(
        choice,
        args.count,
        "Undone",
        "there is nothing to undo",
        curate::undo,
    )
}

pub fn redo(choice: &LibraryChoice, args: &RedoArgs) -> Result<(), CliError> {
    repeat(
        choice,
        args.count,
        "Done again",
        "there is nothing to redo",
        curate::redo,
    )
}

/// Makes up to `count` steps; fails only if there is nothing to undo or redo at all.
fn repeat(
    choice: &LibraryChoice,
    count: u32,
    done: &str,
    nothing: &str,
    step: fn(&mut Library) -> Result<Option<Outcome>, CurateError>,
) -> Result<(), CliError> {
    let mut library = choice.open()?;
    for index in 0..count {
        match step(&mut library)? {
            Some(outcome) => output::print_line(&format!("{done}: {}", outcome.message))?,
            None if index == 0 => {
                return Err(CliError::Failed(format!(
                    "{nothing}: see `kinfolk history`"
                )));
            }
            None => break,
        }
    }
    Ok(())
}
