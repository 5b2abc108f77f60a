//! The button for the main action of a row.

use egui::{Button, Response, RichText, Ui};

use crate::app::theme::Tokens;

pub fn primary_button_ui(ui: &mut Ui, label: &str) -> Response {
    let tokens = Tokens::of(ui.ctx());
    ui.add(Button::new(RichText::new(label).color(tokens.on_accent)).fill(tokens.accent))
}
