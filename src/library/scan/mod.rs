//! What a scan writes: photos with their faces, moved and vanished files, roots and problems.

mod copy;
mod forget;
mod former_photo;
mod former_roots;
mod ignored;
mod not_found;
mod one_photo;
mod problems;
mod rematch;
mod resemblance;
mod roots;
mod store;
mod store_faces;
mod transform;

pub use forget::Forgetting;
pub use former_roots::FormerRoot;
pub use not_found::{Decision, UnplacedDecision};
pub use one_photo::OnePhoto;
pub use problems::{FoundProblem, ProblemRow};
pub use roots::RootRow;
pub(super) use store_faces::store_embedding;

use super::{PhotoId, RootId};
use crate::geometry::{Landmarks, PhotoRect, Size};
use crate::photo::ContentHash;
use crate::vision::{Embedding, FaceMeasures, ModelName};

/// A photo as read by a scan.
#[derive(Clone, Debug)]
pub struct ScannedPhoto {
    pub root_id: RootId,
    /// Relative to the root, with `/`.
    pub path: String,
    pub file_size: u64,
    /// Nanoseconds since the unix epoch.
    pub modified_ns: i64,
    /// When its bytes or properties last changed, since then, too; `None` where that is not known.
    pub changed_ns: Option<i64>,
    pub content_hash: ContentHash,
    /// Of the upright photo.
    pub size: Size,
    /// EXIF, 1 to 8.
    pub orientation: u8,
    /// EXIF text, `YYYY-MM-DDTHH:MM:SS`.
    pub taken: Option<String>,
    /// A JPEG file.
    pub thumbnail: Option<Vec<u8>>,
    pub faces: Vec<ScannedFace>,
    /// Of the embeddings of the faces.
    pub model: ModelName,
}

/// A face as found by a scan.
#[derive(Clone, Debug)]
pub struct ScannedFace {
    /// Upright photo pixels; width and height above 0.
    pub box_in_photo: PhotoRect,
    pub landmarks: Landmarks,
    /// The detector's score, 0 to 1.
    pub score: f32,
    /// Quality as a cover, 0 to 1.
    pub quality: f32,
    /// Large and sharp enough to be grouped.
    pub recognizable: bool,
    pub measures: FaceMeasures,
    pub embedding: Option<Embedding>,
    /// A JPEG file.
    pub thumbnail: Option<Vec<u8>>,
}

/// A known photo that was found at another path.
#[derive(Clone, Debug)]
pub struct MovedPhoto {
    pub photo_id: PhotoId,
    pub root_id: RootId,
    pub path: String,
    pub file_size: u64,
    pub modified_ns: i64,
    pub changed_ns: Option<i64>,
}

/// A scanned folder that lies elsewhere now, inside of another root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootMove {
    pub from: RootId,
    pub to: RootId,
    /// From the root `to` to the folder, with `/`; empty for the root itself.
    pub below: String,
}

/// A known photo with the same content, whose file was written again.
#[derive(Clone, Copy, Debug)]
pub struct TouchedPhoto {
    pub photo_id: PhotoId,
    pub file_size: u64,
    pub modified_ns: i64,
    pub changed_ns: Option<i64>,
}
