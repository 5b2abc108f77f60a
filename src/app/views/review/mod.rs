//! What waits for an answer: one question at a time, the one that saves most first; beside it, on a page of their own,
//! the suggestions person by person and the largest groups that have no name yet.

mod answers;
mod question;
mod sides;
mod suggestions;

use std::collections::HashSet;
use std::sync::Arc;

use egui::{Align, Layout, Rect, Ui, UiBuilder, vec2};

use crate::app::context::ViewContext;
use crate::app::details::Suggestions;
use crate::app::tokens::{GAP_L, GAP_S};
use crate::app::widgets::dates::{counted, thousands};
use crate::app::widgets::empty::{empty_ui, reading_ui};
use crate::curate::{QuestionKey, QuestionKind, Queued, WORTH_ASKING};

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
    answers_since_grouping: usize,
}

/// Draws the page.
pub fn review_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let (Some(queue), Some(suggestions)) = (cx.details.review(), cx.details.suggestions()) else {
        return reading_ui(ui, "Looking for questions worth asking…");
    };
    let questions = open_questions(cx, &queue);
    let page = match cx.view_state.review.page {
        Some(page) => page,
        None if !questions.is_empty() => Page::Questions,
        None => Page::Suggestions,
    };
    head_ui(ui, cx, page, &questions, &suggestions);
    match (page, questions.first()) {
        (Page::Suggestions, _) => suggestions::suggestions_ui(ui, cx, &suggestions),
        (Page::Questions, Some(next)) => {
            // What the next page shows is read before it is wanted.
            for queued in questions.iter().skip(1).take(1) {
                sides::read_ahead(cx, &queued.question);
            }
            question::question_ui(ui, cx, next, questions.len() == 1);
        }
        (Page::Questions, None) => nothing_left_ui(ui, cx, &suggestions),
    }
}

/// The questions worth asking that were neither answered nor skipped.
fn open_questions<'a>(cx: &mut ViewContext<'_>, queue: &'a [Queued]) -> Vec<&'a Queued> {
    let state = &mut cx.view_state.review;
    if !state.answered.is_empty() {
        let there: HashSet<QuestionKey> =
            queue.iter().map(|queued| queued.question.key()).collect();
        // Gone from the queue, it may come back: by undo.
        state.answered.retain(|key| there.contains(key));
    }
    queue
        .iter()
        .filter(|queued| is_asked_here(queued))
        .filter(|queued| {
            let key = queued.question.key();
            !state.answered.contains(&key) && !state.skipped.contains(&key)
        })
        .collect()
}

/// Suggestions have a page of their own.
fn is_asked_here(queued: &Queued) -> bool {
    queued.gain >= WORTH_ASKING && queued.question.kind() != QuestionKind::Suggestion
}

/// How many questions wait, as far as the queue was read.
pub fn waiting_questions(cx: &ViewContext<'_>) -> usize {
    let skipped = &cx.view_state.review.skipped;
    let waits =
        |queued: &&Queued| is_asked_here(queued) && !skipped.contains(&queued.question.key());
    let queue = cx.details.known_review().unwrap_or_default();
    queue.iter().filter(waits).count()
}

/// The two pages to choose from, and how much is left.
fn head_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    page: Page,
    questions: &[&Queued],
    suggestions: &Arc<Vec<Suggestions>>,
) {
    let place = ui.available_rect_before_wrap();
    let head =
        Rect::from_min_size(place.min, vec2(place.width(), HEAD)).shrink2(vec2(GAP_L, GAP_S));
    let suggested: usize = suggestions.iter().map(|person| person.faces.len()).sum();
    ui.scope_builder(
        UiBuilder::new()
            .max_rect(head)
            .layout(Layout::left_to_right(Align::Center)),
        |ui| {
            for (choice, words, count) in [
                (Page::Questions, "Questions", questions.len()),
                (Page::Suggestions, "Suggestions and names", suggested),
            ] {
                let words = match count {
                    0 => words.to_owned(),
                    count => format!("{words} {}", thousands(count as u64)),
                };
                if ui.selectable_label(page == choice, words).clicked() {
                    cx.view_state.review.page = Some(choice);
                }
            }
            if page == Page::Questions && !questions.is_empty() {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(cx.tokens.small(progress(questions)));
                });
            }
        },
    );
    ui.advance_cursor_after_rect(Rect::from_min_size(place.min, vec2(place.width(), HEAD)));
}

/// "12 questions left · about 8 corrections saved".
fn progress(questions: &[&Queued]) -> String {
    let gain: f64 = questions.iter().map(|queued| queued.gain).sum();
    let left = counted(questions.len() as u64, "question", "questions");
    let saved = counted((gain.round() as u64).max(1), "correction", "corrections");
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
                state.skipped.clear();
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
