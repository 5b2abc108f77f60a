//! The names of the faces of a photo, and what a typed name applies to.

use std::sync::Arc;

use crate::app::state::naming::{NameTarget, Naming};
use crate::app::views::context::ViewContext;
use crate::library::{FaceRow, FaceState};

/// Whether a face has a box on the photo; marked faces are only in the list.
pub fn is_shown(face: &FaceRow) -> bool {
    !matches!(face.state, FaceState::Ignored | FaceState::NotAFace)
}

/// The name of a face, if it belongs to a person.
pub fn name_of<'a>(cx: &ViewContext<'a>, face: &FaceRow) -> Option<&'a str> {
    cx.snapshot.person_name(face.group?)
}

/// What a name typed for this face applies to: its whole group if that has no name, otherwise the face alone.
pub fn name_target(cx: &ViewContext<'_>, face: &FaceRow) -> NameTarget {
    match face.group {
        Some(group_id) if name_of(cx, face).is_none() => NameTarget::Group(group_id),
        _ => NameTarget::Faces(Arc::from([face.face_id])),
    }
}

pub fn begin_naming(cx: &mut ViewContext<'_>, face: &FaceRow) {
    let target = name_target(cx, face);
    *cx.naming = Some(Naming::new(target, String::new()));
}
