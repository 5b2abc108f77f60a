//! Detector and recognizer behind one door.

use image::RgbImage;

use super::detect::{DetectOptions, detect};
use super::detection::Detection;
use super::refine::refined;
use super::sface::Sface;
use super::yunet::Yunet;
use super::{AlignedFace, DeviceChoice, Embedding, VisionError, centring};
use crate::geometry::Landmarks;

/// Both networks with their weights. One call uses one thread; share it by `Arc` and call from as many as there are cores.
pub struct Engine {
    detector: Yunet,
    recognizer: Sface,
}

impl Engine {
    /// Opens the device, checks and unpacks the weights: about 0.2 s and 100 MB at the peak.
    pub fn load(device: DeviceChoice) -> Result<Engine, VisionError> {
        centring::check()?;
        let device = device.open()?;
        Ok(Engine {
            detector: Yunet::load(&device)?,
            recognizer: Sface::load(&device)?,
        })
    }

    /// Faces of an upright photo, best score first.
    pub fn detect(
        &self,
        photo: &RgbImage,
        options: &DetectOptions,
    ) -> Result<Vec<Detection>, VisionError> {
        detect(&self.detector, photo, options)
    }

    /// The landmarks of a face that [`Engine::detect`] found in `photo`, made more exact by a second look at it alone:
    /// what its crop should be aligned by.
    pub fn refine(&self, photo: &RgbImage, face: &Detection) -> Result<Landmarks, VisionError> {
        refined(&self.detector, photo, face)
    }

    /// One embedding per crop, in order; batches of any size.
    pub fn embed(&self, crops: &[AlignedFace]) -> Result<Vec<Embedding>, VisionError> {
        let raw = self.recognizer.run(crops)?;
        Ok(raw.into_iter().map(Embedding::from_raw).collect())
    }
}
