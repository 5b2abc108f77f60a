//! `kinfolk reject`: faces leave their group.

use clap::Args;

use super::error::CliError;
use super::named_faces::{FACE_HELP, NamedFaces};
use super::open::LibraryChoice;
use super::output;
use crate::curate::{self, Command};

/// Say that faces are not who they are grouped with
#[derive(Args)]
#[command(after_help = format!("\
Each gets a group of its own, and no grouping puts it back. `kinfolk undo` takes it back.

{FACE_HELP}

Examples:
  kinfolk reject 103
  kinfolk reject 2019/beach.jpg#2"))]
pub struct RejectArgs {
    #[command(flatten)]
    named: NamedFaces,
}

pub fn run(choice: &LibraryChoice, args: &RejectArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let faces = args.named.find(&library)?;
    let outcome = curate::execute(&mut library, Command::Reject { faces })?;
    output::print_line(&outcome.message)
}
