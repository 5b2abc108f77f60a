//! The three answers to a question, as wide buttons with their keys.

use egui::{
    Align2, Color32, FontId, Rect, Response, Role, Sense, TextStyle, Ui, WidgetInfo, pos2, vec2,
};

use crate::app::commands::ui_command::UiCommand;
use crate::app::theme::{GAP_M, GAP_S, Tokens};
use crate::app::widgets::yes_no::{YesNo, paint_answer};

/// A button's size, in points.
const WIDTH: f32 = 216.0;
const HEIGHT: f32 = 40.0;
/// Width of the tick or the cross.
const MARK: f32 = 28.0;

/// The answer of a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnswerButton {
    Same,
    Different,
    NotSure,
}

const BUTTONS: [(AnswerButton, UiCommand, &str, Option<YesNo>); 3] = [
    (
        AnswerButton::Same,
        UiCommand::Accept,
        "Same person",
        Some(YesNo::Yes),
    ),
    (
        AnswerButton::Different,
        UiCommand::Reject,
        "Different people",
        Some(YesNo::No),
    ),
    (AnswerButton::NotSure, UiCommand::NotSure, "Not sure", None),
];

/// Height of the row.
pub(super) const ROW: f32 = HEIGHT;

/// Draws the buttons in the middle of `row`; returns the one that was clicked. `tooltips` are for the three buttons.
pub(super) fn answers_ui(ui: &mut Ui, row: Rect, tooltips: [&str; 3]) -> Option<AnswerButton> {
    let width = WIDTH.min((row.width() - 2.0 * GAP_S) / 3.0);
    let left = row.center().x - 1.5 * width - GAP_S;
    let mut button = None;
    for (index, ((which, command, label, mark), tooltip)) in
        BUTTONS.into_iter().zip(tooltips).enumerate()
    {
        let min = pos2(left + index as f32 * (width + GAP_S), row.top());
        let rect = Rect::from_min_size(min, vec2(width, HEIGHT));
        let response = button_ui(ui, rect, label, command, mark).on_hover_text(tooltip);
        if response.clicked() {
            button = Some(which);
        }
    }
    button
}

fn button_ui(
    ui: &mut Ui,
    rect: Rect,
    label: &str,
    command: UiCommand,
    mark: Option<YesNo>,
) -> Response {
    let tokens = Tokens::of(ui.ctx());
    let response = ui.interact(rect, ui.scope_id().with(label), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    let lit = response.hovered() || response.has_focus();
    let fill = if lit {
        tokens.button_hovered
    } else {
        tokens.button
    };
    let painter = ui.painter();
    painter.rect_filled(rect, tokens.radius(), fill);
    if response.has_focus() {
        let line = egui::Stroke::new(2.0, tokens.accent);
        painter.rect_stroke(rect, tokens.radius(), line, egui::StrokeKind::Inside);
    }
    let mut text_at = rect.left() + GAP_M;
    if let Some(answer) = mark {
        paint_answer(
            painter,
            pos2(text_at + 8.0, rect.center().y),
            answer,
            tokens,
        );
        text_at += MARK;
    }
    let text = |at, align, label: &str, font: FontId, color: Color32| {
        painter.text(at, align, label, font, color);
    };
    let middle = rect.center().y;
    let body = TextStyle::Body.resolve(ui.style());
    text(
        pos2(text_at, middle),
        Align2::LEFT_CENTER,
        label,
        body,
        tokens.text,
    );
    if let Some(key) = command.keys().first() {
        let key = ui.ctx().format_shortcut(key);
        let small = TextStyle::Small.resolve(ui.style());
        let at = pos2(rect.right() - GAP_M, middle);
        text(at, Align2::RIGHT_CENTER, &key, small, tokens.text_weak);
    }
    response
}

/// The answer whose key was pressed.
pub(super) fn button_by_key(mut take: impl FnMut(UiCommand) -> bool) -> Option<AnswerButton> {
    let mut pressed = BUTTONS.iter().filter(|(_, command, ..)| take(*command));
    pressed.next().map(|(which, ..)| *which)
}
