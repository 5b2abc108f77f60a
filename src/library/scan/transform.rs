//! How a former picture lies in the new one: turned, scaled and shifted.

use crate::geometry::{PhotoRect, Point, Size};
use crate::photo::Orientation;

/// From the former upright picture to the new one, in pixels: a turn of the whole, then a scale and a shift.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transform {
    turn: Orientation,
    former_size: Size,
    scale: (f32, f32),
    shift: (f32, f32),
}

impl Transform {
    /// Of the whole picture; `None` if the aspect ratio is not that of the turned picture.
    pub(super) fn of_whole(turn: Orientation, former_size: Size, size: Size) -> Option<Transform> {
        let turned = turn.upright_size(former_size);
        same_shape(turned, size).then(|| Transform {
            turn,
            former_size,
            scale: (
                size.width as f32 / turned.width as f32,
                size.height as f32 / turned.height as f32,
            ),
            shift: (0.0, 0.0),
        })
    }

    /// Of a crop, which brings one box onto another.
    pub(super) fn of_boxes(
        turn: Orientation,
        former_size: Size,
        before: PhotoRect,
        now: PhotoRect,
    ) -> Option<Transform> {
        let mut transform = Transform {
            turn,
            former_size,
            scale: (1.0, 1.0),
            shift: (0.0, 0.0),
        };
        let turned = transform.rect(before);
        let scale = (now.area() / turned.area()).sqrt();
        if !(scale.is_finite() && scale > 0.0) {
            return None;
        }
        let (from, to) = (turned.center(), now.center());
        transform.scale = (scale, scale);
        transform.shift = (to.x - scale * from.x, to.y - scale * from.y);
        Some(transform)
    }

    pub(super) fn is_turned(&self) -> bool {
        self.turn != Orientation::UPRIGHT
    }

    /// Whether left and right are exchanged.
    pub(super) fn is_mirrored(&self) -> bool {
        matches!(self.turn.value(), 2 | 4 | 5 | 7)
    }

    pub(super) fn point(&self, point: Point) -> Point {
        let former = (
            self.former_size.width as f32,
            self.former_size.height as f32,
        );
        let turned = self.turn.upright_size(self.former_size);
        let (x, y) = self.turn.turned(point.x / former.0, point.y / former.1);
        Point {
            x: x * turned.width as f32 * self.scale.0 + self.shift.0,
            y: y * turned.height as f32 * self.scale.1 + self.shift.1,
        }
    }

    pub(super) fn rect(&self, rect: PhotoRect) -> PhotoRect {
        let one = self.point(Point {
            x: rect.x,
            y: rect.y,
        });
        let other = self.point(Point {
            x: rect.x + rect.width,
            y: rect.y + rect.height,
        });
        PhotoRect {
            x: one.x.min(other.x),
            y: one.y.min(other.y),
            width: (one.x - other.x).abs(),
            height: (one.y - other.y).abs(),
        }
    }
}

/// Whether two sizes have the same aspect ratio, up to rounding.
fn same_shape(a: Size, b: Size) -> bool {
    let product = |x: u32, y: u32| f64::from(x) * f64::from(y);
    let (one, other) = (product(a.width, b.height), product(b.width, a.height));
    (one - other).abs() <= 0.02 * one.max(other)
}
