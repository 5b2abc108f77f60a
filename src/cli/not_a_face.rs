//! `kinfolk not-a-face`: false detections are hidden.

use clap::Args;

use super::error::CliError;
use super::named_faces::{FACE_HELP, NamedFaces};
use super::open::LibraryChoice;
use super::output;
use crate::curate::{self, Command};

/// Mark what was taken for a face and is none
#[derive(Args)]
#[command(after_help = format!("\
`kinfolk restore` makes it a face again. `kinfolk undo` takes it back.

{FACE_HELP}

Examples:
  kinfolk not-a-face 103
  kinfolk not-a-face wall.jpg@120,80,60,60"))]
pub struct NotAFaceArgs {
    #[command(flatten)]
    named: NamedFaces,
}

pub fn run(choice: &LibraryChoice, args: &NotAFaceArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let faces = args.named.find(&library)?;
    let outcome = curate::execute(&mut library, Command::NotAFace { faces })?;
    output::print_line(&outcome.message)
}
