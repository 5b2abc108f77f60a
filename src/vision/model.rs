//! Names of what makes embeddings: the weights of a recognizer together with the alignment of its crops.
//!
//! A library records the name with each vector, has one current model, and reads the vectors of that one alone: those of
//! different weights can't be compared, and those of different alignments compare worse. It keeps its model, also in a
//! later Kinfolk with a better one, until it is migrated; new photos are embedded by the library's model until then.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::VisionError;

/// The name of the model of a new library: the best one that is built in.
pub const EMBEDDING_MODEL: &str = BuiltInModel::BEST.name();

/// The models that are built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BuiltInModel {
    /// SFace, aligned by the mean of both detection passes.
    SfaceRefined,
    /// SFace, aligned by the mean of those and the face mesh.
    SfaceMesh,
}

/// Models of earlier versions that no build can run any more.
const FORMER_MODELS: [&str; 1] = ["sface-2021dec"];

impl BuiltInModel {
    /// Oldest first. A library may have the vectors of any of them.
    const ALL: [BuiltInModel; 2] = [BuiltInModel::SfaceRefined, BuiltInModel::SfaceMesh];
    pub(super) const BEST: BuiltInModel = BuiltInModel::SfaceMesh;

    pub(super) const fn name(self) -> &'static str {
        match self {
            BuiltInModel::SfaceRefined => "sface-2021dec-refined",
            BuiltInModel::SfaceMesh => "sface-2021dec-mesh",
        }
    }

    pub(super) fn of_name(name: &ModelName) -> Result<BuiltInModel, VisionError> {
        let mut all = BuiltInModel::ALL.into_iter();
        all.find(|model| model.name() == name.as_str())
            .ok_or_else(|| VisionError::UnknownModel {
                model: name.as_str().to_owned(),
                built_in: EMBEDDING_MODEL,
            })
    }
}

/// The name of a model, as the library stores it. Of any text; only some are names of models that this build can run.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct ModelName(Arc<str>);

impl ModelName {
    pub fn new(name: &str) -> ModelName {
        ModelName(name.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is one of the models that are built in.
    pub fn is_built_in(&self) -> bool {
        BuiltInModel::of_name(self).is_ok()
    }

    /// The norm of an embedding before it was normalised, if it is on the scale of the built-in models. What a brought
    /// network returns may have any length.
    pub fn comparable_norm(&self, norm: Option<f32>) -> Option<f32> {
        norm.filter(|_| self.is_built_in())
    }

    /// Whether it came with Kinfolk and there is a better one. A model that the user has brought is not outdated.
    pub fn is_outdated(&self) -> bool {
        FORMER_MODELS.contains(&self.as_str())
            || BuiltInModel::of_name(self).is_ok_and(|model| model != BuiltInModel::BEST)
    }

    /// The names of all that are built in, oldest first.
    pub fn built_in() -> Vec<ModelName> {
        BuiltInModel::ALL
            .map(|model| ModelName::new(model.name()))
            .to_vec()
    }
}

/// The model of a new library.
impl Default for ModelName {
    fn default() -> ModelName {
        ModelName::new(EMBEDDING_MODEL)
    }
}

impl From<String> for ModelName {
    fn from(name: String) -> ModelName {
        ModelName(name.into())
    }
}

impl From<ModelName> for String {
    fn from(model: ModelName) -> String {
        model.as_str().to_owned()
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
