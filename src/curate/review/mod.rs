//! What to ask next: the questions whose answers save the most edits come first.
//!
//! The gain of a question ([`QueuedQuestion::gain`]) is the number of edits it saves times the probability that it
//! does:
//!
//! | question | probability | edits saved |
//! |---|---|---|
//! | are these two groups one person? | that they are | 1 merge, and the merges that it unlocks |
//! | is this group two people? | that its two halves are not one person | 1 split |
//! | does this face belong to its group? | that it does not | 1 split |
//! | are these faces the person? | that one is not, summed over the faces | 1 each |
//! | is this group the strangers who are ignored? | that it is | 1: ignoring it, too |
//!
//! The probability comes from [`Sameness`](crate::cluster::Sameness) and the mean distance of the two sides. An answer
//! is stored as an ordinary command ([`Question::command`]), which constrains every later grouping and adjusts the
//! library's cut ([`crate::curate::library_cut`]).

mod cache;
mod context;
mod groups;
mod known_faces;
mod like_ignored;
mod outliers;
mod pairs;
mod question;
mod suggestions;

use std::collections::HashSet;

pub use cache::ReviewCache;
pub use question::{Answer, Question, QuestionKey, QuestionKind};

use crate::curate::CurateError;
use crate::library::Library;
use crate::stop::StopFlag;

/// Questions that are less likely to save an edit are not asked.
const MIN_PROBABILITY: f64 = 0.02;

/// Minimum gain of a question worth asking: one in five saves an edit.
pub const MIN_GAIN: f64 = 0.2;

/// A question with its gain.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuedQuestion {
    pub question: Question,
    /// Number of faces of the two sides.
    pub faces: (u32, u32),
    /// Mean cosine distance between the two sides, 0 to 2.
    pub distance: f32,
    /// The probability that the two sides are one person, 0 to 1.
    pub probability: f64,
    /// Expected number of edits that the answer saves.
    pub gain: f64,
}

/// The questions of a library, most useful first, without those in `skipped`. Answered questions are never asked again.
/// Callers that ask repeatedly should keep a [`ReviewCache`].
pub fn review_queue(
    library: &Library,
    skipped: &HashSet<QuestionKey>,
    stop: &StopFlag,
) -> Result<Vec<QueuedQuestion>, CurateError> {
    ReviewCache::default().queue(library, skipped, stop)
}
