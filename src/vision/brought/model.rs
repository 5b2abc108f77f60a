//! A brought network together with the working space that was fitted to a library.

use std::sync::Arc;

use image::RgbImage;

use super::error::BroughtError;
use super::network::{BroughtNetwork, BroughtVector};
use super::working_space::WorkingSpace;
use crate::geometry::Landmarks;
use crate::vision::{AlignedFace, Embedded, ModelName};

/// Separates the names of the network and of the space in a model's name.
const SPACE_MARK: char = '#';

/// What makes the embeddings of a library whose owner has brought a network. Clones share the weights.
#[derive(Clone)]
pub struct BroughtModel {
    network: Arc<BroughtNetwork>,
    /// `None` while it is being fitted.
    space: Option<Arc<WorkingSpace>>,
    name: ModelName,
}

impl BroughtModel {
    /// A network that aligns faces, but does not embed them yet.
    pub fn unfitted(network: Arc<BroughtNetwork>) -> BroughtModel {
        BroughtModel {
            name: ModelName::new(&network.manifest().model_name()),
            space: None,
            network,
        }
    }

    /// `space` was fitted to vectors of this network.
    ///
    /// # Panics
    /// If its vectors have another length.
    pub fn fitted(network: Arc<BroughtNetwork>, space: WorkingSpace) -> BroughtModel {
        assert_eq!(
            space.dimension(),
            network.manifest().output.dimension,
            "a space of this network"
        );
        BroughtModel {
            name: ModelName::new(&format!(
                "{}{SPACE_MARK}{}",
                network.manifest().model_name(),
                space.name()
            )),
            space: Some(Arc::new(space)),
            network,
        }
    }

    /// What a library stores with each vector: that of no other network, no other way to run it, and no other space.
    pub fn name(&self) -> &ModelName {
        &self.name
    }

    pub fn network(&self) -> &Arc<BroughtNetwork> {
        &self.network
    }

    /// Crops a face as the network takes it; the landmarks are in pixels of the photo.
    pub fn align(&self, photo: &RgbImage, landmarks: &Landmarks) -> AlignedFace {
        self.network.align(photo, landmarks)
    }

    /// The working numbers of each crop.
    pub fn embed(&self, crops: &[AlignedFace]) -> Result<Vec<Embedded>, BroughtError> {
        let space = self
            .space
            .as_ref()
            .ok_or_else(|| BroughtError::Run("it was not fitted to this library yet".into()))?;
        let vectors = self.network.embed(crops)?;
        let embedded = |vector: &BroughtVector| Embedded {
            embedding: space.working(&vector.numbers),
            norm: vector.norm,
        };
        Ok(vectors.iter().map(embedded).collect())
    }
}

/// The network of a model's name, if it is that of a brought one: such names have both marks.
pub fn network_of(model: &ModelName) -> Option<&str> {
    let (network, space) = model.as_str().split_once(SPACE_MARK)?;
    (!space.is_empty() && network.contains('@')).then_some(network)
}
