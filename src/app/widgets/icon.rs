//! Small icons drawn with lines, so that they do not depend on the font.

use egui::{
    Color32, Painter, Rect, Response, Role, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2,
};

use crate::app::theme::Tokens;

/// An icon; each fills a square.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Search,
    Close,
    Back,
    Down,
    Warning,
    Bell,
}

/// Size of an icon in a line of text, in points.
pub const SIDE: f32 = 16.0;
/// Size of a button with only an icon, in points.
const BUTTON: f32 = 28.0;

impl Icon {
    pub fn paint(self, painter: &Painter, rect: Rect, color: Color32) {
        let stroke = Stroke::new(1.5, color);
        let at = |x: f32, y: f32| {
            pos2(
                rect.left() + x * rect.width(),
                rect.top() + y * rect.height(),
            )
        };
        let line = |points: Vec<_>| {
            painter.add(Shape::line(points, stroke));
        };
        match self {
            Icon::Search => {
                painter.circle_stroke(at(0.42, 0.42), rect.width() * 0.27, stroke);
                line(vec![at(0.62, 0.62), at(0.85, 0.85)]);
            }
            Icon::Close => {
                line(vec![at(0.25, 0.25), at(0.75, 0.75)]);
                line(vec![at(0.75, 0.25), at(0.25, 0.75)]);
            }
            Icon::Back => line(vec![at(0.62, 0.2), at(0.32, 0.5), at(0.62, 0.8)]),
            Icon::Down => line(vec![at(0.25, 0.4), at(0.5, 0.65), at(0.75, 0.4)]),
            Icon::Bell => {
                line(vec![
                    at(0.14, 0.74),
                    at(0.26, 0.6),
                    at(0.28, 0.38),
                    at(0.38, 0.22),
                    at(0.5, 0.17),
                    at(0.62, 0.22),
                    at(0.72, 0.38),
                    at(0.74, 0.6),
                    at(0.86, 0.74),
                    at(0.14, 0.74),
                ]);
                line(vec![at(0.42, 0.86), at(0.5, 0.91), at(0.58, 0.86)]);
            }
            Icon::Warning => {
                painter.add(Shape::closed_line(
                    vec![at(0.5, 0.12), at(0.94, 0.86), at(0.06, 0.86)],
                    stroke,
                ));
                line(vec![at(0.5, 0.4), at(0.5, 0.62)]);
                painter.circle_filled(at(0.5, 0.74), 1.0, color);
            }
        }
    }
}

/// An icon in a line of text; screen readers ignore it.
pub fn icon_ui(ui: &mut Ui, icon: Icon, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(SIDE), Sense::hover());
    icon.paint(ui.painter(), rect, color);
}

/// A button with only an icon.
pub fn icon_button_ui(ui: &mut Ui, icon: Icon, label: &str) -> Response {
    let tokens = Tokens::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(BUTTON), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    if response.hovered() {
        ui.painter()
            .rect_filled(rect, tokens.radius(), tokens.button);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect,
            tokens.radius(),
            Stroke::new(2.0, tokens.accent),
            egui::StrokeKind::Inside,
        );
    }
    let color = if response.hovered() {
        tokens.text
    } else {
        tokens.text_weak
    };
    icon.paint(
        ui.painter(),
        Rect::from_center_size(rect.center(), Vec2::splat(SIDE)),
        color,
    );
    response
}
