//! Everything a person can do to the groups, undoable; grouping and identification.
//!
//! [`execute`] carries out a [`Command`]: it checks it, changes the library and enters it into the journal, in one
//! transaction. [`undo`] and [`redo`] go through the journal without limit, also after a restart.

mod by_face;
mod commands;
mod error;
mod grouping;
mod history;
mod identify;
mod pair_answers;
mod review;

pub use commands::{Command, MAX_NAME_LENGTH, MAX_PIECES, MoveTarget, Outcome, execute};
pub use error::CurateError;
#[doc(hidden)]
pub use grouping::group_again_from;
pub use grouping::{RegroupStep, RegroupSummary, group_again, group_dendrogram, regroup};
pub use history::{HistoryRow, history, redo, undo};
pub use identify::{Gallery, Identification, identify};
pub use pair_answers::library_cut;
pub use review::{
    Answer, MIN_GAIN, Question, QuestionKey, QuestionKind, QueuedQuestion, ReviewCache,
    review_queue,
};
