//! An empty page: a title, a text that says what to do, and perhaps buttons.

use egui::{Align, Layout, RichText, TextStyle, Ui, UiBuilder, vec2};

use crate::app::theme::{GAP_L, GAP_S, Tokens};

/// Maximum width of the text, in points.
const MAX_LINE_WIDTH: f32 = 440.0;

/// Fills the page with a title and a text; `buttons_ui` adds buttons.
pub fn empty_ui(ui: &mut Ui, title: &str, message: &str, buttons_ui: impl FnOnce(&mut Ui)) {
    let tokens = Tokens::of(ui.ctx());
    let area = ui.available_rect_before_wrap();
    let width = MAX_LINE_WIDTH.min(area.width());
    let top = area.top() + (area.height() * 0.36).max(GAP_L);
    let rect = egui::Rect::from_min_size(
        egui::pos2(area.center().x - width / 2.0, top),
        vec2(width, (area.bottom() - top).max(0.0)),
    );
    ui.scope_builder(
        UiBuilder::new()
            .max_rect(rect)
            .layout(Layout::top_down(Align::Center)),
        |ui| {
            ui.label(RichText::new(title).text_style(TextStyle::Heading));
            ui.add_space(GAP_S);
            ui.label(RichText::new(message).color(tokens.text_weak));
            ui.add_space(GAP_L);
            buttons_ui(ui);
        },
    );
    ui.advance_cursor_after_rect(area);
}

/// Shows that something is being read; nothing for the first moment, so that quick results do not flicker.
pub fn reading_ui(ui: &mut Ui, what: &str) {
    let id = ui.scope_id().with(("reading", what));
    let now = ui.input(|input| input.time);
    let frame = ui.ctx().cumulative_pass_nr();
    // (First seen at, last seen in pass): starts again after a pass without it.
    let (since, last) = ui
        .data(|data| data.get_temp::<(f64, u64)>(id))
        .unwrap_or((now, frame));
    let since = if frame > last + 1 { now } else { since };
    ui.data_mut(|data| data.insert_temp(id, (since, frame)));
    if now - since < 0.4 {
        ui.ctx().request_repaint_after_secs(0.4);
        return;
    }
    let tokens = Tokens::of(ui.ctx());
    ui.vertical_centered(|ui| {
        ui.add_space(GAP_L * 3.0);
        ui.label(RichText::new(what).color(tokens.text_weak));
    });
}
