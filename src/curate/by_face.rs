//! A merge join of entries sorted by face.

use std::iter::Peekable;

use crate::library::FaceId;

/// Entries in ascending order of their faces.
pub(super) struct ByFace<I: Iterator>(Peekable<I>);

impl<T, I: Iterator<Item = (FaceId, T)>> ByFace<I> {
    pub(super) fn new(entries: impl IntoIterator<IntoIter = I>) -> ByFace<I> {
        ByFace(entries.into_iter().peekable())
    }

    /// The entry of a face, if it has one. Faces must be asked for in ascending order; entries of earlier faces are
    /// skipped.
    pub(super) fn of(&mut self, face_id: FaceId) -> Option<T> {
        while self.0.next_if(|(waiting, _)| *waiting < face_id).is_some() {}
        let found = self.0.next_if(|(waiting, _)| *waiting == face_id);
        found.map(|(_, entry)| entry)
    }
}
