//! All networks together.

use std::sync::Arc;

use image::{RgbImage, imageops};

use super::detect::{DetectOptions, detect};
use super::detection::Detection;
use super::mesh::{Mesh, MeshFace};
use super::model::BuiltInModel;
use super::refine::refined;
use super::search::{FirstPass, Found, SearchOptions, first_pass, further_passes};
use super::sface::Sface;
use super::yunet::Yunet;
use super::{
    AlignedFace, DeviceChoice, Embedded, MeshMeasures, ModelName, VisionError, align, centring,
};
use crate::geometry::Landmarks;
use crate::stop::StopFlag;

/// The networks with their weights, and the model by which faces are aligned and embedded. A call uses one thread. Clones
/// share the weights: call one from each core.
#[derive(Clone)]
pub struct Engine {
    networks: Arc<Networks>,
    model: BuiltInModel,
}

struct Networks {
    detector: Yunet,
    mesh: Mesh,
    recognizer: Sface,
}

/// An aligned face.
#[derive(Clone, Debug)]
pub struct Aligned {
    pub crop: AlignedFace,
    /// If the model aligns faces by a mesh, and one could be laid on the face.
    pub mesh: Option<MeshMeasures>,
}

impl Engine {
    /// Opens the device, checks the weights and dequantises them: about 0.2 s and a peak of 100 MB. The model is that of
    /// new libraries.
    pub fn load(device: DeviceChoice) -> Result<Engine, VisionError> {
        centring::check()?;
        let device = device.open()?;
        Ok(Engine {
            networks: Arc::new(Networks {
                detector: Yunet::load(&device)?,
                mesh: Mesh::load(&device)?,
                recognizer: Sface::load(&device)?,
            }),
            model: BuiltInModel::BEST,
        })
    }

    /// The same networks, to align and embed faces by another model: that of a library.
    ///
    /// # Errors
    /// [`VisionError::UnknownModel`] if this build has no such model.
    pub fn for_model(&self, model: &ModelName) -> Result<Engine, VisionError> {
        Ok(Engine {
            networks: Arc::clone(&self.networks),
            model: BuiltInModel::of_name(model)?,
        })
    }

    /// The model of which [`Self::embed`] makes embeddings.
    pub fn model(&self) -> ModelName {
        ModelName::new(self.model.name())
    }

    /// The first detection pass: the faces of an upright photo in its pixels, best score first.
    pub fn detect(
        &self,
        photo: &RgbImage,
        options: &DetectOptions,
    ) -> Result<Vec<Detection>, VisionError> {
        detect(&self.networks.detector, photo, options)
    }

    /// Whatever the whole photo may show in the first pass; ask [`Self::further_passes`] for its faces.
    pub fn first_pass(
        &self,
        picture: &RgbImage,
        options: &SearchOptions,
    ) -> Result<FirstPass, VisionError> {
        first_pass(&self.networks.detector, picture, options)
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
        further_passes(&self.networks.detector, picture, first, options, stop)
    }

    /// The refinement pass: more exact landmarks of a face that [`Engine::detect`] found in `photo`, for its alignment.
    pub fn refine(&self, photo: &RgbImage, face: &Detection) -> Result<Landmarks, VisionError> {
        refined(&self.networks.detector, photo, face)
    }

    /// Aligns a face of `photo` as the model wants it; its landmarks are refined ([`Self::refine`]) and stay as they are.
    /// A negative is inverted.
    pub fn align(&self, photo: &RgbImage, face: &Detection) -> Result<Aligned, VisionError> {
        let mut aligned = match self.model {
            BuiltInModel::SfaceRefined => Aligned {
                crop: align(photo, &face.landmarks),
                mesh: None,
            },
            BuiltInModel::SfaceMesh => {
                let MeshFace {
                    landmarks,
                    measures,
                } = self.networks.mesh.face(photo, face)?;
                Aligned {
                    crop: align(photo, &landmarks),
                    mesh: measures,
                }
            }
        };
        if face.is_negative {
            imageops::invert(&mut aligned.crop.0);
        }
        Ok(aligned)
    }

    /// One embedding per crop, in order; for batches of any size.
    pub fn embed(&self, crops: &[AlignedFace]) -> Result<Vec<Embedded>, VisionError> {
        let raw = self.networks.recognizer.run(crops)?;
        Ok(raw.into_iter().map(Embedded::from_raw).collect())
    }
}
