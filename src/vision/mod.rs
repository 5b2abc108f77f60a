//! Photos to faces and embeddings: the networks on Candle, alignment, quality.
//!
//! A photo goes to [`Engine::first_pass`] and, if that pass cannot have seen every face, to [`Engine::further_passes`]; each
//! detection goes to [`Engine::refine`], [`Engine::align`] and [`assess`], and the crops to [`Engine::embed`]. This layer knows
//! nothing of files or libraries. On the CPU, Candle carries the tensors, and each network is one operation over our own
//! [`kernels`]. On a GPU, the networks are graphs of Candle's operations (`layers::graph`).

mod align;
#[cfg(feature = "byo")]
pub mod brought;
mod centring;
mod consensus;
mod detect;
mod detection;
mod device;
mod embedding;
mod engine;
mod error;
mod face_measures;
mod face_passes;
mod halftone;
pub mod kernels;
mod layers;
pub mod mesh;
mod model;
mod networks;
mod quality;
mod quarter;
mod refine;
mod search;
pub mod sface;
mod tiles;
mod vicinity;
pub mod yunet;

pub use align::{AlignedFace, CROP_SIDE, align};
#[doc(hidden)]
pub use centring::shared_directions;
pub use centring::{Centred, USUAL_NORM};
pub use detect::{DEFAULT_MAX_SIDE, DEFAULT_MIN_SCORE, DetectOptions};
pub use detection::Detection;
pub use device::DeviceChoice;
pub(crate) use embedding::product;
pub use embedding::{EMBEDDING_BYTES, EMBEDDING_LEN, Embedded, Embedding};
pub use engine::{Aligned, Engine};
pub use error::VisionError;
pub use face_measures::{FaceMeasures, MIN_CLEAR_FLAG};
pub use mesh::MeshMeasures;
pub use model::{EMBEDDING_MODEL, ModelName};
pub use networks::{BuiltInNetwork, built_in_networks};
pub use quality::{Quality, assess, may_be_recognized};
pub use search::{FirstPass, Found, SearchOptions};
pub use tiles::{first_pass_side, tile_coarseness};
