//! `kinfolk faces`: the table of faces on standard output.

use std::io::Write as _;

use clap::Args;

use super::error::CliError;
use super::open::LibraryChoice;
use super::output::{Format, Stdout};
use crate::export::{self, ExportError};

/// List every face: where it is, how sure, and whose
#[derive(Args)]
#[command(after_help = "\
Columns: root,path,x,y,width,height,score,face,cluster,person,state. The box is in pixels of the upright photo, `path`
is relative to `root`, an empty `cluster` means a face on its own, `state` is unclear, ungrouped, automatic, confirmed,
ignored or not-a-face. In CSV, text that a spreadsheet would run as a formula (it begins with = + - @) has a ' in front.

Examples:
  kinfolk faces > faces.csv
  kinfolk faces --format json | jq '.[] | select(.person == \"Maria\") | .path'")]
pub struct FacesArgs {
    /// How to print the table
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
}

pub fn run(choice: &LibraryChoice, args: &FacesArgs) -> Result<(), CliError> {
    let library = choice.open_to_read()?;
    let mut out = Stdout::lock();
    export::table(&library, args.format.into(), &mut out)?;
    out.flush().map_err(ExportError::Output)?;
    Ok(())
}
