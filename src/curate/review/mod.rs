//! What to ask a person next: the questions whose answers save most corrections first.
//!
//! A question is worth the corrections that it saves, times the probability that it does ([`QueuedQuestion::gain`]):
//!
//! | question | probability | corrections saved |
//! |---|---|---|
//! | are these two groups one person? | that they are | 1 merge, and those that it unlocks |
//! | is this group two people? | that its two halves are not one | 1 split |
//! | does this face belong to its group? | that it does not | 1 split |
//! | are these faces the person? | that one is not, added up over the faces | 1 each |
//!
//! The probability is [`Sameness`]'s, by the mean distance of the two sides. Answers are ordinary commands
//! ([`Question::command`]): they bind every later grouping, and teach ([`crate::curate::library_cut`]).

mod cache;
mod context;
mod groups;
mod known_faces;
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

/// Questions less likely to save anything are not asked.
const MIN_PROBABILITY: f64 = 0.02;

/// The gain from which a question is worth somebody's time: one in five saves a correction.
pub const MIN_GAIN: f64 = 0.2;

/// A question in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuedQuestion {
    pub question: Question,
    /// Faces of the two sides.
    pub faces: (u32, u32),
    /// Mean cosine distance between the two sides, 0 to 2.
    pub distance: f32,
    /// That the two sides are one person, 0 to 1.
    pub probability: f64,
    /// Corrections that the answer is expected to save.
    pub gain: f64,
}

/// The questions of a library, the most useful first, without those `skipped`. What was answered is never asked again. Who asks
/// more than once keeps a [`ReviewCache`].
pub fn review_queue(
    library: &Library,
    skipped: &HashSet<QuestionKey>,
    stop: &StopFlag,
) -> Result<Vec<QueuedQuestion>, CurateError> {
    ReviewCache::default().queue(library, skipped, stop)
}
