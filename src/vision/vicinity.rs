//! The surroundings of one face, seen at any angle.
//!
//! The detector knows faces that stand upright, up to about 30° to either side. A face that is turned further is seen here
//! as if the photo had been turned back; what is found is told in pixels of the photo as it is.

use image::{RgbImage, imageops};

use super::VisionError;
use super::align::bilinear;
use super::detection::Detection;
use super::yunet::{Input, PhotoFromInput, Yunet, detections};
use crate::geometry::{PhotoRect, Point, Size};
use crate::resample::resample;

/// How large the surroundings and the face in them are seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// Side of the detector's input, in pixels.
    pub input_side: u32,
    /// The longer side of the face's box in it.
    pub face_side: f32,
}

/// The part of a photo that the views around one face need, at their scale.
pub(super) struct Vicinity {
    picture: RgbImage,
    /// The face's centre, in pixels of `picture` and of the photo.
    center: Point,
    center_in_photo: Point,
    /// Photo pixels per pixel of `picture`.
    photo_from_picture: f32,
    input_side: u32,
}

impl Vicinity {
    /// `None` where hardly anything of it lies inside the photo, or a number is not finite.
    pub(super) fn of(photo: &RgbImage, face: &PhotoRect, view: View) -> Option<Vicinity> {
        let scale = view.face_side / face.width.max(face.height);
        if !(scale.is_finite() && scale > 0.0) {
            return None;
        }
        let center = face.center();
        // Half the diagonal, so that any angle finds its corners.
        let reach = view.input_side as f32 * std::f32::consts::FRAC_1_SQRT_2 / scale;
        let (width, height) = photo.dimensions();
        let around = PhotoRect {
            x: center.x - reach,
            y: center.y - reach,
            width: 2.0 * reach,
            height: 2.0 * reach,
        };
        let inside = around.clamped(Size { width, height });
        let to = Size {
            width: (inside.width * scale).round() as u32,
            height: (inside.height * scale).round() as u32,
        };
        if to.width.min(to.height) < view.face_side as u32 / 2 {
            return None;
        }
        let picture = resample(photo, inside, to).ok()?;
        Some(Vicinity {
            picture,
            center: Point {
                x: (center.x - inside.x) * scale,
                y: (center.y - inside.y) * scale,
            },
            center_in_photo: center,
            photo_from_picture: 1.0 / scale,
            input_side: view.input_side,
        })
    }

    /// The positive of a negative.
    pub(super) fn inverted(mut self) -> Vicinity {
        imageops::invert(&mut self.picture);
        self
    }

    /// What the detector sees of a face that is turned clockwise by `angle` (radians), in pixels of the photo.
    pub(super) fn detections(
        &self,
        network: &Yunet,
        angle: f32,
        min_score: f32,
    ) -> Result<Vec<Detection>, VisionError> {
        let side = self.input_side as usize;
        let outputs = network.run(self.input(angle))?;
        let half = self.input_side as f32 / 2.0;
        let centered = PhotoFromInput {
            scale_x: 1.0,
            scale_y: 1.0,
            shift: Point { x: -half, y: -half },
        };
        let seen = detections(&outputs, side, side, min_score, &centered);
        Ok(seen.iter().map(|face| self.in_photo(face, angle)).collect())
    }

    fn input(&self, angle: f32) -> Input {
        let half = self.input_side as f32 / 2.0;
        let turn = Turn::by(angle);
        let picture = RgbImage::from_fn(self.input_side, self.input_side, |x, y| {
            let (x, y) = (x as f32 + 0.5 - half, y as f32 + 0.5 - half);
            let from = turn.of(Point { x, y });
            bilinear(
                &self.picture,
                Point {
                    x: from.x + self.center.x - 0.5,
                    y: from.y + self.center.y - 0.5,
                },
            )
        });
        let side = self.input_side as usize;
        Input {
            pixels: picture.into_raw(),
            width: side,
            height: side,
        }
    }

    /// A detection around the centre of an input turned by `angle`, in pixels of the photo.
    fn in_photo(&self, face: &Detection, angle: f32) -> Detection {
        let turn = Turn::by(angle);
        let point = |point: Point| {
            let from = turn.of(point);
            Point {
                x: from.x * self.photo_from_picture + self.center_in_photo.x,
                y: from.y * self.photo_from_picture + self.center_in_photo.y,
            }
        };
        let Extent { width, height } = Extent::of(&face.box_in_photo).turned(angle);
        let scale = self.photo_from_picture;
        face.moved(point, (width * scale, height * scale))
    }
}

/// A turn clockwise around the origin (y points down).
struct Turn {
    sin: f32,
    cos: f32,
}

impl Turn {
    /// `angle`: in radians.
    fn by(angle: f32) -> Turn {
        let (sin, cos) = angle.sin_cos();
        Turn { sin, cos }
    }

    fn of(&self, point: Point) -> Point {
        Point {
            x: self.cos * point.x - self.sin * point.y,
            y: self.sin * point.x + self.cos * point.y,
        }
    }
}

struct Extent {
    width: f32,
    height: f32,
}

impl Extent {
    fn of(rect: &PhotoRect) -> Extent {
        Extent {
            width: rect.width,
            height: rect.height,
        }
    }

    /// Of the upright box around the ellipse in this one, once it is turned: a face is round, its corners are empty.
    fn turned(&self, angle: f32) -> Extent {
        let (sin, cos) = angle.sin_cos();
        Extent {
            width: (self.width * cos).hypot(self.height * sin),
            height: (self.width * sin).hypot(self.height * cos),
        }
    }
}
