//! Whole photos seen on their side or upside down.

use image::{RgbImage, imageops};

use super::detection::Detection;
use crate::geometry::Point;

/// The detector knows faces that are tilted by up to about this, in radians.
const MAX_TILT_SEEN: f32 = std::f32::consts::FRAC_PI_6;

/// By how much the faces of a photo are turned, clockwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quarter {
    Right,
    Down,
    Left,
}

impl Quarter {
    pub(super) const ALL: [Quarter; 3] = [Quarter::Right, Quarter::Down, Quarter::Left];

    /// The one nearest to an angle (radians, −π to π); `None` for what is upright.
    pub(super) fn nearest(angle: f32) -> Option<Quarter> {
        let quarters = (angle / std::f32::consts::FRAC_PI_2).round() as i32;
        match quarters.rem_euclid(4) {
            1 => Some(Quarter::Right),
            2 => Some(Quarter::Down),
            3 => Some(Quarter::Left),
            _ => None,
        }
    }

    /// The one in which the detector sees a face that is turned by an angle (radians, −π to π).
    pub(super) fn showing(angle: f32) -> Option<Quarter> {
        let off = |quarter: &Quarter| {
            let off = angle.rem_euclid(std::f32::consts::TAU) - quarter.angle();
            off.abs() <= MAX_TILT_SEEN
        };
        Quarter::nearest(angle).filter(off)
    }

    /// In radians.
    pub(super) fn angle(self) -> f32 {
        let quarters = match self {
            Quarter::Right => 1.0,
            Quarter::Down => 2.0,
            Quarter::Left => 3.0,
        };
        quarters * std::f32::consts::FRAC_PI_2
    }

    /// The photo turned so that such faces are upright.
    pub(super) fn upright(self, photo: &RgbImage) -> RgbImage {
        match self {
            Quarter::Right => imageops::rotate270(photo),
            Quarter::Down => imageops::rotate180(photo),
            Quarter::Left => imageops::rotate90(photo),
        }
    }

    /// A face of [`Self::upright`], in pixels of the photo of these sides.
    pub(super) fn in_photo(self, face: &Detection, photo: (f32, f32)) -> Detection {
        let (width, height) = photo;
        let point = |p: Point| match self {
            Quarter::Right => Point {
                x: width - p.y,
                y: p.x,
            },
            Quarter::Down => Point {
                x: width - p.x,
                y: height - p.y,
            },
            Quarter::Left => Point {
                x: p.y,
                y: height - p.x,
            },
        };
        let rect = &face.box_in_photo;
        let sides = match self {
            Quarter::Down => (rect.width, rect.height),
            Quarter::Right | Quarter::Left => (rect.height, rect.width),
        };
        face.moved(point, sides)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_shows_what_is_tilted_a_little() {
        for (degrees, expected) in [
            (10.0, None),
            (55.0, None),
            (65.0, Some(Quarter::Right)),
            (90.0, Some(Quarter::Right)),
            (130.0, None),
            (-170.0, Some(Quarter::Down)),
            (180.0, Some(Quarter::Down)),
            (-115.0, Some(Quarter::Left)),
            (-50.0, None),
        ] {
            let angle: f32 = degrees;
            assert_eq!(Quarter::showing(angle.to_radians()), expected, "{degrees}");
        }
    }
}
