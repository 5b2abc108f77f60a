//! `kinfolk move`: faces go to another group or person.

use clap::Args;

use super::error::CliError;
use super::named_faces::{FACE_HELP, NamedFaces, find_group, person_called};
use super::open::LibraryChoice;
use super::output;
use crate::curate::{self, Command, MoveTarget};
use crate::library::{GroupId, Library};

/// What `--to` says for a group that is not there yet.
const NEW: &str = "new";

/// Move faces to another group or person, and confirm them there
#[derive(Args)]
#[command(after_help = format!("\
A name that nobody has makes a new person. For a person who is called like a number, or \"new\", give the number of
their group. `kinfolk undo` takes it back.

{FACE_HELP}

Examples:
  kinfolk move 103 118 --to Maria
  kinfolk move 2019/beach.jpg#2 --to 12
  kinfolk move 103 --to new            a new group without a name"))]
pub struct MoveArgs {
    #[command(flatten)]
    named: NamedFaces,

    /// A group's number, a person's name, or "new"
    #[arg(long, value_name = "GROUP")]
    to: String,
}

pub fn run(choice: &LibraryChoice, args: &MoveArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let faces = args.named.find(&library)?;
    let command = match target(&library, &args.to)? {
        Some(to) => Command::Move { faces, to },
        None => Command::NameFaces {
            faces,
            name: args.to.clone(),
        },
    };
    let outcome = curate::execute(&mut library, command)?;
    let created: Vec<String> = outcome.created.iter().map(GroupId::to_string).collect();
    output::print_line(&match created.as_slice() {
        [] => outcome.message,
        [group, ..] => format!("{} (group {group})", outcome.message),
    })
}

/// The group that is there, or none for a person who is to be made.
fn target(library: &Library, to: &str) -> Result<Option<MoveTarget>, CliError> {
    if to == NEW {
        return Ok(Some(MoveTarget::NewGroup));
    }
    let is_number = to.parse::<GroupId>().is_ok();
    if !is_number && person_called(library, to)?.is_none() {
        return Ok(None);
    }
    Ok(Some(MoveTarget::Group(find_group(library, to)?)))
}
