//! The detector and the recognizer together.

use image::RgbImage;

use super::detect::{DetectOptions, detect};
use super::detection::Detection;
use super::refine::refined;
use super::sface::Sface;
use super::yunet::Yunet;
use super::{AlignedFace, DeviceChoice, Embedding, VisionError, centring};
use crate::geometry::Landmarks;

/// Both networks with their weights. A call uses one thread. Share the engine in an `Arc` and call it from one thread
/// per core.
pub struct Engine {
    detector: Yunet,
    recognizer: Sface,
}

impl Engine {
    /// Opens the device, checks the weights and dequantises them: about 0.2 s and a peak of 100 MB.
    pub fn load(device: DeviceChoice) -> Result<Engine, VisionError> {
        centring::check()?;
        let device = device.open()?;
        Ok(Engine {
            detector: Yunet::load(&device)?,
            recognizer: Sface::load(&device)?,
        })
    }

    /// The first detection pass: the faces of an upright photo in its pixels, best score first.
    pub fn detect(
        &self,
        photo: &RgbImage,
        options: &DetectOptions,
    ) -> Result<Vec<Detection>, VisionError> {
        detect(&self.detector, photo, options)
    }

    /// The refinement pass: more exact landmarks of a face that [`Engine::detect`] found in `photo`, for its alignment.
    pub fn refine(&self, photo: &RgbImage, face: &Detection) -> Result<Landmarks, VisionError> {
        refined(&self.detector, photo, face)
    }

    /// One embedding per crop, in order; for batches of any size.
    pub fn embed(&self, crops: &[AlignedFace]) -> Result<Vec<Embedding>, VisionError> {
        let raw = self.recognizer.run(crops)?;
        Ok(raw.into_iter().map(Embedding::from_raw).collect())
    }
}
