//! The networks that a user brought to a library: where their files lie, and how one becomes the library's model.
//!
//! `add` copies an ONNX file and its manifest into a folder beside the library's file. `prepare` runs such a network on a sample
//! of the library's photos, refuses it if its vectors say nothing, and fits a working space; the library stores the space under
//! the name of the model, which names network and space. `model_of` loads what the library's model needs.

mod add;
mod error;
mod folder;
mod prepare;
mod remove;
mod sample;

pub use add::{add, manifest_at};
pub use error::BroughtModelError;
pub use folder::{BroughtEntry, entries, find};
pub use prepare::{Prepared, model_of, prepare, ready_model, space_of};
pub use remove::remove;
