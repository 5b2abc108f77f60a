//! All networks together.

use std::sync::Arc;

use image::{RgbImage, imageops};

use super::detect::{DetectOptions, detect};
use super::detection::Detection;
use super::mesh::Mesh;
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
    model: Model,
}

/// What aligns and embeds faces.
#[derive(Clone)]
enum Model {
    BuiltIn(BuiltInModel),
    #[cfg(feature = "byo")]
    Brought(super::brought::BroughtModel),
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
    /// The crop of the built-in recognizer, if `crop` is that of another one: the quality of a face must not depend on it.
    pub for_quality: Option<AlignedFace>,
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
            model: Model::BuiltIn(BuiltInModel::BEST),
        })
    }

    /// The same networks, to align and embed faces by another model: that of a library.
    ///
    /// # Errors
    /// [`VisionError::UnknownModel`] if this build has no such model.
    pub fn for_model(&self, model: &ModelName) -> Result<Engine, VisionError> {
        Ok(Engine {
            networks: Arc::clone(&self.networks),
            model: Model::BuiltIn(BuiltInModel::of_name(model)?),
        })
    }

    /// The model of which [`Self::embed`] makes embeddings.
    pub fn model(&self) -> ModelName {
        match &self.model {
            Model::BuiltIn(model) => ModelName::new(model.name()),
            #[cfg(feature = "byo")]
            Model::Brought(model) => model.name().clone(),
        }
    }

    /// The same networks, to align and embed faces by a network that the user brought.
    #[cfg(feature = "byo")]
    pub fn with_brought(&self, model: super::brought::BroughtModel) -> Engine {
        Engine {
            networks: Arc::clone(&self.networks),
            model: Model::Brought(model),
        }
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
        let (landmarks, mesh) = match &self.model {
            Model::BuiltIn(BuiltInModel::SfaceRefined) => (face.landmarks, None),
            _ => {
                let seen = self.networks.mesh.face(photo, face)?;
                (seen.landmarks, seen.measures)
            }
        };
        let own = positive(face, align(photo, &landmarks));
        Ok(match &self.model {
            Model::BuiltIn(_) => Aligned {
                crop: own,
                for_quality: None,
                mesh,
            },
            #[cfg(feature = "byo")]
            Model::Brought(model) => Aligned {
                crop: positive(face, model.align(photo, &landmarks)),
                for_quality: Some(own),
                mesh,
            },
        })
    }

    /// A face that no model recognizes ([`may_be_recognized`](super::may_be_recognized)), by its landmarks alone: for its
    /// quality. The crop is not to be embedded.
    pub fn align_unrecognizable(&self, photo: &RgbImage, face: &Detection) -> Aligned {
        Aligned {
            crop: positive(face, align(photo, &face.landmarks)),
            for_quality: None,
            mesh: None,
        }
    }

    /// One embedding per crop, in order; for batches of any size.
    pub fn embed(&self, crops: &[AlignedFace]) -> Result<Vec<Embedded>, VisionError> {
        #[cfg(feature = "byo")]
        if let Model::Brought(model) = &self.model {
            return Ok(model.embed(crops)?);
        }
        let raw = self.networks.recognizer.run(crops)?;
        Ok(raw.into_iter().map(Embedded::from_raw).collect())
    }
}

fn positive(face: &Detection, mut crop: AlignedFace) -> AlignedFace {
    if face.is_negative {
        imageops::invert(&mut crop.0);
    }
    crop
}
