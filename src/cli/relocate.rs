//! `kinfolk relocate`: a scanned folder lies elsewhere now.

use std::path::PathBuf;

use clap::Args;

use super::error::CliError;
use super::open::LibraryChoice;
use super::{interrupt, output, terminal};
use crate::scan;
use crate::text::counted;

/// Say that a scanned folder was moved or renamed
#[derive(Args)]
#[command(after_help = "\
The photos keep their people. A photo is known at the new place by the same relative path and content. `kinfolk scan` of
the new place notices a move by itself where the former folder is gone; this command also takes back the copies that an
earlier scan made of the photos there. Photos that are not found stay in the library as away, with their people. `kinfolk
undo` does not take it back: `kinfolk relocate NEW OLD` does, once the folder is there again.

Examples:
  kinfolk relocate /media/old/Pictures /media/new/Pictures
  kinfolk relocate ~/Pictures/2019 ~/Archive/2019")]
pub struct RelocateArgs {
    /// The folder as it was when it was scanned
    old: PathBuf,

    /// Where it is now
    new: PathBuf,
}

pub fn run(choice: &LibraryChoice, args: &RelocateArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let stop = interrupt::watch(|| {});
    let bar = terminal::working_bar();
    bar.set_message("looking for the photos");
    let relocated = scan::relocate(&mut library, &args.old, &args.new, &stop);
    bar.finish_and_clear();
    let relocated = relocated?;
    let mut lines = vec![format!(
        "{} found in {:?}",
        counted(relocated.found, "photo"),
        args.new
    )];
    if !relocated.not_found.is_empty() {
        lines.push(format!(
            "{} not found there:",
            counted(relocated.not_found.len() as u64, "photo")
        ));
        let places = relocated.not_found.iter();
        lines.extend(places.map(|place| format!("  {place:?}")));
    }
    lines.push(
        "`kinfolk undo` does not take this back; a relocation the other way round does".to_owned(),
    );
    output::print_line(&lines.join("\n"))
}
