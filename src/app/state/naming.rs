//! The name being typed.

use std::sync::Arc;

use crate::library::{FaceId, GroupId};

/// What a name is being typed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameTarget {
    Group(GroupId),
    /// Shared: asked about in every frame, and there may be very many.
    Faces(Arc<[FaceId]>),
}

/// A name being typed: one at a time in the whole window.
#[derive(Clone, Debug, PartialEq)]
pub struct Naming {
    pub target: NameTarget,
    pub text: String,
    /// Set when begun; the view gives the field the keyboard focus and clears this.
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
