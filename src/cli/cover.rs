//! `kinfolk cover`: the face that stands for its group.

use clap::Args;

use super::error::CliError;
use super::named_faces::{FACE_HELP, find_face};
use super::open::LibraryChoice;
use super::output;
use crate::curate::{self, Command, CurateError};

/// Choose the face that stands for its group
#[derive(Args)]
#[command(after_help = format!("\
`kinfolk undo` takes it back.

{FACE_HELP}

Examples:
  kinfolk cover 103
  kinfolk cover 2019/portrait.jpg"))]
pub struct CoverArgs {
    /// The face: its number, or a photo with one face, or PHOTO#2, or PHOTO@x,y,width,height
    #[arg(value_name = "FACE")]
    face: String,
}

pub fn run(choice: &LibraryChoice, args: &CoverArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let face = find_face(&library, &args.face)?;
    let row = library.face(face)?;
    let group = row
        .and_then(|row| row.group)
        .ok_or(CurateError::NotGrouped(face))?;
    let outcome = curate::execute(&mut library, Command::SetCover { group, face })?;
    output::print_line(&outcome.message)
}
