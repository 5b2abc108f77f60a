//! What scans leave out and why, and the user's own rules about it.

mod rules;

use std::sync::Arc;

use egui::{RichText, Role, ScrollArea, TextStyle, Ui, UiBuilder, WidgetInfo, vec2};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::session::request::FolderJob;
use crate::app::state::cached::{Cached, Version};
use crate::app::state::queries::{LeftOutLine, LeftOutReport};
use crate::app::theme::{GAP_L, GAP_M, GAP_S};
use crate::app::views::context::ViewContext;
use crate::app::views::file_row::{FileRow, ROW_HEIGHT, file_row_ui};
use crate::app::views::nothing_found::{add_folder_ui, no_match_ui};
use crate::app::widgets::counts::thousands;
use crate::app::widgets::empty::{empty_ui, reading_ui};
use crate::app::widgets::filter_chips::filter_chips_ui;
use crate::app::widgets::primary_button::primary_button_ui;
use crate::photo::Patterns;
use crate::text::contains_words;
use rules::{RulesState, rules_ui};

/// What the page remembers.
#[derive(Debug, Default)]
pub struct LeftOutState {
    rules: RulesState,
    found: Cached<Source, Arc<Found>>,
    /// The index of the reason shown; `None`: all.
    chosen: Option<usize>,
}

/// The source of the rows shown: what is left out, the search, and the reason.
type Source = (Version<LeftOutReport>, String, Option<usize>);

#[derive(Debug)]
struct Found {
    rows: Vec<usize>,
    /// The reasons, with numbers of rows.
    reasons: Vec<(String, usize)>,
    /// "Counted, not looked at: 31 × video · 4 × raw file beside its JPEG".
    counted: String,
}

pub fn left_out_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut LeftOutState) {
    if cx.snapshot.roots.is_empty() {
        let message = "Add a folder: what its scans leave out, such as thumbnails and recycle bins, is listed here.";
        return add_folder_ui(ui, cx, "Nothing is left out", message);
    }
    let (Some(patterns), report) = (cx.queries.patterns(), cx.queries.left_out()) else {
        return reading_ui(ui, "Reading the rules…");
    };
    let page = ui.available_rect_before_wrap().shrink2(vec2(GAP_L, GAP_M));
    ui.scope_builder(UiBuilder::new().max_rect(page), |ui| {
        head_ui(ui, cx);
        ui.add_space(GAP_M);
        rules_ui(ui, cx, &mut state.rules, &patterns);
        ui.add_space(GAP_M);
        match report {
            Some(report) => report_ui(ui, cx, state, &report, &patterns),
            None => reading_ui(ui, "Looking through the folders…"),
        }
    });
}

fn head_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let message = "Scans leave out what is no photo of yours: thumbnails, recycle bins, snapshots of servers, pictures that other \
                   programs made, hidden folders. Include what is wrongly left out, and leave out more, by rules of your own. \
                   They hold from the next scan on; people in photos that are left out later are kept.";
    ui.label(RichText::new(message).color(cx.tokens.text_weak));
    ui.add_space(GAP_S);
    if primary_button_ui(ui, "Scan again")
        .on_hover_text(UiCommand::ScanAll.tooltip_with_key(ui.ctx()))
        .clicked()
    {
        cx.push(Action::ScanAll);
    }
}

fn report_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    state: &mut LeftOutState,
    report: &Arc<LeftOutReport>,
    patterns: &Patterns,
) {
    let source = (Version::of(report), cx.search.to_owned(), state.chosen);
    let found = state.found.get(source, find).clone();
    ui.label(
        RichText::new("Left out now")
            .text_style(TextStyle::Heading)
            .size(16.0),
    );
    if !found.counted.is_empty() {
        ui.label(cx.tokens.small(&found.counted));
    }
    for folder in &report.unreachable {
        let text = format!("{} is not there and was not looked at.", folder.display());
        ui.label(
            RichText::new(text)
                .text_style(TextStyle::Small)
                .color(cx.tokens.maybe),
        );
    }
    if report.rows.is_empty() {
        let message = "Everything in your folders that looks like a photo is scanned.";
        return empty_ui(ui, "Nothing is left out", message, |_| {});
    }
    ui.add_space(GAP_S);
    ui.horizontal_wrapped(|ui| filter_chips_ui(ui, &found.reasons, &mut state.chosen));
    ui.add_space(GAP_S);
    if found.rows.is_empty() {
        let message = format!("No path that is left out contains “{}”.", cx.search);
        return no_match_ui(ui, cx, "Nothing found", &message);
    }
    let area = ScrollArea::vertical().auto_shrink(false);
    area.show_rows(ui, ROW_HEIGHT, found.rows.len(), |ui, rows| {
        for row in &found.rows[rows] {
            row_ui(ui, cx, &report.rows[*row], patterns);
        }
    });
}

fn find((report, search, chosen): &Source) -> Arc<Found> {
    let report = &report.0;
    let why = chosen.and_then(|index| report.reasons.get(index));
    let rows = (0..report.rows.len()).filter(|row| {
        let line = &report.rows[*row];
        why.is_none_or(|(why, _)| line.why == *why)
            && contains_words(&line.path.to_string_lossy(), search)
    });
    let reasons = report.reasons.iter();
    let counted = report.other_files.iter();
    let counted: Vec<String> = counted
        .map(|(kind, count)| format!("{} × {kind}", thousands(*count)))
        .collect();
    Arc::new(Found {
        rows: rows.collect(),
        reasons: reasons
            .map(|(why, count)| (capitalized(&why.to_string()), *count))
            .collect(),
        counted: match counted.is_empty() {
            true => String::new(),
            false => format!("Counted, not looked at: {}", counted.join(" · ")),
        },
    })
}

fn row_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, line: &LeftOutLine, patterns: &Patterns) {
    let title = line.path.to_string_lossy();
    let kind = if line.is_folder { "folder" } else { "file" };
    let note = format!("{kind} · {}", line.why);
    let row = FileRow {
        title: &title,
        note: &note,
        path: &line.path,
    };
    file_row_ui(ui, cx, &row, |ui, cx| {
        let include = ui.button("Include");
        include.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Include {title}")));
        let hint = "Scan it from the next scan on";
        if include.on_hover_text(hint).clicked() {
            let mut patterns = patterns.clone();
            match patterns.add_include(&line.pattern) {
                Ok(()) => cx.push(Action::Folder(FolderJob::KeepPatterns(patterns))),
                Err(error) => cx.push(Action::Notify(error.to_string())),
            }
        }
    });
}

/// With a capital first letter.
fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.as_str().chars()).collect()
}
