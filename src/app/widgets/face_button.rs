//! A face to click.

use egui::{Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use crate::app::theme::Tokens;
use crate::app::widgets::picture::{Picture, paint_filling};

/// A square picture of a face; `label` is its accessible name.
pub fn face_button_ui(ui: &mut Ui, picture: Option<Picture>, side: f32, label: &str) -> Response {
    let tokens = Tokens::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    paint_filling(ui.painter(), tokens, rect, picture, tokens.radius());
    if response.hovered() || response.has_focus() {
        let stroke = Stroke::new(2.0, tokens.accent);
        ui.painter()
            .rect_stroke(rect, tokens.radius(), stroke, StrokeKind::Inside);
    }
    response
}
