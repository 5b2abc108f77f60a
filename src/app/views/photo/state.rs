//! What the page of a photo remembers between frames.

use std::sync::Arc;

use crate::app::state::cached::{Cached, Version};
use crate::app::state::queries::PhotoDetails;
use crate::app::views::photo::filmstrip::PositionAmong;
use crate::app::widgets::zoom::Zoom;
use crate::library::{FaceId, PhotoId};

/// What the page remembers.
#[derive(Debug, Default)]
pub struct PhotoState {
    pub(super) shown: Option<PhotoId>,
    pub(super) zoom: Zoom,
    /// The log has told that the picture is sharp.
    pub(super) told_sharp: bool,
    /// Boxes show always, not only under the pointer.
    pub(super) boxes_stay: bool,
    /// The face pointed at in the list or on the photo.
    pub(super) pointed: Option<FaceId>,
    /// The faces that have a box.
    pub(super) order: Cached<Version<PhotoDetails>, Arc<[FaceId]>>,
    pub(super) position: PositionAmong,
}
