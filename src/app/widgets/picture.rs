//! Pictures in rectangles: filling or fitting them, and the placeholder until they are loaded.

use egui::epaint::RectShape;
use egui::{Color32, CornerRadius, Painter, Rect, Stroke, StrokeKind, TextureId, Vec2, pos2};

use crate::app::theme::Tokens;

/// A picture that can be drawn now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Picture {
    pub id: TextureId,
    /// Size of the texture in pixels.
    pub size: Vec2,
}

/// Fills `rect` with the middle of the picture; a plain area until it is loaded.
pub fn paint_filling(
    painter: &Painter,
    tokens: &Tokens,
    rect: Rect,
    picture: Option<Picture>,
    radius: impl Into<CornerRadius>,
) {
    match picture {
        Some(picture) => {
            let uv = best_part_of(picture.size, rect.size());
            painter
                .add(RectShape::filled(rect, radius, Color32::WHITE).with_texture(picture.id, uv));
        }
        None => {
            painter.rect_filled(rect, radius, tokens.well);
        }
    }
}

/// Shows the whole picture in `rect`, with a ring if it is selected.
pub fn paint_fitting(
    painter: &Painter,
    tokens: &Tokens,
    rect: Rect,
    picture: Option<Picture>,
    selected: bool,
) {
    let fill = if selected {
        tokens.selected
    } else {
        tokens.chrome
    };
    painter.rect_filled(rect, tokens.radius(), fill);
    let room = if selected { rect.shrink(6.0) } else { rect };
    if let Some(picture) = picture {
        let scale =
            (room.width() / picture.size.x.max(1.0)).min(room.height() / picture.size.y.max(1.0));
        let shown = Rect::from_center_size(room.center(), picture.size * scale);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let radius = if shown.size() == rect.size() {
            tokens.radius()
        } else {
            CornerRadius::ZERO
        };
        painter
            .add(RectShape::filled(shown, radius, Color32::WHITE).with_texture(picture.id, whole));
    }
    if selected {
        painter.rect_stroke(
            rect,
            tokens.radius(),
            Stroke::new(3.0, tokens.accent),
            StrokeKind::Inside,
        );
    }
}

/// The part of a picture (in fractions) with the shape of `target`, as large as possible: around the middle of a wide
/// picture, in the upper part of a tall one, where heads are.
fn best_part_of(picture: Vec2, target: Vec2) -> Rect {
    let scale = (target.x / picture.x.max(1.0))
        .max(target.y / picture.y.max(1.0))
        .max(f32::EPSILON);
    let part = Vec2::new(
        target.x / (picture.x.max(1.0) * scale),
        target.y / (picture.y.max(1.0) * scale),
    );
    let top = (1.0 - part.y) * 0.25;
    Rect::from_min_size(pos2(0.5 - 0.5 * part.x, top), part)
}
