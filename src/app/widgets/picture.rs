//! Pictures in rectangles: filling them, fitting into them, and what stands there until they are read.

use egui::epaint::RectShape;
use egui::{Color32, CornerRadius, Painter, Rect, Vec2, pos2};

use crate::app::textures::Picture;
use crate::app::tokens::Tokens;

/// Fills `rect` with the middle of the picture; a calm empty place until there is one.
pub fn paint_filling(
    painter: &Painter,
    tokens: &Tokens,
    rect: Rect,
    picture: Option<Picture>,
    radius: impl Into<CornerRadius>,
) {
    match picture {
        Some(picture) => {
            let uv = middle_of(picture.size, rect.size());
            painter
                .add(RectShape::filled(rect, radius, Color32::WHITE).with_texture(picture.id, uv));
        }
        None => {
            painter.rect_filled(rect, radius, tokens.well);
        }
    }
}

/// The part of a picture (in fractions) with the shape of `target`, as large as possible, around the middle.
fn middle_of(picture: Vec2, target: Vec2) -> Rect {
    let scale = (target.x / picture.x.max(1.0))
        .max(target.y / picture.y.max(1.0))
        .max(f32::EPSILON);
    let part = Vec2::new(
        target.x / (picture.x.max(1.0) * scale),
        target.y / (picture.y.max(1.0) * scale),
    );
    Rect::from_center_size(pos2(0.5, 0.5), part)
}
