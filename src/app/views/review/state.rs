//! What the review remembers between frames.

use std::collections::HashSet;
use std::sync::Arc;

use crate::app::state::cached::{Cached, Version};
use crate::app::state::queries::Queries;
use crate::app::views::review::sides::KnownSides;
use crate::app::views::review::suggestions::SuggestionsState;
use crate::curate::{MIN_GAIN, QuestionKey, QuestionKind, QueuedQuestion};

/// The tabs of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Questions,
    Suggestions,
}

#[derive(Debug, Default)]
pub struct ReviewState {
    /// The tab that was chosen; `None`: questions if there are any.
    pub(super) tab: Option<Tab>,
    /// Answered with "Not sure"; kept until the window is closed.
    pub(super) skipped: HashSet<QuestionKey>,
    /// Answered, but still in the queue that was read before.
    answered: HashSet<QuestionKey>,
    /// Increases with every change of the two.
    revision: u64,
    pub(super) answers_since_grouping: usize,
    open: Cached<(Version<Vec<QueuedQuestion>>, u64), Arc<OpenQuestions>>,
    pub(super) sides: KnownSides,
    pub(super) next_sides: KnownSides,
    pub(super) suggestions: SuggestionsState,
}

/// The questions of the queue that are open.
#[derive(Debug)]
pub(super) struct OpenQuestions {
    /// Rows in the queue of the questions that are neither answered nor skipped.
    pub(super) rows: Vec<usize>,
    /// Edits that their answers are expected to save.
    pub(super) gain: f64,
    /// Number of questions that are not skipped.
    pub(super) waiting: usize,
}

impl ReviewState {
    pub(super) fn skip(&mut self, key: QuestionKey) {
        self.skipped.insert(key);
        self.revision += 1;
    }

    pub(super) fn restore_skipped(&mut self) {
        self.skipped.clear();
        self.revision += 1;
    }

    pub(super) fn answer(&mut self, key: QuestionKey) {
        self.answered.insert(key);
        self.revision += 1;
    }

    /// The number of open questions that were read so far.
    pub fn waiting_questions(&mut self, queries: &Queries) -> usize {
        queries
            .known_review()
            .map_or(0, |queue| self.open_questions(queue).waiting)
    }

    pub(super) fn open_questions(
        &mut self,
        queue: &Arc<Vec<QueuedQuestion>>,
    ) -> Arc<OpenQuestions> {
        let (skipped, answered) = (&self.skipped, &mut self.answered);
        let source = (Version::of(queue), self.revision);
        let open = self.open.get(source, |_| {
            Arc::new(open_questions(queue, skipped, answered))
        });
        open.clone()
    }
}

fn open_questions(
    queue: &[QueuedQuestion],
    skipped: &HashSet<QuestionKey>,
    answered: &mut HashSet<QuestionKey>,
) -> OpenQuestions {
    if !answered.is_empty() {
        let there: HashSet<QuestionKey> =
            queue.iter().map(|queued| queued.question.key()).collect();
        // A question that is gone may come back by undo.
        answered.retain(|key| there.contains(key));
    }
    let mut open = OpenQuestions {
        rows: Vec::new(),
        gain: 0.0,
        waiting: 0,
    };
    for (row, queued) in queue.iter().enumerate() {
        let key = queued.question.key();
        if !is_asked_here(queued) || skipped.contains(&key) {
            continue;
        }
        open.waiting += 1;
        if !answered.contains(&key) {
            open.rows.push(row);
            open.gain += queued.gain;
        }
    }
    open
}

/// Whether it is asked on the tab of questions; suggestions have their own tab.
fn is_asked_here(queued: &QueuedQuestion) -> bool {
    queued.gain >= MIN_GAIN && queued.question.kind() != QuestionKind::Suggestion
}
