//! `kinfolk faces`: the table of faces on standard output.

use std::io::Write as _;

use clap::{Args, ValueEnum};

use super::error::CliError;
use super::open::LibraryChoice;
use super::output::{Format, Stdout};
use crate::export::{self, ExportError, FaceTable, TableOptions};

/// List every face that is there: where it is, how sure, and whose
#[derive(Args)]
#[command(after_help = "\
Columns: root,path,x,y,width,height,score,face,cluster,person,state. The box is in pixels of the upright photo, `path`
is relative to `root`, an empty `cluster` means a face on its own, `state` is unclear, ungrouped, automatic, confirmed,
ignored or not-a-face. In CSV, text that a spreadsheet would run as a formula (it begins with = + - @) has a ' in front.

Faces in photos that are gone (deleted, or on a drive that is away), and faces that a changed photo no longer shows, do
not count and are left out; what was decided about them is kept. --with-away and --not-found add a column `presence`:
empty, away or not-found. The cells of the box are empty where a face was not found; `kinfolk place` says which face of a
photo it is.

--measures adds quality (as a cover, 0 to 1), side (pixels), sharpness, norm (of the embedding) and what a face mesh tells:
face_flag (0 to 1), yaw, pitch and roll (degrees: to the person's left, up, clockwise), eyes_open (height by width) and
smile. A cell is empty where that was not measured.

Examples:
  kinfolk faces > faces.csv
  kinfolk faces --not-found
  kinfolk faces --sort best --measures      the best shots first
  kinfolk faces --format json | jq '.[] | select(.person == \"Maria\") | .path'")]
pub struct FacesArgs {
    /// How to print the table
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,

    /// Also list the faces that are away or not found in their photo any more
    #[arg(long)]
    with_away: bool,

    /// The order of the faces
    #[arg(long, value_enum, default_value_t = Sort::Path)]
    sort: Sort,

    /// Add columns of what was measured of each face
    #[arg(long)]
    measures: bool,

    /// List only the faces that a changed photo no longer shows
    #[arg(long, conflicts_with = "with_away")]
    not_found: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sort {
    /// By folder and path
    Path,
    /// The best shot first: large, sharp, looking into the camera with open eyes
    Best,
}

pub fn run(choice: &LibraryChoice, args: &FacesArgs) -> Result<(), CliError> {
    let library = choice.open_to_read()?;
    let mut out = Stdout::lock();
    let which = match (args.not_found, args.with_away) {
        (true, _) => FaceTable::NotFound,
        (false, true) => FaceTable::WithAway,
        (false, false) => FaceTable::Present,
    };
    let options = TableOptions {
        which,
        measures: args.measures,
        best_first: args.sort == Sort::Best,
    };
    export::table(&library, options, args.format.into(), &mut out)?;
    out.flush().map_err(ExportError::Output)?;
    Ok(())
}
