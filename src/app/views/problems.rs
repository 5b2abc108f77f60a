//! Files that could not be read, with the reason and their folder.

use std::sync::Arc;

use egui::{Align, Layout, RichText, ScrollArea, Ui, UiBuilder, vec2};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::cached::{Cached, Version};
use crate::app::theme::{GAP_L, GAP_M, GAP_XS};
use crate::app::views::context::ViewContext;
use crate::app::views::nothing_found::no_match_ui;
use crate::app::widgets::empty::{empty_ui, reading_ui};
use crate::library::ProblemRow;
use crate::text::search_key;

const ROW_HEIGHT: f32 = 56.0;

/// What the page remembers: the rows that match the search.
pub type ProblemsState = Cached<(Version<Vec<ProblemRow>>, String), Arc<[usize]>>;

pub fn problems_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut ProblemsState) {
    let Some(problems) = cx.queries.problems() else {
        return reading_ui(ui, "Reading the list of problems…");
    };
    let source = (Version::of(&problems), cx.search.to_owned());
    let found = state.get(source, |(problems, search)| {
        let rows = 0..problems.0.len();
        rows.filter(|row| matches(&problems.0[*row], search))
            .collect()
    });
    let found = found.clone();
    if found.is_empty() {
        return nothing_ui(ui, cx, problems.is_empty());
    }
    let page = ui.available_rect_before_wrap().shrink2(vec2(GAP_L, GAP_M));
    ui.scope_builder(UiBuilder::new().max_rect(page), |ui| {
        ui.horizontal(|ui| {
            ui.label(
                RichText::new("These files were skipped; everything else was scanned.")
                    .color(cx.tokens.text_weak),
            );
            if ui
                .button("Try again")
                .on_hover_text(UiCommand::ScanAll.tooltip_with_key(ui.ctx()))
                .clicked()
            {
                cx.push(Action::ScanAll);
            }
        });
        ui.add_space(GAP_M);
        ScrollArea::vertical().auto_shrink(false).show_rows(
            ui,
            ROW_HEIGHT,
            found.len(),
            |ui, rows| {
                for row in &found[rows] {
                    row_ui(ui, cx, &problems[*row]);
                }
            },
        );
    });
}

fn matches(problem: &ProblemRow, search: &str) -> bool {
    if search.is_empty() {
        return true;
    }
    let text = search_key(&format!("{} {}", problem.shown_path(), problem.reason));
    search.split_whitespace().all(|word| text.contains(word))
}

fn row_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, problem: &ProblemRow) {
    let tokens = cx.tokens;
    let (rect, _) =
        ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), egui::Sense::hover());
    ui.painter().hline(
        rect.x_range(),
        rect.bottom(),
        egui::Stroke::new(1.0, tokens.line),
    );
    let layout = Layout::right_to_left(Align::Center);
    let ui = &mut ui.new_child(UiBuilder::new().max_rect(rect).layout(layout));
    ui.add_space(GAP_M);
    let path = problem.absolute();
    let button = ui
        .button("Show in folder")
        .on_hover_text("Show the file in the file manager");
    if button.clicked() {
        cx.push(Action::ShowInFolder(path.clone()));
    }
    let left = rect
        .with_max_x(ui.min_rect().left() - GAP_M)
        .shrink2(vec2(0.0, 8.0));
    ui.scope_builder(
        UiBuilder::new()
            .max_rect(left)
            .layout(Layout::top_down(Align::Min)),
        |ui| {
            ui.spacing_mut().item_spacing.y = GAP_XS / 2.0;
            ui.add(egui::Label::new(&*problem.shown_path()).truncate())
                .on_hover_text(path.display().to_string());
            let reason = tokens.small(&problem.reason);
            ui.add(egui::Label::new(reason).truncate())
                .on_hover_text(&problem.reason);
        },
    );
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
