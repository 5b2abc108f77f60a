//! A line of the side bar.

use egui::{Align2, FontId, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo};

use crate::app::theme::{GAP_S, TEXT, TEXT_SMALL, Tokens};
use crate::app::widgets::counts::thousands;
use crate::app::widgets::icon::{self, Icon};

/// Height of a line, in points.
const ROW: f32 = 28.0;

/// What is at the right end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowEnd {
    Nothing,
    Count(u64),
    /// Something is to be done about it.
    Warning,
}

/// A line across the side bar: text on the left, its end on the right.
pub fn row_ui(ui: &mut Ui, tokens: &Tokens, text: &str, end: RowEnd, selected: bool) -> Response {
    let (rect, response) =
        ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, text));
    if let RowEnd::Count(count) = end {
        ui.ctx()
            .accesskit_node_builder(response.id, |node| node.set_description(thousands(count)));
    }
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let fill = if selected {
        Some(tokens.selected)
    } else {
        response.hovered().then_some(tokens.button)
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, tokens.radius(), fill);
    }
    if response.has_focus() {
        let stroke = egui::Stroke::new(2.0, tokens.accent);
        ui.painter()
            .rect_stroke(rect, tokens.radius(), stroke, egui::StrokeKind::Inside);
    }
    let inner = rect.shrink2(Vec2::new(GAP_S, 0.0));
    let right = paint_end(ui, tokens, inner, end);
    let galley = egui::WidgetText::from(text).into_galley(
        ui,
        Some(egui::TextWrapMode::Truncate),
        right - inner.left(),
        FontId::proportional(TEXT),
    );
    let position = egui::pos2(inner.left(), rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(position, galley, tokens.text);
    response
}

/// Paints the right end; returns where the text must end.
fn paint_end(ui: &Ui, tokens: &Tokens, inner: Rect, end: RowEnd) -> f32 {
    let painted = match end {
        RowEnd::Nothing => return inner.right(),
        RowEnd::Count(count) => ui.painter().text(
            inner.right_center(),
            Align2::RIGHT_CENTER,
            thousands(count),
            FontId::proportional(TEXT_SMALL),
            tokens.text_weak,
        ),
        RowEnd::Warning => {
            let sign =
                Align2::RIGHT_CENTER.anchor_size(inner.right_center(), Vec2::splat(icon::SIDE));
            Icon::Warning.paint(ui.painter(), sign, tokens.maybe);
            sign
        }
    };
    painted.left() - GAP_S
}
