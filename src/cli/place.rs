//! `kinfolk place`: which face of a photo one that was not found is.

use clap::Args;

use super::error::CliError;
use super::open::LibraryChoice;
use super::output;
use crate::curate::{self, Command};
use crate::library::FaceId;

/// Say which face is the one that a changed photo no longer showed
#[derive(Args)]
#[command(after_help = "\
`kinfolk faces --not-found` lists the faces that were not found again after their photos changed. What was decided about
one (its person, that it is ignored, a cover) goes to the face that you name; a face that is confirmed as somebody else is
not taken. `kinfolk undo` takes it back.

Examples:
  kinfolk faces --not-found
  kinfolk place 12 93")]
pub struct PlaceArgs {
    /// The face that was not found
    missing: FaceId,

    /// The face that it is
    face: FaceId,
}

pub fn run(choice: &LibraryChoice, args: &PlaceArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let command = Command::Place {
        missing: args.missing,
        face: args.face,
    };
    output::print_line(&curate::execute(&mut library, command)?.message)
}
