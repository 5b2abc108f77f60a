//! Faces that may have changed since a moment, for callers that keep what they have read.
//!
//! There is one list in memory for all connections, since no other process writes to the library. Every write is added
//! after it is committed. So a caller that takes the moment first and reads afterwards misses no change, but may get
//! changes that it has already seen.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::grouping::PHOTO_OF_FACE;
use super::read::PRESENT;
use super::{FaceId, Library, LibraryError, MembershipState, PhotoId};

/// A moment while the library is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(u64);

/// What may have changed, in ascending order and without repeats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Faces whose group or mark was written.
    pub faces: Vec<FaceId>,
    /// Photos whose faces and embeddings were written by a scan, or that were moved, went away or came back.
    pub photos: Vec<PhotoId>,
}

/// The photo and membership of a face without a mark. The photo of a face that is missing from it is an id of its own, as
/// in [`Library::each_face`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FacePlace {
    pub photo_id: PhotoId,
    /// It can be looked at: its photo is not away and shows it.
    pub is_present: bool,
    pub membership: Option<(super::GroupId, MembershipState)>,
    /// How sure the face mesh is of it, 0 to 1; 1 where it has not looked.
    pub face_flag: f32,
}

/// Maximum number of remembered items (4 MiB), as many as a scan of that many photos adds. After more, callers must
/// read everything again.
const MAX_ITEMS: usize = 262_144;

#[derive(Clone, Copy)]
enum Item {
    Face(FaceId),
    Photo(PhotoId),
}

/// The list, shared by all connections.
#[derive(Default)]
pub(super) struct TouchList(Mutex<List>);

#[derive(Default)]
struct List {
    /// Number of items dropped before the first of `items`.
    forgotten: u64,
    items: VecDeque<Item>,
}

impl TouchList {
    /// To be called after the commit.
    pub(super) fn add_faces(&self, faces: impl IntoIterator<Item = FaceId>) {
        self.lock().add(faces.into_iter().map(Item::Face));
    }

    /// To be called after the commit.
    pub(super) fn add_photos(&self, photos: impl IntoIterator<Item = PhotoId>) {
        self.lock().add(photos.into_iter().map(Item::Photo));
    }

    /// Everything may have changed: whoever keeps what they have read must read it again. To be called after the commit.
    pub(super) fn add_everything(&self) {
        let mut list = self.lock();
        list.forgotten += list.items.len() as u64 + 1;
        list.items.clear();
    }

    fn lock(&self) -> MutexGuard<'_, List> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl List {
    fn add(&mut self, items: impl Iterator<Item = Item>) {
        self.items.extend(items);
        let excess = self.items.len().saturating_sub(MAX_ITEMS);
        self.items.drain(..excess);
        self.forgotten += excess as u64;
    }

    fn now(&self) -> Moment {
        Moment(self.forgotten + self.items.len() as u64)
    }

    fn since(&self, moment: Moment) -> Option<Touched> {
        let first = usize::try_from(moment.0.checked_sub(self.forgotten)?).ok()?;
        let mut touched = Touched::default();
        for item in self.items.iter().skip(first) {
            match item {
                Item::Face(face_id) => touched.faces.push(*face_id),
                Item::Photo(photo_id) => touched.photos.push(*photo_id),
            }
        }
        touched.faces.sort_unstable();
        touched.faces.dedup();
        touched.photos.sort_unstable();
        touched.photos.dedup();
        Some(touched)
    }
}

impl Library {
    /// The current moment; to be taken before reading.
    pub fn moment(&self) -> Moment {
        self.touched.lock().now()
    }

    /// What may have changed since; `None` if that is no longer known.
    pub fn touched_since(&self, moment: Moment) -> Option<Touched> {
        self.touched.lock().since(moment)
    }

    /// `None` for a marked face, and if it does not exist.
    pub fn place_of_face(&self, face_id: FaceId) -> Result<Option<FacePlace>, LibraryError> {
        let sql = format!(
            "SELECT {PHOTO_OF_FACE}, m.group_id, m.state, {PRESENT}, coalesce(f.face_flag, 1.0)
             FROM face f LEFT JOIN membership m USING (face_id) LEFT JOIN face_mark k USING (face_id)
             WHERE f.face_id = ?1 AND k.mark IS NULL"
        );
        self.row(&sql, [face_id], |row| {
            let group: Option<super::GroupId> = row.get(1)?;
            let state: Option<MembershipState> = row.get(2)?;
            Ok(FacePlace {
                photo_id: row.get(0)?,
                is_present: row.get(3)?,
                membership: group.zip(state),
                face_flag: row.get(4)?,
            })
        })
    }

    /// The ids of all faces of a photo.
    pub fn face_ids_of_photo(&self, photo_id: PhotoId) -> Result<Vec<FaceId>, LibraryError> {
        let sql = "SELECT face_id FROM face WHERE photo_id = ?1 ORDER BY face_id";
        self.rows(sql, [photo_id], |row| row.get(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_too_late_is_told_so() {
        let list = TouchList::default();
        let before = list.lock().now();
        list.add_faces([FaceId(7), FaceId(3), FaceId(7)]);
        let between = list.lock().now();
        list.add_photos([PhotoId(1)]);
        let touched = |moment| list.lock().since(moment);
        assert_eq!(
            touched(before).map(|t| t.faces),
            Some(vec![FaceId(3), FaceId(7)])
        );
        assert_eq!(
            touched(between).map(|t| (t.faces, t.photos)),
            Some((vec![], vec![PhotoId(1)]))
        );
        list.add_faces((0..MAX_ITEMS as i64).map(FaceId));
        assert_eq!(touched(between), None);
        let now = list.lock().now();
        assert_eq!(touched(now), Some(Touched::default()));
        list.add_everything();
        assert_eq!(touched(now), None);
        let later = list.lock().now();
        list.add_faces([FaceId(1)]);
        assert_eq!(touched(later).map(|t| t.faces), Some(vec![FaceId(1)]));
    }
}
