//! `kinfolk merge`: several groups become one.

use clap::Args;

use super::error::CliError;
use super::open::LibraryChoice;
use super::output;
use crate::curate::{self, Command};
use crate::library::GroupId;

/// Merge groups of the same person
#[derive(Args)]
#[command(after_help = "\
The numbers of the groups are in the column `cluster` of `kinfolk people`. `kinfolk undo` undoes the merge.

Examples:
  kinfolk merge 12 15        group 15 is merged into group 12, which keeps its name
  kinfolk merge 12 15 19 40")]
pub struct MergeArgs {
    /// The group that stays
    #[arg(value_name = "GROUP")]
    into: GroupId,

    /// Groups that are merged into it
    #[arg(required = true, value_name = "OTHER")]
    from: Vec<GroupId>,
}

pub fn run(choice: &LibraryChoice, args: &MergeArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let command = Command::Merge {
        from: args.from.clone(),
        into: args.into,
    };
    let outcome = curate::execute(&mut library, command)?;
    output::print_line(&outcome.message)
}
