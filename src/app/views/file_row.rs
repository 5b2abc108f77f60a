//! A row about a file or folder: its name, what is to be said of it, and buttons at the right.

use std::path::Path;

use egui::{Align, Layout, Sense, Stroke, Ui, UiBuilder, vec2};

use crate::app::commands::action::Action;
use crate::app::theme::{GAP_M, GAP_XS};
use crate::app::views::context::ViewContext;

/// Height of a row, in points.
pub const ROW_HEIGHT: f32 = 56.0;

#[derive(Debug, Clone, Copy)]
pub struct FileRow<'a> {
    pub title: &'a str,
    pub note: &'a str,
    pub path: &'a Path,
}

/// Draws the row with "Show in folder"; `buttons_ui` adds buttons, from right to left.
pub fn file_row_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    row: &FileRow<'_>,
    buttons_ui: impl FnOnce(&mut Ui, &mut ViewContext<'_>),
) {
    let tokens = cx.tokens;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    ui.painter()
        .hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, tokens.line));
    let layout = Layout::right_to_left(Align::Center);
    let ui = &mut ui.new_child(UiBuilder::new().max_rect(rect).layout(layout));
    ui.add_space(GAP_M);
    let show = ui.button("Show in folder");
    if show.on_hover_text("Show it in the file manager").clicked() {
        cx.push(Action::ShowInFolder(row.path.to_owned()));
    }
    buttons_ui(ui, cx);
    let left = rect
        .with_max_x(ui.min_rect().left() - GAP_M)
        .shrink2(vec2(0.0, 8.0));
    let layout = Layout::top_down(Align::Min);
    ui.scope_builder(UiBuilder::new().max_rect(left).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.y = GAP_XS / 2.0;
        ui.add(egui::Label::new(row.title).truncate())
            .on_hover_text(row.path.display().to_string());
        ui.add(egui::Label::new(tokens.small(row.note)).truncate())
            .on_hover_text(row.note);
    });
}
