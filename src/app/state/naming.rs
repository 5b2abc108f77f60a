//! The name being typed.

use std::sync::Arc;

use crate::library::{FaceId, GroupId};

/// What the typed name is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameTarget {
    Group(GroupId),
    /// Shared, because it is compared in every frame and may hold very many faces.
    Faces(Arc<[FaceId]>),
}

/// A name being typed; there is one at a time in the whole window.
#[derive(Clone, Debug, PartialEq)]
pub struct Naming {
    pub target: NameTarget,
    pub text: String,
    /// Set at the start; the view then focuses the field and clears this.
    pub wants_focus: bool,
}

impl Naming {
    pub fn new(target: NameTarget, text: String) -> Self {
        Self {
            target,
            text,
            wants_focus: true,
        }
    }
}
