//! The button for an action that cannot be undone.

use egui::{Button, Response, RichText, Ui};

use crate::app::theme::Tokens;

pub fn danger_button_ui(ui: &mut Ui, label: &str) -> Response {
    let tokens = Tokens::of(ui.ctx());
    ui.add(Button::new(RichText::new(label).color(tokens.on_accent)).fill(tokens.no))
}
