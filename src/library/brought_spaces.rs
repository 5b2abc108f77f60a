//! The working spaces of networks that a user brought, fitted to this library, each under the name of its model.
//!
//! A space belongs to the embeddings of its model as its weights do, so it lies in the library's file. It is written before
//! the first of them, and never changed.

use serde::{Deserialize, Serialize};

use super::{Library, LibraryError};
use crate::vision::ModelName;

/// Before the name of a model: its space.
const SPACE: &str = "working_space:";
/// Before the name of a network: the name of the model with the space that was fitted last.
const LATEST: &str = "latest_space:";

/// A space as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredSpace {
    /// Comparable faces in the library when it was fitted.
    pub library_faces: u32,
    /// In the form of [`crate::vision`]'s working spaces.
    pub space: String,
}

impl Library {
    /// The space of a model; `None` if there is none, or what is stored can't be read.
    pub fn working_space(&self, model: &ModelName) -> Result<Option<StoredSpace>, LibraryError> {
        let text = self.setting(&format!("{SPACE}{model}"))?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// The model with the space that was fitted last for a network.
    pub fn latest_model_of(&self, network: &str) -> Result<Option<ModelName>, LibraryError> {
        let name = self.setting(&format!("{LATEST}{network}"))?;
        Ok(name.map(|name| ModelName::new(&name)))
    }

    /// Stores the space of a model of a network. A killed program leaves at most a space that nothing uses.
    pub fn keep_working_space(
        &mut self,
        network: &str,
        model: &ModelName,
        space: &StoredSpace,
    ) -> Result<(), LibraryError> {
        let text = serde_json::to_string(space)?;
        self.set_setting(&format!("{SPACE}{model}"), Some(&text))?;
        self.set_setting(&format!("{LATEST}{network}"), Some(model.as_str()))
    }
}
