//! The picture of one face that the mesh sees: upright, as large in it as in the pictures that the network learnt from.

use image::RgbImage;

use super::SIDE;
use crate::geometry::{Landmarks, Point, Size};
use crate::vision::align::{Similarity, TEMPLATE, sampled};

const SIZE: Size = Size {
    width: SIDE as u32,
    height: SIDE as u32,
};
/// Pixels of the view per pixel of the recognizer's crop: the whole crop takes .72 of the view, which leaves room for chin
/// and forehead.
const VIEW_FROM_CROP: f32 = 0.72 * SIDE as f32 / 112.0;
/// The point of the recognizer's crop that is in the middle of the view: the middle of a face lies below that of its crop.
const MIDDLE_IN_CROP: Point = Point { x: 56.0, y: 62.0 };

/// A view of one face of a photo.
pub struct MeshView {
    pub picture: RgbImage,
    photo_from_view: Similarity,
}

impl MeshView {
    /// Of the face with these landmarks, in pixels of the photo. `None` if they coincide or are not finite.
    pub fn of(photo: &RgbImage, landmarks: &Landmarks) -> Option<MeshView> {
        let middle = SIDE as f32 / 2.0;
        let template = TEMPLATE.map(|point| Point {
            x: middle + (point.x - MIDDLE_IN_CROP.x) * VIEW_FROM_CROP,
            y: middle + (point.y - MIDDLE_IN_CROP.y) * VIEW_FROM_CROP,
        });
        let photo_from_view = Similarity::between(&landmarks.0, &template).inverse();
        photo_from_view.is_finite().then(|| MeshView {
            picture: sampled(photo, &photo_from_view, SIZE),
            photo_from_view,
        })
    }

    /// A point of the view, in pixels of the photo.
    pub fn in_photo(&self, point: Point) -> Point {
        self.photo_from_view.apply(point)
    }

    /// By how much the view is turned clockwise in the photo, in radians.
    pub fn tilt(&self) -> f32 {
        self.photo_from_view.angle()
    }
}
