//! All networks together.

use image::RgbImage;

use super::detect::{DetectOptions, detect};
use super::detection::Detection;
use super::mesh::Mesh;
use super::refine::{Refined, refined};
use super::search::{FirstPass, Found, SearchOptions, first_pass, further_passes};
use super::sface::Sface;
use super::yunet::Yunet;
use super::{AlignedFace, DeviceChoice, Embedding, VisionError, centring};
use crate::stop::StopFlag;

/// The networks with their weights. A call uses one thread. Share the engine in an `Arc` and call it from one thread
/// per core.
pub struct Engine {
    detector: Yunet,
    mesh: Mesh,
    recognizer: Sface,
}

impl Engine {
    /// Opens the device, checks the weights and dequantises them: about 0.2 s and a peak of 100 MB.
    pub fn load(device: DeviceChoice) -> Result<Engine, VisionError> {
        centring::check()?;
        let device = device.open()?;
        Ok(Engine {
            detector: Yunet::load(&device)?,
            mesh: Mesh::load(&device)?,
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

    /// Whatever the whole photo may show in the first pass; ask [`Self::further_passes`] for its faces.
    pub fn first_pass(
        &self,
        picture: &RgbImage,
        options: &SearchOptions,
    ) -> Result<FirstPass, VisionError> {
        first_pass(&self.detector, picture, options)
    }

    /// The faces of a photo, also those that the first pass cannot have seen: small, huge, turned, or printed with dots.
    ///
    /// # Errors
    /// [`VisionError::Stopped`] between two passes once `stop` is set.
    pub fn further_passes(
        &self,
        picture: &RgbImage,
        first: FirstPass,
        options: &SearchOptions,
        stop: &StopFlag,
    ) -> Result<Found, VisionError> {
        further_passes(&self.detector, picture, first, options, stop)
    }

    /// A face that [`Engine::detect`] found in `photo`, seen closely: more exact landmarks for its alignment, its pose, eyes
    /// and mouth.
    pub fn refine(&self, photo: &RgbImage, face: &Detection) -> Result<Refined, VisionError> {
        refined(&self.detector, &self.mesh, photo, face)
    }

    /// One embedding per crop, in order; for batches of any size.
    pub fn embed(&self, crops: &[AlignedFace]) -> Result<Vec<Embedding>, VisionError> {
        let raw = self.recognizer.run(crops)?;
        Ok(raw.into_iter().map(Embedding::from_raw).collect())
    }
}
