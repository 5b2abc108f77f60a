//! A face that the detector found.

use crate::geometry::{Landmarks, PhotoRect};

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
