//! Recognizers that the user brings: an ONNX file, and a manifest that says how to run it.
//!
//! Both files are untrusted. The manifest is checked field by field; the ONNX file's sum is compared with the manifest's, its
//! bytes are walked (`bounds`), and its graph is refused unless the cost of a run follows from the file and is limited
//! (`graph`, `shapes`). Only then rten, a runtime in Rust, loads it. A vector has as many numbers as the network gives;
//! [`WorkingSpace`] turns it into the 128 numbers that everything else compares.

mod bounds;
mod error;
mod field;
mod graph;
mod manifest;
mod model;
mod network;
mod shapes;
mod template;
mod trial;
mod working_space;

pub use error::{BroughtError, ManifestError};
pub use graph::Graph;
pub use manifest::{Channels, Input, Layout, MAX_MANIFEST_BYTES, Manifest, Output};
pub use model::{BroughtModel, network_of};
pub use network::{BroughtNetwork, BroughtVector, MAX_ONNX_BYTES, check_sum};
pub use template::{NamedTemplate, Template};
pub use trial::check_vectors;
pub use working_space::{MIN_PEOPLE, SpaceError, SpaceFigures, WorkingSpace};
