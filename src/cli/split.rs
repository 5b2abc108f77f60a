//! `kinfolk split`: faces of another person leave their group.

use std::collections::BTreeMap;

use clap::Args;

use super::cluster::distance;
use super::error::CliError;
use super::open::LibraryChoice;
use super::{interrupt, output, terminal};
use crate::curate::{self, Command, CurateError};
use crate::library::{FaceId, GroupId, Library};

/// Split a group: by chosen faces, or where its faces differ most
#[derive(Args)]
#[command(after_help = "\
The numbers of faces are in the column `face` of `kinfolk faces`. `kinfolk undo` undoes the split; Ctrl-C stops it, and
nothing changes. In a group of more than 4,000 faces, very similar faces stay together.

Examples:
  kinfolk split 12 --faces 103,118     these two leave group 12
  kinfolk split 12 --pieces 3          cut group 12 into the three pieces that differ most
  kinfolk split 12 --cut 0.45          cut group 12 where its parts are more than 0.45 apart")]
pub struct SplitArgs {
    /// The group
    group: GroupId,

    #[command(flatten)]
    how: How,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct How {
    /// Faces that leave the group, separated by commas
    #[arg(long, value_name = "FACE,...", value_delimiter = ',')]
    faces: Option<Vec<FaceId>>,

    /// Average cosine distance at which to cut, 0 to 2, as in `kinfolk cluster --threshold`
    #[arg(long, value_name = "D", value_parser = distance)]
    cut: Option<f32>,

    /// Number of pieces to cut into
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    pieces: Option<u32>,
}

pub fn run(choice: &LibraryChoice, args: &SplitArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let command = match &args.how.faces {
        Some(faces) => Command::SplitFaces {
            group: args.group,
            faces: faces.clone(),
        },
        None => Command::SplitAt {
            group: args.group,
            pieces: pieces(&library, args)?,
        },
    };
    let outcome = curate::execute(&mut library, command)?;
    let created: Vec<String> = outcome.created.iter().map(GroupId::to_string).collect();
    output::print_line(&format!(
        "{} New groups: {}",
        outcome.message,
        created.join(", ")
    ))
}

/// The pieces into which the dendrogram of the group is cut.
fn pieces(library: &Library, args: &SplitArgs) -> Result<Vec<Vec<FaceId>>, CliError> {
    if library.group(args.group)?.is_none() {
        return Err(CurateError::UnknownGroup(args.group).into());
    }
    let stop = interrupt::watch(|| {});
    let bar = terminal::working_bar();
    bar.set_message("clustering the group");
    let tree = curate::group_dendrogram(library, args.group, &stop);
    bar.finish_and_clear();
    let (faces, dendrogram) = tree?;
    let labels = match (args.how.cut, args.how.pieces) {
        (Some(cut), _) => dendrogram.cut(cut),
        (None, wanted) => dendrogram.pieces(wanted.unwrap_or(2) as usize),
    };
    let mut pieces: BTreeMap<u32, Vec<FaceId>> = BTreeMap::new();
    for (face, label) in faces.into_iter().zip(labels) {
        pieces.entry(label).or_default().push(face);
    }
    if pieces.len() < 2 {
        return Err(CliError::Failed(format!(
            "a cut there does not divide group {}: try a smaller --cut, or --faces",
            args.group
        )));
    }
    Ok(pieces.into_values().collect())
}
