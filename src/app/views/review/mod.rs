//! What waits for an answer: one question at a time, the one that saves most first; beside it, on a page of their own,
//! the suggestions person by person and the largest groups that have no name yet.

mod answers;
mod question;
mod sides;
mod suggestions;

use std::collections::HashSet;
use std::sync::Arc;

use egui::{Align, Layout, Rect, Ui, UiBuilder, vec2};

use crate::app::state::cached::{Cached, Version};
use crate::app::state::queries::Suggestions;
use crate::app::state::selection::Shown;
use crate::app::theme::{GAP_L, GAP_S};
use crate::app::views::context::ViewContext;
use crate::app::widgets::dates::{counted, thousands};
use crate::app::widgets::empty::{empty_ui, reading_ui};
use crate::curate::{QuestionKey, QuestionKind, Queued, WORTH_ASKING};
use sides::KnownSides;
use suggestions::SuggestionsState;

/// Height of the line with the two pages and the progress.
const HEAD: f32 = 44.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    Questions,
    Suggestions,
}

/// What the page remembers.
#[derive(Debug, Default)]
pub struct ReviewState {
    /// What was chosen; until then, questions if there are any.
    page: Option<Page>,
    /// "Not sure", until the window is closed.
    skipped: HashSet<QuestionKey>,
    /// Answered, and still in the queue that was read before.
    answered: HashSet<QuestionKey>,
    /// Another number after every change of the two.
    revision: u64,
    answers_since_grouping: usize,
    open: Cached<(Version<Vec<Queued>>, u64), Arc<OpenQuestions>>,
    sides: KnownSides,
    next_sides: KnownSides,
    suggestions: SuggestionsState,
}

/// What of the queue is asked here.
#[derive(Debug)]
struct OpenQuestions {
    /// Where the questions neither answered nor skipped are in the queue.
    rows: Vec<usize>,
    /// Corrections that their answers are expected to save.
    gain: f64,
    /// Those not skipped.
    waiting: usize,
}

impl ReviewState {
    fn skip(&mut self, key: QuestionKey) {
        self.skipped.insert(key);
        self.revision += 1;
    }

    fn ask_again(&mut self) {
        self.skipped.clear();
        self.revision += 1;
    }

    fn answer(&mut self, key: QuestionKey) {
        self.answered.insert(key);
        self.revision += 1;
    }

    fn open_questions(&mut self, queue: &Arc<Vec<Queued>>) -> Arc<OpenQuestions> {
        let (skipped, answered) = (&self.skipped, &mut self.answered);
        let source = (Version::of(queue), self.revision);
        let open = self.open.get(source, |_| {
            Arc::new(open_questions(queue, skipped, answered))
        });
        open.clone()
    }
}

