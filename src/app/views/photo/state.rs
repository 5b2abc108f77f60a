//! What the page of a photo remembers between frames.

use std::sync::Arc;

use crate::app::state::cached::{Cached, Version};
use crate::app::state::queries::PhotoDetails;
use crate::app::views::photo::filmstrip::PositionAmong;
use crate::app::widgets::zoom::Zoom;
use crate::library::{FaceId, PhotoId};

#[derive(Debug, Default)]
pub struct PhotoState {
    pub(super) shown: Option<PhotoId>,
    pub(super) zoom: Zoom,
    /// Whether the log says already that the picture is sharp.
    pub(super) logged_sharp: bool,
    /// Whether boxes are always visible, not only under the pointer.
    pub(super) boxes_pinned: bool,
    /// The face under the pointer, in the list or on the photo.
    pub(super) pointed: Option<FaceId>,
    /// The faces that have a box.
    pub(super) order: Cached<Version<PhotoDetails>, Arc<[FaceId]>>,
    pub(super) position: PositionAmong,
}
