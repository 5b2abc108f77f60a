//! Curation: commands with undo and redo, grouping, identification and review.
//!
//! [`execute`] checks a [`Command`], changes the library and adds an entry to the journal, in one transaction.
//! [`undo()`] and [`redo`] move through the whole journal, also after a restart.

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
pub use grouping::{
    RegroupStep, RegroupSummary, group_again, group_dendrogram, group_unless_stopped, regroup,
};
pub use history::{HistoryRow, history, redo, undo};
pub use identify::{Gallery, Identification, identify};
pub use pair_answers::library_cut;
pub use review::{
    Answer, MIN_GAIN, Question, QuestionKey, QuestionKind, QueuedQuestion, ReviewCache,
    review_queue,
};
