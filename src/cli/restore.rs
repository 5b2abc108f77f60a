//! `kinfolk restore`: hidden faces are shown again.

use clap::Args;

use super::error::CliError;
use super::named_faces::{FACE_HELP, NamedFaces};
use super::open::LibraryChoice;
use super::output;
use crate::curate::{self, Command};

/// Bring back faces that were ignored or marked as not a face
#[derive(Args)]
#[command(after_help = format!("\
They are in their groups again. `kinfolk undo` takes it back.

{FACE_HELP}

Examples:
  kinfolk restore 103
  kinfolk restore 2019/street.jpg#3"))]
pub struct RestoreArgs {
    #[command(flatten)]
    named: NamedFaces,
}

pub fn run(choice: &LibraryChoice, args: &RestoreArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let faces = args.named.find(&library)?;
    let outcome = curate::execute(&mut library, Command::Restore { faces })?;
    output::print_line(&outcome.message)
}
