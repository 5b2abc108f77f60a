//! `kinfolk delete-name`: a person becomes a group without a name.

use clap::Args;

use super::error::CliError;
use super::named_faces::find_group;
use super::open::LibraryChoice;
use super::output;
use crate::curate::{self, Command};

/// Take a person's name away; the faces stay together
#[derive(Args)]
#[command(after_help = "\
`kinfolk undo` takes it back.

Examples:
  kinfolk delete-name 12
  kinfolk delete-name Maria")]
pub struct DeleteNameArgs {
    /// The person: the group's number, or the name
    group: String,
}

pub fn run(choice: &LibraryChoice, args: &DeleteNameArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let group = find_group(&library, &args.group)?;
    let outcome = curate::execute(&mut library, Command::DeleteName { group })?;
    output::print_line(&outcome.message)
}
