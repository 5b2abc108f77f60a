//! `kinfolk faces`: the table of faces on standard output.

use std::io::Write as _;

use clap::Args;

use super::error::CliError;
use super::open::LibraryChoice;
use super::output::{Format, Stdout};
use crate::export::{self, ExportError, FaceTable};

/// List every face that is there: where it is, how sure, and whose
#[derive(Args)]
#[command(after_help = "\
Columns: root,path,x,y,width,height,score,face,cluster,person,state. The box is in pixels of the upright photo, `path`
is relative to `root`, an empty `cluster` means a face on its own, `state` is unclear, ungrouped, automatic, confirmed,
ignored or not-a-face. In CSV, text that a spreadsheet would run as a formula (it begins with = + - @) has a ' in front.

Faces in photos that are gone (deleted, or on a drive that is away), and faces that a changed photo no longer shows, do
not count and are left out; what was decided about them is kept. --with-away and --not-found add a column `presence`:
empty, away or not-found. `kinfolk place` says which face of a photo one that was not found is.

Examples:
  kinfolk faces > faces.csv
  kinfolk faces --not-found
  kinfolk faces --format json | jq '.[] | select(.person == \"Maria\") | .path'")]
pub struct FacesArgs {
    /// How to print the table
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,

    /// Also list the faces that are away or not found in their photo any more
    #[arg(long)]
    with_away: bool,

    /// List only the faces that a changed photo no longer shows
    #[arg(long, conflicts_with = "with_away")]
    not_found: bool,
}

pub fn run(choice: &LibraryChoice, args: &FacesArgs) -> Result<(), CliError> {
    let library = choice.open_to_read()?;
    let mut out = Stdout::lock();
    let which = match (args.not_found, args.with_away) {
        (true, _) => FaceTable::NotFound,
        (false, true) => FaceTable::WithAway,
        (false, false) => FaceTable::Present,
    };
    export::table(&library, which, args.format.into(), &mut out)?;
    out.flush().map_err(ExportError::Output)?;
    Ok(())
}