fn open_questions(
    queue: &[Queued],
    skipped: &HashSet<QuestionKey>,
    answered: &mut HashSet<QuestionKey>,
) -> OpenQuestions {
    if !answered.is_empty() {
        let there: HashSet<QuestionKey> =
            queue.iter().map(|queued| queued.question.key()).collect();
        // Gone from the queue, it may come back: by undo.
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

/// What was read for the page.
struct Read {
    queue: Arc<Vec<Queued>>,
    suggestions: Arc<Vec<Suggestions>>,
    open: Arc<OpenQuestions>,
    page: Page,
}

fn read(cx: &mut ViewContext<'_>) -> Option<Read> {
    let (queue, suggestions) = (cx.details.review(), cx.details.suggestions());
    let (queue, suggestions) = (queue?, suggestions?);
    let open = cx.view_state.review.open_questions(&queue);
    let page = match cx.view_state.review.page {
        Some(page) => page,
        None if !open.rows.is_empty() => Page::Questions,
        None => Page::Suggestions,
    };
    Some(Read {
        queue,
        suggestions,
        open,
        page,
    })
}

/// What the place shows: faces on the page of suggestions, nothing to select on that of questions.
pub fn prepare(cx: &mut ViewContext<'_>) -> Shown {
    match read(cx) {
        Some(read) if read.page == Page::Suggestions => {
            Shown::Faces(suggestions::order(cx, &read.suggestions))
        }
        _ => Shown::Nothing,
    }
}

/// Draws the page.
pub fn review_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let Some(read) = read(cx) else {
        return reading_ui(ui, "Looking for questions worth asking…");
    };
    head_ui(ui, cx, &read);
    match (read.page, read.open.rows.as_slice()) {
        (Page::Suggestions, _) => suggestions::suggestions_ui(ui, cx, &read.suggestions),
        (Page::Questions, [row, others @ ..]) => {
            // What the next page shows is read before it is wanted.
            if let Some(next) = others.first() {
                sides::read_ahead(cx, &read.queue, *next);
            }
            question::question_ui(ui, cx, &read.queue, *row, others.is_empty());
        }
        (Page::Questions, []) => nothing_left_ui(ui, cx, &read.suggestions),
    }
}

/// Suggestions have a page of their own.
fn is_asked_here(queued: &Queued) -> bool {
    queued.gain >= WORTH_ASKING && queued.question.kind() != QuestionKind::Suggestion
}

/// How many questions wait, as far as the queue was read.
pub fn waiting_questions(cx: &mut ViewContext<'_>) -> usize {
    let Some(queue) = cx.details.known_review().cloned() else {
        return 0;
    };
    cx.view_state.review.open_questions(&queue).waiting
}

/// The two pages to choose from, and how much is left.
fn head_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, read: &Read) {
    let questions = read.open.rows.len();
    let place = ui.available_rect_before_wrap();
    let head =
        Rect::from_min_size(place.min, vec2(place.width(), HEAD)).shrink2(vec2(GAP_L, GAP_S));
    let suggested: usize = read
        .suggestions
        .iter()
        .map(|person| person.faces.len())
        .sum();
    ui.scope_builder(
        UiBuilder::new()
            .max_rect(head)
            .layout(Layout::left_to_right(Align::Center)),
        |ui| {
            for (choice, words, count) in [
                (Page::Questions, "Questions", questions),
                (Page::Suggestions, "Suggestions and names", suggested),
            ] {
                let words = match count {
                    0 => words.to_owned(),
                    count => format!("{words} {}", thousands(count as u64)),
                };
                if ui.selectable_label(read.page == choice, words).clicked() {
                    cx.view_state.review.page = Some(choice);
                    cx.selection.faces.hide();
                }
            }
            if read.page == Page::Questions && questions > 0 {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(cx.tokens.small(progress(&read.open)));
                });
            }
        },
    );
    ui.advance_cursor_after_rect(Rect::from_min_size(place.min, vec2(place.width(), HEAD)));
}

/// "12 questions left · about 8 corrections saved".
fn progress(open: &OpenQuestions) -> String {
    let left = counted(open.rows.len() as u64, "question", "questions");
    let saved = counted(
        (open.gain.round() as u64).max(1),
        "correction",
        "corrections",
    );
    format!("{left} left · about {saved} saved")
}

fn nothing_left_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, suggestions: &[Suggestions]) {
    let state = &mut cx.view_state.review;
    let skipped = state.skipped.len();
    let sentence = if skipped == 0 {
        "Nothing is uncertain enough to ask about. Name people and answer suggestions; after the next scan there may be more questions."
    } else {
        "All that is left are questions you were not sure about."
    };
    empty_ui(ui, "No questions left", sentence, |ui| {
        if skipped > 0 {
            let words = counted(skipped as u64, "question", "questions");
            if ui.button(format!("Ask {words} again")).clicked() {
                state.ask_again();
            }
        } else {
            let words = if suggestions.is_empty() {
                "Name people"
            } else {
                "Answer suggestions"
            };
            if ui.button(words).clicked() {
                state.page = Some(Page::Suggestions);
            }
        }
    });
}
