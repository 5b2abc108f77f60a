//! All changes, newest first; one click undoes or redoes all changes up to the chosen one.

use std::sync::Arc;

use egui::{Align, Layout, RichText, ScrollArea, Sense, Ui, UiBuilder, vec2};

use crate::app::commands::action::Action;
use crate::app::session::request::Change;
use crate::app::state::cached::{Cached, Version};
use crate::app::theme::{GAP_L, GAP_M, GAP_S};
use crate::app::views::context::ViewContext;
use crate::app::widgets::dates::{ago, now};
use crate::app::widgets::empty::{empty_ui, reading_ui};
use crate::curate::HistoryRow;
use crate::text::contains_words;

const ROW_HEIGHT: f32 = 40.0;
const TIME_WIDTH: f32 = 128.0;

/// What the page remembers.
pub type HistoryState = Cached<(Version<Vec<HistoryRow>>, String), Arc<Found>>;

/// The changes that match the search.
#[derive(Debug)]
pub struct Found {
    /// Their rows in the history.
    rows: Vec<usize>,
    /// For every row of the history: the number of undos or redos up to and including it; 0 for a note, which has none.
    steps: Vec<usize>,
}

pub fn history_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut HistoryState) {
    let Some(history) = cx.queries.history() else {
        return reading_ui(ui, "Reading the history…");
    };
    let source = (Version::of(&history), cx.search.to_owned());
    let found = state.get(source, |(history, search)| {
        Arc::new(Found {
            rows: found_rows(&history.0, search),
            steps: steps(&history.0),
        })
    });
    let found = found.clone();
    if found.rows.is_empty() {
        let message = if history.is_empty() {
            "All your changes are listed here and can be undone, even after a restart."
        } else {
            "No change contains these words."
        };
        return empty_ui(ui, "Nothing here yet", message, |_| {});
    }
    let page = ui.available_rect_before_wrap().shrink2(vec2(GAP_L, GAP_S));
    let now = now();
    ui.scope_builder(UiBuilder::new().max_rect(page), |ui| {
        ScrollArea::vertical().auto_shrink(false).show_rows(
            ui,
            ROW_HEIGHT,
            found.rows.len(),
            |ui, rows| {
                for row in &found.rows[rows] {
                    row_ui(ui, cx, &history[*row], found.steps[*row], now);
                }
            },
        );
    });
}

fn found_rows(history: &[HistoryRow], search: &str) -> Vec<usize> {
    let rows = 0..history.len();
    rows.filter(|row| contains_words(&history[*row].message, search))
        .collect()
}

/// Changes are undone newest first and redone oldest first.
fn steps(history: &[HistoryRow]) -> Vec<usize> {
    let mut steps = vec![0; history.len()];
    let mut undos = 0;
    let commands = || history.iter().enumerate().filter(|(_, row)| !row.is_note);
    for (row, _) in commands().filter(|(_, row)| !row.undone) {
        undos += 1;
        steps[row] = undos;
    }
    let mut redos = 0;
    for (row, _) in commands().rev().filter(|(_, row)| row.undone) {
        redos += 1;
        steps[row] = redos;
    }
    steps
}

fn row_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, row: &HistoryRow, steps: usize, now: i64) {
    let tokens = cx.tokens;
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    if response.contains_pointer() {
        ui.painter()
            .rect_filled(rect, tokens.radius(), tokens.hover);
    }
    let layout = Layout::right_to_left(Align::Center);
    let ui = &mut ui.new_child(UiBuilder::new().max_rect(rect).layout(layout));
    ui.add_space(GAP_M);
    if !row.is_note {
        button_ui(ui, cx, row, steps);
    }
    let left = rect.with_max_x(ui.min_rect().left() - GAP_M);
    ui.scope_builder(
        UiBuilder::new()
            .max_rect(left)
            .layout(Layout::left_to_right(Align::Center)),
        |ui| {
            ui.add_space(GAP_S);
            let time = tokens.small(ago(row.at, now));
            let line = Layout::left_to_right(Align::Center);
            ui.allocate_ui_with_layout(vec2(TIME_WIDTH, ROW_HEIGHT), line, |ui| {
                ui.label(time);
                ui.take_available_width();
            });
            let mut text = RichText::new(&row.message);
            if row.undone {
                text = text.color(tokens.text_weak).strikethrough();
            }
            ui.add(egui::Label::new(text).truncate())
                .on_hover_text(&row.message);
        },
    );
}

/// "Undo" for the newest change, "Undo to here" for older ones, "Redo to here" for undone ones.
fn button_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, row: &HistoryRow, steps: usize) {
    let (label, change) = match (row.undone, steps) {
        (true, 1) => ("Redo", Change::Redo),
        (true, _) => ("Redo to here", Change::Redo),
        (false, 1) => ("Undo", Change::Undo),
        (false, _) => ("Undo to here", Change::Undo),
    };
    let tooltip = match steps {
        1 => "This change only".to_owned(),
        steps => format!(
            "This change and {} made after it",
            if steps == 2 {
                "one".to_owned()
            } else {
                (steps - 1).to_string()
            }
        ),
    };
    if ui.button(label).on_hover_text(tooltip).clicked() {
        for _ in 0..steps {
            cx.push(Action::Change(change.clone()));
        }
    }
}
