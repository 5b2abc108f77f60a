//! Pictures of faces and photos for the window: decoded by other threads, kept on the GPU while they are in use.

pub mod cache;
pub mod decoder;

use crate::library::{FaceId, PhotoId};
use crate::photo::Reduction;

/// Identifies a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PictureKey {
    /// Square crop with the whole head.
    Face(FaceId),
    PhotoThumbnail(PhotoId),
    /// The photo itself, upright, its sides divided by the reduction.
    Photo(PhotoId, Reduction),
}

impl PictureKey {
    fn is_photo(self) -> bool {
        matches!(self, PictureKey::Photo(..))
    }
}
