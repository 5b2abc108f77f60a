//! `kinfolk confirm`: suggestions are accepted.

use clap::Args;

use super::error::CliError;
use super::named_faces::{FACE_HELP, NamedFaces};
use super::open::LibraryChoice;
use super::output;
use crate::curate::{self, Command};

/// Confirm faces as the people they are suggested to be
#[derive(Args)]
#[command(after_help = format!("\
A face that Kinfolk put to a person stays with them then, whatever is grouped later. `kinfolk undo` takes it back.

{FACE_HELP}

Examples:
  kinfolk confirm 103 118
  kinfolk confirm 2019/beach.jpg#1"))]
pub struct ConfirmArgs {
    #[command(flatten)]
    named: NamedFaces,
}

pub fn run(choice: &LibraryChoice, args: &ConfirmArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let faces = args.named.find(&library)?;
    let outcome = curate::execute(&mut library, Command::Confirm { faces })?;
    output::print_line(&outcome.message)
}
