//! Detector and recognizer behind one door.

use image::RgbImage;

use super::{AlignedFace, DeviceChoice, Embedding, VisionError};
use crate::geometry::{Landmarks, PhotoRect};

/// Score that keeps false faces rare while real ones stay.
pub const DEFAULT_MIN_SCORE: f32 = 0.7;

/// One face as the detector saw it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// Upright photo pixels; may reach beyond the border.
    pub box_in_photo: PhotoRect,
    pub landmarks: Landmarks,
    /// √(class probability · objectness), 0 to 1.
    pub score: f32,
}

/// How to look for faces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DetectOptions {
    /// Faces below this score are dropped, 0 to 1.
    pub min_score: f32,
}

impl Default for DetectOptions {
    fn default() -> Self {
        DetectOptions {
            min_score: DEFAULT_MIN_SCORE,
        }
    }
}

/// Both networks with their weights. One call uses one thread; share it by `Arc` and call from as many as there are cores.
pub struct Engine {
    _device: candle_core::Device,
}

impl Engine {
    pub fn load(device: DeviceChoice) -> Result<Engine, VisionError> {
        Ok(Engine {
            _device: device.open()?,
        })
    }

    /// Faces of an upright photo, best score first.
    pub fn detect(
        &self,
        _photo: &RgbImage,
        _options: &DetectOptions,
    ) -> Result<Vec<Detection>, VisionError> {
        todo!("the networks land next")
    }

    /// One embedding per crop, in order.
    pub fn embed(&self, _crops: &[AlignedFace]) -> Result<Vec<Embedding>, VisionError> {
        todo!("the networks land next")
    }
}
