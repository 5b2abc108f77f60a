//! `kinfolk name`: a group becomes a person.

use clap::Args;

use super::error::CliError;
use super::open::LibraryChoice;
use super::output;
use crate::curate::{self, Command, CurateError};
use crate::library::GroupId;

/// Give a group a name, or another one
#[derive(Args)]
#[command(after_help = "\
The number of the group is in the column `cluster` of `kinfolk people`. `kinfolk undo` undoes it.

Examples:
  kinfolk name 12 Maria
  kinfolk name 12 \"Maria Rossi\"")]
pub struct NameArgs {
    /// The group
    group: GroupId,

    /// The person's name
    name: String,
}

pub fn run(choice: &LibraryChoice, args: &NameArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let command = Command::Name {
        group: args.group,
        name: args.name.clone(),
    };
    match curate::execute(&mut library, command) {
        Ok(outcome) => output::print_line(&outcome.message),
        Err(CurateError::NameTaken { group, name, free }) => Err(CliError::Failed(format!(
            "there is a person called {name:?} already, group {group}: if it is the same person, `kinfolk merge {group} {0}`; \
             if it is another one, `kinfolk name {0} {free:?}`",
            args.group
        ))),
        Err(error) => Err(error.into()),
    }
}
