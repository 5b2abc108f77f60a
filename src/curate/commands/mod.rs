//! Commands: each is checked, executed and added to the journal in one transaction.

mod command;
mod different_people;
mod faces;
mod merge;
mod message;
mod name;
mod place;
mod split;

pub use command::{Command, MoveTarget, Outcome};
pub use name::MAX_NAME_LENGTH;
pub use split::MAX_PIECES;

use super::CurateError;
use super::history::Changed;
use super::pair_answers::{self, RecordedCommand};
use crate::library::{Edit, Library, Mark};

/// Executes a command. One that would change nothing fails with [`CurateError::NothingToDo`].
pub fn execute(library: &mut Library, command: Command) -> Result<Outcome, CurateError> {
    let answers = pair_answers::answers(library, &command)?;
    let mut edit = library.edit()?;
    let message = apply(&mut edit, &command)?;
    if edit.changes().is_empty() {
        return Err(CurateError::NothingToDo);
    }
    let changed = Changed::forward(edit.changes());
    let recorded = RecordedCommand {
        command: &command,
        answers,
    };
    let changed_groups = edit.touched_groups()?;
    let entry = edit.commit(&recorded, &message)?;
    tracing::info!(%entry, message);
    Ok(changed.outcome(entry, message, changed_groups))
}

/// Applies a command and returns its message.
fn apply(edit: &mut Edit<'_>, command: &Command) -> Result<String, CurateError> {
    match command {
        Command::Name { group, name } => name::name_group(edit, *group, name),
        Command::DeleteName { group } => name::delete_name(edit, *group),
        Command::NameFaces { faces, name } => name::name_faces(edit, faces, name),
        Command::Merge { from, into } => merge::merge(edit, from, *into),
        Command::DifferentPeople { groups } => different_people::different_people(edit, *groups),
        Command::SplitFaces { group, faces } => split::split_faces(edit, *group, faces),
        Command::SplitAt { group, pieces } => split::split_at(edit, *group, pieces),
        Command::Move { faces, to } => faces::move_faces(edit, faces, *to),
        Command::Confirm { faces } => faces::confirm(edit, faces),
        Command::Belong { faces, with } => faces::confirm(edit, &[faces.as_slice(), with].concat()),
        Command::Reject { faces } => faces::reject(edit, faces),
        Command::Ignore { faces } => faces::mark(edit, faces, Mark::Ignored),
        Command::NotAFace { faces } => faces::mark(edit, faces, Mark::NotAFace),
        Command::Restore { faces } => faces::restore(edit, faces),
        Command::Place { missing, face } => place::place(edit, *missing, *face),
        Command::SetCover { group, face } => faces::set_cover(edit, *group, *face),
    }
}
