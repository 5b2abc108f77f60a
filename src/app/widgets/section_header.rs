//! The line above a section: its title and its count.

use egui::{Rect, TextStyle, Ui, vec2};

use crate::app::theme::{GAP_S, Tokens};
use crate::app::widgets::counts::thousands;

/// "Named 42" in small text.
pub fn section_header_ui(ui: &Ui, tokens: &Tokens, rect: Rect, word: &str, count: usize) {
    let font = TextStyle::Small.resolve(ui.style());
    let baseline = rect.left_bottom() - vec2(0.0, GAP_S);
    let painter = ui.painter();
    let text = painter.text(
        baseline,
        egui::Align2::LEFT_BOTTOM,
        word,
        font.clone(),
        tokens.text,
    );
    painter.text(
        text.right_bottom() + vec2(GAP_S, 0.0),
        egui::Align2::LEFT_BOTTOM,
        thousands(count as u64),
        font,
        tokens.text_weak,
    );
}
