//! A detected face.

use super::align::tilt;
use crate::geometry::{Landmarks, PhotoRect, Point};

/// Landmarks that lie off each other by less than this, on average, are of one face; as a share of the distance between the
/// larger face's eyes and mouth. Looks at one face are off by a tenth, a face in front of another one by more than one.
const SAME_LANDMARKS: f32 = 0.4;
/// A face that is smaller than this share of another one is not the same, wherever it lies.
const SAME_SIZE: f32 = 0.5;

/// A face as the detector found it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// In pixels of the upright photo; may extend beyond its border.
    pub box_in_photo: PhotoRect,
    pub landmarks: Landmarks,
    /// Mean over all grid positions of the detector that found this face. It is steadier than `landmarks`, which come
    /// from the best position alone.
    pub consensus: Landmarks,
    /// √(class probability · objectness), 0 to 1.
    pub score: f32,
    /// Colours and greys are inverted: the crop must be, too.
    pub is_negative: bool,
    /// Over how many pixels the photo must be smoothed until the face shows, because of the dots of a halftone print; 1 where
    /// it shows beside them, 0 in what is none.
    pub smoothing: f32,
}

impl Detection {
    /// The same face in a picture of the photo that is `factor` times as large along each side.
    pub fn scaled(&self, factor: f32) -> Detection {
        Detection {
            box_in_photo: self.box_in_photo.scaled(factor),
            landmarks: self.landmarks.scaled(factor),
            consensus: self.consensus.scaled(factor),
            smoothing: self.smoothing * factor,
            ..*self
        }
    }

    /// The same face with each point moved, in a box of these sides around its moved centre.
    pub(super) fn moved(&self, point: impl Fn(Point) -> Point, sides: (f32, f32)) -> Detection {
        let center = point(self.box_in_photo.center());
        let landmarks = |of: &Landmarks| Landmarks(of.0.map(&point));
        let (width, height) = sides;
        Detection {
            box_in_photo: PhotoRect {
                x: center.x - width / 2.0,
                y: center.y - height / 2.0,
                width,
                height,
            },
            landmarks: landmarks(&self.landmarks),
            consensus: landmarks(&self.consensus),
            ..*self
        }
    }

    /// By how much the face is turned clockwise in the photo, in radians, −π to π.
    pub(super) fn tilt(&self) -> f32 {
        tilt(&self.landmarks)
    }

    /// Whether both found the same eyes, nose and mouth, whatever their boxes.
    pub(super) fn has_landmarks_of(&self, other: &Detection) -> bool {
        let (own, others) = (
            eyes_to_mouth(&self.landmarks),
            eyes_to_mouth(&other.landmarks),
        );
        let (small, large) = (own.min(others), own.max(others));
        let pairs = self.landmarks.0.iter().zip(&other.landmarks.0);
        let apart: f32 = pairs.map(|(a, b)| distance(a, b)).sum::<f32>() / 5.0;
        small >= SAME_SIZE * large && apart <= SAME_LANDMARKS * large
    }
}

/// From the middle between the eyes to the middle of the mouth, which no turn of the head to the side shortens.
fn eyes_to_mouth(landmarks: &Landmarks) -> f32 {
    let [right_eye, left_eye, _, right_mouth, left_mouth] = landmarks.0;
    distance(
        &middle(right_eye, left_eye),
        &middle(right_mouth, left_mouth),
    )
}

fn middle(a: Point, b: Point) -> Point {
    Point {
        x: (a.x + b.x) / 2.0,
        y: (a.y + b.y) / 2.0,
    }
}

fn distance(a: &Point, b: &Point) -> f32 {
    (a.x - b.x).hypot(a.y - b.y)
}
