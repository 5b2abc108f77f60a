//! Everything a person can do to the groups, undoable; grouping and identification.
//!
//! [`execute`] carries out a [`Command`]: it checks it, changes the library and enters it into the journal, in one
//! transaction. [`undo`] and [`redo`] go through the journal without limit, also after a restart.

mod by_face;
mod claims;
mod command;
mod decisions;
mod error;
mod faces;
mod history;
mod identify;
mod keep_apart;
mod merge;
mod name;
mod newcomers;
mod regroup;
mod review;
mod sentence;
mod split;
mod standing;
mod verdict;
mod whole_grouping;

pub use command::{Command, MoveTarget, Outcome};
pub use error::CurateError;
pub use history::{HistoryRow, history, redo, undo};
pub use identify::{Gallery, Identification, identify};
pub use name::NAME_LENGTH;
#[doc(hidden)]
pub use regroup::group_again_from;
pub use regroup::{RegroupStep, RegroupSummary, group_again, group_dendrogram, regroup};
pub use review::{
    Answer, Question, QuestionKey, QuestionKind, Queued, ReviewCache, WORTH_ASKING, review_queue,
};
pub use split::MOST_PIECES;
pub use verdict::library_cut;

use crate::library::{Edit, Library, Mark};

/// Carries out a command. One that would change nothing is refused with [`CurateError::NothingToDo`].
pub fn execute(library: &mut Library, command: Command) -> Result<Outcome, CurateError> {
    let verdicts = verdict::verdicts(library, &command)?;
    let mut edit = library.edit()?;
    let sentence = apply(&mut edit, &command)?;
    if edit.changes().is_empty() {
        return Err(CurateError::NothingToDo);
    }
    let changed = history::Changed::forward(edit.changes());
    let recorded = verdict::Recorded {
        command: &command,
        verdicts,
    };
    let shown_anew = edit.touched_groups()?;
    let entry = edit.commit(&recorded, &sentence)?;
    tracing::info!(%entry, sentence);
    Ok(changed.outcome(entry, sentence, shown_anew))
}

/// The effect of a command, and the sentence that tells it.
fn apply(edit: &mut Edit<'_>, command: &Command) -> Result<String, CurateError> {
    match command {
        Command::Name { group, name } => name::name_group(edit, *group, name),
        Command::DeleteName { group } => name::delete_name(edit, *group),
        Command::NameFaces { faces, name } => name::name_faces(edit, faces, name),
        Command::Merge { from, into } => merge::merge(edit, from, *into),
        Command::KeepApart { groups } => keep_apart::keep_apart(edit, *groups),
        Command::SplitFaces { group, faces } => split::split_faces(edit, *group, faces),
        Command::SplitAt { group, pieces } => split::split_at(edit, *group, pieces),
        Command::Move { faces, to } => faces::move_faces(edit, faces, *to),
        Command::Confirm { faces } => faces::confirm(edit, faces),
        Command::Belong { faces, with } => faces::confirm(edit, &[faces.as_slice(), with].concat()),
        Command::Reject { faces } => faces::reject(edit, faces),
        Command::Ignore { faces } => faces::mark(edit, faces, Mark::Ignored),
        Command::NotAFace { faces } => faces::mark(edit, faces, Mark::NotAFace),
        Command::Restore { faces } => faces::restore(edit, faces),
        Command::SetCover { group, face } => faces::set_cover(edit, *group, *face),
    }
}
