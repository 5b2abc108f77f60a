//! A face that the detector found.

use super::yunet::Candidate;
use crate::geometry::{Landmarks, PhotoRect, Point};

/// One face as the detector saw it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// Upright photo pixels; may reach beyond the border.
    pub box_in_photo: PhotoRect,
    pub landmarks: Landmarks,
    /// The mean over all positions of the detector's grids that found this face; steadier than `landmarks`, which are those
    /// of the best position alone.
    pub consensus: Landmarks,
    /// √(class probability · objectness), 0 to 1.
    pub score: f32,
}

impl Detection {
    /// The same face in a picture of the photo whose pixels are `factor` of this one's along each side.
    pub fn scaled(&self, factor: f32) -> Detection {
        Detection {
            box_in_photo: self.box_in_photo.scaled(factor),
            landmarks: self.landmarks.scaled(factor),
            consensus: self.consensus.scaled(factor),
            score: self.score,
        }
    }
}

/// A candidate in photo pixels; `photo_from_input` scales x and y.
pub(super) fn in_photo(candidate: &Candidate, photo_from_input: (f32, f32)) -> Detection {
    let (x, y) = photo_from_input;
    let landmarks = Landmarks(candidate.landmarks.map(|(at_x, at_y)| Point {
        x: at_x * x,
        y: at_y * y,
    }));
    Detection {
        box_in_photo: PhotoRect {
            x: candidate.x * x,
            y: candidate.y * y,
            width: candidate.width * x,
            height: candidate.height * y,
        },
        landmarks,
        consensus: landmarks,
        score: candidate.score,
    }
}
