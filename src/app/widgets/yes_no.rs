//! The two answers to a suggestion, as small round buttons: a green tick and a red cross.

use egui::{Color32, Painter, Pos2, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use crate::app::theme::Tokens;

/// Width and height of a button, in points.
pub const SIDE: f32 = 28.0;

/// An answer to a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YesNo {
    Yes,
    No,
}

/// A round button at `center`; `label` is its accessible name.
pub fn answer_button_ui(
    ui: &mut Ui,
    center: Pos2,
    answer: YesNo,
    label: &str,
    tooltip: &str,
) -> Response {
    let tokens = Tokens::of(ui.ctx());
    let rect = Rect::from_center_size(center, vec2(SIDE, SIDE));
    let response = ui.interact(rect, ui.scope_id().with(("answer", label)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    let color = if answer == YesNo::Yes {
        tokens.yes
    } else {
        tokens.no
    };
    let (fill, ink) = if response.hovered() || response.has_focus() {
        (color, tokens.on_accent)
    } else {
        (tokens.raised, color)
    };
    let painter = ui.painter();
    painter.circle(center, SIDE / 2.0, fill, Stroke::new(1.0, tokens.line));
    match answer {
        YesNo::Yes => paint_tick(painter, center, ink),
        YesNo::No => paint_cross(painter, center, ink),
    }
    response.on_hover_text(tooltip)
}

/// The mark of an answer in its colour, without a button.
pub fn paint_answer(painter: &Painter, center: Pos2, answer: YesNo, tokens: &Tokens) {
    match answer {
        YesNo::Yes => paint_tick(painter, center, tokens.yes),
        YesNo::No => paint_cross(painter, center, tokens.no),
    }
}

fn paint_tick(painter: &Painter, center: Pos2, color: Color32) {
    let points = vec![
        center + vec2(-5.0, 0.5),
        center + vec2(-1.5, 4.0),
        center + vec2(5.5, -4.0),
    ];
    painter.line(points, Stroke::new(2.0, color));
}

fn paint_cross(painter: &Painter, center: Pos2, color: Color32) {
    let stroke = Stroke::new(2.0, color);
    painter.line_segment([center + vec2(-4.0, -4.0), center + vec2(4.0, 4.0)], stroke);
    painter.line_segment([center + vec2(-4.0, 4.0), center + vec2(4.0, -4.0)], stroke);
}
