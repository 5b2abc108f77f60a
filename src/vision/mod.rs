//! Photos to faces and embeddings: the networks on Candle, alignment, quality.
//!
//! An upright photo goes to [`Engine::detect`], each detection to [`align`] and [`assess`], the crops to [`Engine::embed`].
//! This layer knows no files and no library.

mod align;
mod device;
mod embedding;
mod engine;
mod error;
mod quality;

pub use align::{AlignedFace, CROP_SIDE, align};
pub use device::DeviceChoice;
pub use embedding::{EMBEDDING_LEN, EMBEDDING_MODEL, Embedding};
pub use engine::{DEFAULT_MIN_SCORE, DetectOptions, Detection, Engine};
pub use error::VisionError;
pub use quality::{Quality, assess};
