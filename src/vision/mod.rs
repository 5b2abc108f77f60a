//! Photos to faces and embeddings: the networks on Candle, alignment, quality.
//!
//! An upright photo goes to [`Engine::detect`], each detection to [`Engine::refine`], [`align`] and [`assess`], the crops to [`Engine::embed`].
//! This layer knows no files and no library. On the CPU each network is one Candle operation over [`kernels`], elsewhere
//! it is made of Candle's own (`graph`).

mod align;
mod common;
mod detect;
mod device;
mod embedding;
mod engine;
mod error;
mod graph;
pub mod kernels;
mod quality;
mod refine;
pub mod sface;
mod stream;
mod weights;
pub mod yunet;

pub use align::{AlignedFace, CROP_SIDE, align};
pub use common::Centred;
#[doc(hidden)]
pub use common::common_direction;
pub use detect::{DEFAULT_MAX_SIDE, DEFAULT_MIN_SCORE, DetectOptions, Detection};
pub use device::DeviceChoice;
pub(crate) use embedding::product;
pub use embedding::{EMBEDDING_BYTES, EMBEDDING_LEN, EMBEDDING_MODEL, Embedding};
pub use engine::Engine;
pub use error::VisionError;
pub use quality::{Quality, assess};
