//! The review: one question at a time, the most useful first; on a second tab the suggestions by person, and the
//! largest unnamed groups.

mod answers;
mod question;
mod sides;
mod state;
mod suggestions;

use std::sync::Arc;

use egui::{Align, Layout, Rect, Ui, UiBuilder, vec2};

use crate::app::state::queries::Suggestions;
use crate::app::state::selection::Shown;
use crate::app::theme::{GAP_L, GAP_S};
use crate::app::views::context::ViewContext;
use crate::app::widgets::counts::{counted, thousands};
use crate::app::widgets::empty::{empty_ui, reading_ui};
use crate::curate::QueuedQuestion;
pub use state::ReviewState;
use state::{OpenQuestions, Tab};

/// Height of the line with the tabs and the progress.
const HEAD_HEIGHT: f32 = 44.0;

/// The data of the page.
struct Read {
    queue: Arc<Vec<QueuedQuestion>>,
    suggestions: Arc<Vec<Suggestions>>,
    open: Arc<OpenQuestions>,
    tab: Tab,
}

fn read(cx: &mut ViewContext<'_>, state: &mut ReviewState) -> Option<Read> {
    let (queue, suggestions) = (cx.queries.review(), cx.queries.suggestions());
    let (queue, suggestions) = (queue?, suggestions?);
    let open = state.open_questions(&queue);
    let tab = match state.tab {
        Some(tab) => tab,
        None if !open.rows.is_empty() => Tab::Questions,
        None => Tab::Suggestions,
    };
    Some(Read {
        queue,
        suggestions,
        open,
        tab,
    })
}

/// What the page shows: faces on the tab of suggestions, nothing to select on that of questions.
pub fn prepare(cx: &mut ViewContext<'_>, state: &mut ReviewState) -> Shown {
    match read(cx, state) {
        Some(read) if read.tab == Tab::Suggestions => Shown::Faces(suggestions::order(
            cx,
            &mut state.suggestions,
            &read.suggestions,
        )),
        _ => Shown::Nothing,
    }
}

pub fn review_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut ReviewState) {
    let Some(read) = read(cx, state) else {
        return reading_ui(ui, "Looking for useful questions…");
    };
    head_ui(ui, cx, state, &read);
    match (read.tab, read.open.rows.as_slice()) {
        (Tab::Suggestions, _) => {
            suggestions::suggestions_ui(ui, cx, &mut state.suggestions, &read.suggestions)
        }
        (Tab::Questions, [row, others @ ..]) => {
            // Read the data of the next question in advance.
            if let Some(next) = others.first() {
                sides::read_ahead(cx, &mut state.next_sides, &read.queue, *next);
            }
            question::question_ui(ui, cx, state, &read.queue, *row, others.is_empty());
        }
        (Tab::Questions, []) => nothing_left_ui(ui, state, &read.suggestions),
    }
}

/// The two tabs, and how many questions are left.
fn head_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut ReviewState, read: &Read) {
    let questions = read.open.rows.len();
    let area = ui.available_rect_before_wrap();
    let head =
        Rect::from_min_size(area.min, vec2(area.width(), HEAD_HEIGHT)).shrink2(vec2(GAP_L, GAP_S));
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
            for (choice, label, count) in [
                (Tab::Questions, "Questions", questions),
                (Tab::Suggestions, "Suggestions and names", suggested),
            ] {
                let label = match count {
                    0 => label.to_owned(),
                    count => format!("{label} {}", thousands(count as u64)),
                };
                if ui.selectable_label(read.tab == choice, label).clicked() {
                    state.tab = Some(choice);
                    cx.selection.faces.hide();
                }
            }
            if read.tab == Tab::Questions && questions > 0 {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(cx.tokens.small(progress(&read.open)));
                });
            }
        },
    );
    ui.advance_cursor_after_rect(Rect::from_min_size(
        area.min,
        vec2(area.width(), HEAD_HEIGHT),
    ));
}

/// "12 questions left · about 8 edits saved".
fn progress(open: &OpenQuestions) -> String {
    let left = counted(open.rows.len() as u64, "question");
    let saved = counted((open.gain.round() as u64).max(1), "edit");
    format!("{left} left · about {saved} saved")
}

fn nothing_left_ui(ui: &mut Ui, state: &mut ReviewState, suggestions: &[Suggestions]) {
    let skipped = state.skipped.len();
    let message = if skipped == 0 {
        "No open questions. Name people and answer suggestions; the next scan may bring more questions."
    } else {
        "Only questions that you answered with “Not sure” are left."
    };
    empty_ui(ui, "No questions left", message, |ui| {
        if skipped > 0 {
            let label = counted(skipped as u64, "question");
            if ui.button(format!("Ask {label} again")).clicked() {
                state.restore_skipped();
            }
        } else {
            let label = if suggestions.is_empty() {
                "Name people"
            } else {
                "Answer suggestions"
            };
            if ui.button(label).clicked() {
                state.tab = Some(Tab::Suggestions);
            }
        }
    });
}
