//! `kinfolk forget`: a folder and all that came from it leave the library.

use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::error::CliError;
use super::open::LibraryChoice;
use super::output;
use crate::library::{Forgetting, Library};
use crate::photo::spellings;
use crate::text::counted;

/// Take a folder and all that came from it out of the library
#[derive(Args)]
#[command(after_help = "\
Says first what would go: the photos, their faces, and what was decided about these. That cannot be undone. The photos
themselves are not touched, and names stay, also of people who have no photo left. The folder need not exist any more;
it may be a part of a scanned folder, or one photo. Scanning the folder again brings the photos back, without names.

Examples:
  kinfolk forget /media/camera
  kinfolk forget ~/Pictures/Screenshots --yes")]
pub struct ForgetArgs {
    /// The folder
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub fn run(choice: &LibraryChoice, args: &ForgetArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let Some((folder, forgetting)) = known_spelling(&library, &args.folder)? else {
        return Err(CliError::Failed(format!(
            "the library knows no photo in {:?}: `kinfolk faces --with-away` lists the folders",
            args.folder
        )));
    };
    let preview = preview(&folder, &forgetting);
    if !args.yes {
        output::print_line(&preview)?;
        if !is_agreed()? {
            return Err(CliError::Failed(
                "nothing was forgotten: answer y, or say --yes".into(),
            ));
        }
    }
    let forgotten = library.forget(&folder)?;
    output::print_line(&format!(
        "Forgot {:?}: {}, {}",
        folder,
        counted(forgotten.photos, "photo"),
        counted(forgotten.faces, "face")
    ))
}

/// The folder as the library spells it, with what would go. A folder without photos counts if it was scanned.
fn known_spelling(
    library: &Library,
    folder: &Path,
) -> Result<Option<(PathBuf, Forgetting)>, CliError> {
    let roots = library.roots()?;
    for spelling in spellings(folder) {
        let forgetting = library.forgetting(&spelling)?;
        if forgetting.photos > 0 || roots.iter().any(|root| root.path == spelling) {
            return Ok(Some((spelling, forgetting)));
        }
    }
    Ok(None)
}

fn preview(folder: &Path, forgetting: &Forgetting) -> String {
    let mut text = format!(
        "{:?} in the library: {}, {}, {} of them confirmed",
        folder,
        counted(forgetting.photos, "photo"),
        counted(forgetting.faces, "face"),
        forgetting.confirmed
    );
    let names = &forgetting.people_without_photos;
    if !names.is_empty() {
        let has = if names.len() == 1 { "has" } else { "have" };
        text += &format!(
            "\n{} {has} no photo elsewhere: {}",
            counted(names.len() as u64, "name"),
            names.join(", ")
        );
    }
    text
}

fn is_agreed() -> Result<bool, CliError> {
    let mut out = io::stdout().lock();
    write!(out, "Forget all of this? It cannot be undone. [y/N] ")
        .and_then(|()| out.flush())
        .map_err(CliError::Output)?;
    let mut answer = String::new();
    // An answer that cannot be read is none.
    io::stdin().lock().read_line(&mut answer).ok();
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}
