//! The one button of a row that is meant to be pressed.

use egui::{Button, Response, RichText, Ui};

use crate::app::theme::Tokens;

/// The one button of a row that is meant to be pressed.
pub fn primary_button_ui(ui: &mut Ui, words: &str) -> Response {
    let tokens = Tokens::of(ui.ctx());
    ui.add(Button::new(RichText::new(words).color(tokens.on_accent)).fill(tokens.accent))
}
