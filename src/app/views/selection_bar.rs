//! A bar at the foot of the page with commands for the selected faces.

use egui::{Id, Rect, Ui};

use crate::app::theme::GAP_M;
use crate::app::views::context::ViewContext;
use crate::app::widgets::floating_bar::floating_bar_ui;

/// Draws the bar while faces are selected; `contents_ui` draws what follows their number.
pub fn selection_bar_ui(
    ui: &Ui,
    cx: &mut ViewContext<'_>,
    page: Rect,
    contents_ui: impl FnOnce(&mut Ui, &mut ViewContext<'_>),
) {
    let count = cx.selection.faces.len();
    if count == 0 {
        return;
    }
    floating_bar_ui(ui, Id::unique("selected faces"), page, |ui| {
        ui.label(format!("{count} selected"));
        ui.add_space(GAP_M);
        contents_ui(ui, cx);
    });
}
