//! `kinfolk label`: names for many faces at once, from a table.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use clap::Args;

use super::error::CliError;
use super::labels::{match_labels, read_labels};
use super::open::LibraryChoice;
use super::{output, terminal};
use crate::curate::{self, Command};
use crate::library::{FaceRow, FaceState, GroupId, Library, name_key};
use crate::text::counted;

/// Name faces in bulk from a table
#[derive(Args)]
#[command(after_help = "\
The table has the columns path,person and optionally a box of the face, x,y,width,height, in pixels of the upright photo.
A path is relative to a scanned folder, or absolute. Without a box the row names the principal face of the photo: the one
nearest to the centre, relative to its own size. Each named person is one entry of `kinfolk history` and can be undone.
Tables are read as spreadsheets write them: commas, semicolons or tabs; UTF-8, UTF-16 or Windows-1252; decimal points or
commas. Rows that match no photo or no face are reported and skipped. Run `kinfolk cluster` afterwards to group with the
names.

Examples:
  kinfolk label family.csv
  kinfolk faces > faces.csv       after filling in the column `person` by hand: kinfolk label faces.csv")]
pub struct LabelArgs {
    /// The table: one row per line, with a header line
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
}

pub fn run(choice: &LibraryChoice, args: &LabelArgs) -> Result<(), CliError> {
    let labels = read_labels(&args.file)?;
    let mut library = choice.open()?;
    let matched = match_labels(&library, labels)?;
    for (line, why) in &matched.skipped {
        terminal::say(&format!(
            "kinfolk: {:?}, line {line}: skipped: {why}",
            args.file
        ));
    }
    let named = name_all(&mut library, matched.faces)?;
    output::print_line(&format!(
        "{} named, {} named before, {} skipped",
        counted(named.now, "face"),
        named.before,
        counted(matched.skipped.len() as u64, "row"),
    ))?;
    if named.now + named.before == 0 {
        return Err(CliError::Failed(format!(
            "no row of {:?} matches a face: scan the photos first, and give paths relative to the scanned folder",
            args.file
        )));
    }
    Ok(())
}

struct Named {
    now: u64,
    before: u64,
}

/// One command for each person. Faces that people have given this name before are left unchanged.
fn name_all(
    library: &mut Library,
    faces: BTreeMap<String, Vec<FaceRow>>,
) -> Result<Named, CliError> {
    let people: HashMap<GroupId, String> = library
        .people()?
        .into_iter()
        .map(|(group, name)| (group, name_key(&name)))
        .collect();
    let mut named = Named { now: 0, before: 0 };
    for (name, faces) in faces {
        let (before, now): (Vec<FaceRow>, Vec<FaceRow>) = faces.into_iter().partition(|face| {
            face.state == FaceState::Confirmed
                && face.group.and_then(|group| people.get(&group)) == Some(&name_key(&name))
        });
        named.before += before.len() as u64;
        named.now += now.len() as u64;
        if now.is_empty() {
            continue;
        }
        let faces = now.iter().map(|face| face.face_id).collect();
        curate::execute(library, Command::NameFaces { faces, name })?;
    }
    Ok(named)
}
