//! `kinfolk ignore`: faces of strangers are hidden.

use clap::Args;

use super::error::CliError;
use super::named_faces::{FACE_HELP, NamedFaces};
use super::open::LibraryChoice;
use super::output;
use crate::curate::{self, Command};

/// Ignore faces of strangers: they are in no group and no longer asked about
#[derive(Args)]
#[command(after_help = format!("\
They keep their place; `kinfolk restore` brings them back. `kinfolk undo` takes it back. Copies of an ignored face are
ignored, too; groups that look like ignored faces are offered by `kinfolk review` and in the window.

{FACE_HELP}

Examples:
  kinfolk ignore 103 118
  kinfolk ignore 2019/street.jpg#3"))]
pub struct IgnoreArgs {
    #[command(flatten)]
    named: NamedFaces,
}

pub fn run(choice: &LibraryChoice, args: &IgnoreArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let faces = args.named.find(&library)?;
    let outcome = curate::execute(&mut library, Command::Ignore { faces })?;
    output::print_line(&outcome.message)
}
