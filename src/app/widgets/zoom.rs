//! How a photo is shown: fitted, or zoomed and panned.
//!
//! `photo` positions are upright photo pixels, `screen` positions are points of the window.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use crate::geometry::{PhotoRect, Size};

/// Maximum zoom, in screen points per photo pixel.
const MAX_SCALE: f32 = 8.0;
/// Zoom factor of one press of + or -.
pub const ZOOM_STEP: f32 = 1.25;

/// Zoom and position of a photo, relative to its fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Zoom {
    /// Times the fitted size, at least 1.
    factor: f32,
    /// The photo pixel in the middle of the view, as fractions of the photo (0..1).
    center: Vec2,
}

impl Default for Zoom {
    fn default() -> Self {
        Self {
            factor: 1.0,
            center: vec2(0.5, 0.5),
        }
    }
}

impl Zoom {
    /// Whether the whole photo is in view.
    pub fn is_fit(&self) -> bool {
        self.factor <= 1.0
    }

    /// The photo's area on the screen when shown in `view`.
    pub fn screen_rect(&self, photo: Size, view: Rect) -> Rect {
        let size = fitted(photo, view) * self.factor;
        let center = vec2(
            kept_inside(self.center.x, size.x, view.width()),
            kept_inside(self.center.y, size.y, view.height()),
        );
        Rect::from_min_size(
            view.center() - vec2(size.x * center.x, size.y * center.y),
            size,
        )
    }

    /// Zooms by `by`, keeping the photo's point under `anchor` in place.
    pub fn zoom_at(&mut self, by: f32, anchor: Pos2, photo: Size, view: Rect) {
        let before = self.screen_rect(photo, view);
        let fit = fitted(photo, view);
        let most = (MAX_SCALE * photo.width as f32 / fit.x.max(1.0)).max(1.0);
        self.factor = (self.factor * by).clamp(1.0, most);
        let under = vec2(
            (anchor.x - before.left()) / before.width().max(1.0),
            (anchor.y - before.top()) / before.height().max(1.0),
        );
        let size = fit * self.factor;
        self.center = under + (view.center() - anchor) / size.max(vec2(1.0, 1.0));
        self.settle(photo, view);
    }

    /// Moves the photo by `delta` points.
    pub fn pan(&mut self, delta: Vec2, photo: Size, view: Rect) {
        let size = fitted(photo, view) * self.factor;
        self.center -= delta / size.max(vec2(1.0, 1.0));
        self.settle(photo, view);
    }

    fn settle(&mut self, photo: Size, view: Rect) {
        let size = fitted(photo, view) * self.factor;
        self.center.x = kept_inside(self.center.x, size.x, view.width());
        self.center.y = kept_inside(self.center.y, size.y, view.height());
    }
}

/// A box of the photo on the screen, where the whole photo covers `photo_on_screen`.
pub fn screen_from_photo(rect: PhotoRect, photo: Size, photo_on_screen: Rect) -> Rect {
    let scale = vec2(
        photo_on_screen.width() / photo.width.max(1) as f32,
        photo_on_screen.height() / photo.height.max(1) as f32,
    );
    let min = pos2(
        photo_on_screen.left() + rect.x * scale.x,
        photo_on_screen.top() + rect.y * scale.y,
    );
    Rect::from_min_size(min, vec2(rect.width * scale.x, rect.height * scale.y))
}

/// Size of the photo when it fits the view; small photos are enlarged at most to twice their pixels.
fn fitted(photo: Size, view: Rect) -> Vec2 {
    let (width, height) = (photo.width.max(1) as f32, photo.height.max(1) as f32);
    let scale = (view.width() / width).min(view.height() / height).min(2.0);
    vec2(width, height) * scale.max(f32::EPSILON)
}

/// The centre (fraction) nearest to `center` that leaves no margin on one side only.
fn kept_inside(center: f32, size: f32, view: f32) -> f32 {
    if size <= view {
        return 0.5;
    }
    let half = 0.5 * view / size;
    center.clamp(half, 1.0 - half)
}
