//! A detected face.

use crate::geometry::{Landmarks, PhotoRect};

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
}

impl Detection {
    /// The same face in a picture of the photo that is `factor` times as large along each side.
    pub fn scaled(&self, factor: f32) -> Detection {
        Detection {
            box_in_photo: self.box_in_photo.scaled(factor),
            landmarks: self.landmarks.scaled(factor),
            consensus: self.consensus.scaled(factor),
            score: self.score,
        }
    }
}
