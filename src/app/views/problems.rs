//! Files that scans could not read, or not look at as they should, with the reason and what can be done.

use std::sync::Arc;

use egui::{RichText, ScrollArea, Ui, UiBuilder, vec2};
use strum::IntoEnumIterator as _;

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::cached::{Cached, Version};
use crate::app::state::queries::{Problem, ProblemKind};
use crate::app::theme::{GAP_L, GAP_M, GAP_S};
use crate::app::views::context::ViewContext;
use crate::app::views::file_row::{FileRow, ROW_HEIGHT, file_row_ui};
use crate::app::views::nothing_found::no_match_ui;
use crate::app::widgets::empty::{empty_ui, reading_ui};
use crate::app::widgets::filter_chips::filter_chips_ui;
use crate::library::PhotoId;
use crate::text::contains_words;

/// What the page remembers.
#[derive(Debug, Default)]
pub struct ProblemsState {
    found: Cached<Source, Arc<Found>>,
    /// The index of the kind shown; `None`: all.
    chosen: Option<usize>,
}

/// The source of the rows shown: all problems, the search, and the kind.
type Source = (Version<Vec<Problem>>, String, Option<usize>);

#[derive(Debug)]
struct Found {
    rows: Vec<usize>,
    /// The photos among them, which can be searched again.
    photos: Vec<PhotoId>,
    /// Numbers of problems of each kind.
    counts: Vec<(&'static str, usize)>,
}

pub fn problems_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut ProblemsState) {
    let Some(problems) = cx.queries.problems() else {
        return reading_ui(ui, "Reading the list of problems…");
    };
    let source = (Version::of(&problems), cx.search.to_owned(), state.chosen);
    let found = state.found.get(source, find).clone();
    if problems.is_empty() || found.rows.is_empty() && !cx.search.is_empty() {
        return nothing_ui(ui, cx, problems.is_empty());
    }
    let page = ui.available_rect_before_wrap().shrink2(vec2(GAP_L, GAP_M));
    ui.scope_builder(UiBuilder::new().max_rect(page), |ui| {
        head_ui(ui, cx, &mut state.chosen, &found);
        ui.add_space(GAP_S);
        ScrollArea::vertical().auto_shrink(false).show_rows(
            ui,
            ROW_HEIGHT,
            found.rows.len(),
            |ui, rows| {
                for row in &found.rows[rows] {
                    row_ui(ui, cx, &problems[*row]);
                }
            },
        );
    });
}

fn find((problems, search, chosen): &Source) -> Arc<Found> {
    let problems = &problems.0;
    let kind = chosen.and_then(|index| ProblemKind::iter().nth(index));
    let rows = (0..problems.len()).filter(|row| {
        let problem = &problems[*row];
        kind.is_none_or(|kind| problem.kind == kind) && matches(problem, search)
    });
    let rows: Vec<usize> = rows.collect();
    let count = |kind| {
        problems
            .iter()
            .filter(|problem| problem.kind == kind)
            .count()
    };
    Arc::new(Found {
        photos: rows
            .iter()
            .filter_map(|row| problems[*row].photo_id)
            .collect(),
        rows,
        counts: ProblemKind::iter()
            .map(|kind| (label_of(kind), count(kind)))
            .collect(),
    })
}

fn matches(problem: &Problem, search: &str) -> bool {
    search.is_empty() || contains_words(&format!("{} {}", problem.path, problem.reason), search)
}

fn label_of(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::NotRead => "Not read",
        ProblemKind::InPart => "Looked at in part",
        ProblemKind::Coarse => "Looked at coarsely",
    }
}

/// What the list is about, the kinds, and what can be done about all of them.
fn head_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, chosen: &mut Option<usize>, found: &Found) {
    let message = "Files that are not read were skipped. Photos that were looked at in part or coarsely are in the library, \
                   but some of their faces may not be. When a file has been mended or replaced, try again.";
    ui.label(RichText::new(message).color(cx.tokens.text_weak));
    ui.add_space(GAP_S);
    ui.horizontal_wrapped(|ui| {
        filter_chips_ui(ui, &found.counts, chosen);
        ui.add_space(GAP_M);
        let try_again = ui.button("Try again");
        if try_again
            .on_hover_text(UiCommand::ScanAll.tooltip_with_key(ui.ctx()))
            .clicked()
        {
            cx.push(Action::ScanAll);
        }
        if !found.photos.is_empty() {
            let again = ui.button(UiCommand::LookAgain.label());
            let hint = "Search the photos listed here again, even if they have not changed";
            if again.on_hover_text(hint).clicked() {
                cx.push(Action::LookAgainAt(found.photos.clone()));
            }
        }
    });
}

fn row_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, problem: &Problem) {
    let row = FileRow {
        title: &problem.path,
        note: &problem.reason,
        path: &problem.absolute,
    };
    file_row_ui(ui, cx, &row, |ui, cx| {
        let Some(photo_id) = problem.photo_id else {
            return;
        };
        if ui
            .button("Open")
            .on_hover_text("Show the photo and its faces")
            .clicked()
        {
            let among = Arc::from([photo_id]);
            cx.push(Action::OpenPhoto { photo_id, among });
        }
    });
}

fn nothing_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, none_at_all: bool) {
    if none_at_all {
        let message =
            "Every photo could be read. Files that can't be are listed here with the reason.";
        return empty_ui(ui, "No problems", message, |_| {});
    }
    let message = format!("No file or reason contains “{}”.", cx.search);
    no_match_ui(ui, cx, "No problem found", &message);
}
