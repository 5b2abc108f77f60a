//! The comparable faces of a library as last read, updated by the faces that were touched since.
//!
//! Faces that are not present cannot be looked at, so questions leave them out. They still count as faces of the library,
//! on whose number the rule of grouping depends.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::curate::by_face::ByFace;
use crate::library::{
    FaceId, FacePlace, GroupId, Library, LibraryError, MembershipState, Moment, PhotoId, Touched,
};
use crate::vision::{Centred, MIN_CLEAR_FLAG};

/// A face with an embedding and without a mark.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownFace {
    pub(super) face_id: FaceId,
    pub(super) place: FacePlace,
    /// Index of its embedding; a changed embedding gets a different index.
    pub(super) slot: u32,
}

impl KnownFace {
    pub(super) fn id(&self) -> FaceId {
        self.face_id
    }

    pub(super) fn is_confirmed(&self) -> bool {
        let membership = self.place.membership;
        membership.is_some_and(|(_, state)| state == MembershipState::Confirmed)
    }

    /// Whether one can see who it is: the mesh is sure of the face, or a person has confirmed it.
    pub(super) fn is_clear(&self) -> bool {
        self.place.face_flag >= MIN_CLEAR_FLAG || self.is_confirmed()
    }

    fn group(&self) -> Option<GroupId> {
        self.place.membership.map(|(group_id, _)| group_id)
    }
}

/// All comparable faces.
pub(super) struct KnownFaces {
    /// By id.
    faces: Vec<KnownFace>,
    embeddings: Vec<Centred>,
    /// Unused indices of `embeddings`.
    free: Vec<u32>,
    /// All writes before this moment have been read.
    read_at: Moment,
}

/// The present faces of the groups that may have changed; empty for a deleted group.
pub(super) type ChangedGroups = BTreeMap<GroupId, Vec<KnownFace>>;

impl KnownFaces {
    pub(super) fn read(library: &Library) -> Result<KnownFaces, LibraryError> {
        let read_at = library.moment();
        let memberships = library.memberships()?.into_iter();
        let mut memberships: Vec<(FaceId, (GroupId, MembershipState))> = memberships
            .map(|(group_id, face_id, state)| (face_id, (group_id, state)))
            .collect();
        memberships.sort_unstable_by_key(|(face_id, _)| *face_id);
        let mut photos = Vec::with_capacity(memberships.len());
        library.each_face(|face_id, photo_id| photos.push((face_id, photo_id)))?;
        photos.sort_unstable();
        let absent: HashSet<FaceId> = library.absent_faces()?.into_iter().collect();
        let (mut memberships, mut photos) = (ByFace::new(memberships), ByFace::new(photos));
        let mut low_flags = ByFace::new(library.face_flags_below(MIN_CLEAR_FLAG)?);
        let mut faces = Vec::new();
        let mut embeddings = Vec::new();
        library.each_centred(|face_id, centred| {
            if let Some(photo_id) = photos.of(face_id) {
                let membership = memberships.of(face_id);
                faces.push(KnownFace {
                    face_id,
                    place: FacePlace {
                        photo_id,
                        is_present: !absent.contains(&face_id),
                        membership,
                        face_flag: low_flags.of(face_id).unwrap_or(1.0),
                    },
                    slot: embeddings.len() as u32,
                });
                embeddings.push(centred);
            }
        })?;
        Ok(KnownFaces {
            faces,
            embeddings,
            free: Vec::new(),
            read_at,
        })
    }

    pub(super) fn count(&self) -> usize {
        self.faces.len()
    }

    pub(super) fn embedding(&self, face: &KnownFace) -> &Centred {
        &self.embeddings[face.slot as usize]
    }

    /// The group of a face.
    pub(super) fn group_of(&self, face_id: FaceId) -> Option<GroupId> {
        self.get(face_id).and_then(KnownFace::group)
    }

    /// Every group with its present faces, by id.
    pub(super) fn by_group(&self) -> ChangedGroups {
        let mut groups = ChangedGroups::new();
        for face in self.faces.iter().filter(|face| face.place.is_present) {
            if let Some(group_id) = face.group() {
                groups.entry(group_id).or_default().push(*face);
            }
        }
        groups
    }

    pub(super) fn has(&self, face_id: FaceId) -> bool {
        self.get(face_id).is_some()
    }

    /// Reads the faces touched since the last time, and returns what was touched and the groups that changed; `None` if
    /// they are too many and everything must be read again. `members` returns the faces of a group as known before.
    pub(super) fn bring_up_to_date<'a>(
        &mut self,
        library: &Library,
        members: impl Fn(GroupId) -> &'a [KnownFace],
    ) -> Result<Option<(Touched, ChangedGroups)>, LibraryError> {
        let now = library.moment();
        let Some(touched) = library.touched_since(self.read_at) else {
            return Ok(None);
        };
        let updates = self.updates(library, &touched)?;
        let mut changed = self.changed_groups(&updates);
        for (group_id, faces) in &mut changed {
            let kept = members(*group_id).iter();
            faces.extend(kept.filter(|face| !updates.contains_key(&face.face_id)));
        }
        let updated = self.apply(updates).into_iter();
        for face in updated.filter(|face| face.place.is_present) {
            if let Some(faces) = face.group().and_then(|group| changed.get_mut(&group)) {
                faces.push(face);
            }
        }
        for faces in changed.values_mut() {
            faces.sort_unstable_by_key(|face| face.face_id);
        }
        self.read_at = now;
        Ok(Some((touched, changed)))
    }

    /// The current state of each touched face.
    fn updates(
        &self,
        library: &Library,
        touched: &Touched,
    ) -> Result<BTreeMap<FaceId, Option<Update>>, LibraryError> {
        let mut updates = BTreeMap::new();
        for &face_id in &touched.faces {
            let update = match (library.place_of_face(face_id)?, self.get(face_id)) {
                (Some(place), Some(_)) => Some(Update::Moved(place)),
                (Some(place), None) => read_whole(library, face_id, place)?,
                (None, _) => None,
            };
            updates.insert(face_id, update);
        }
        if touched.photos.is_empty() {
            return Ok(updates);
        }
        let photos: HashSet<PhotoId> = touched.photos.iter().copied().collect();
        let known = self.faces.iter();
        let known = known.filter(|face| photos.contains(&face.place.photo_id));
        let mut found: BTreeSet<FaceId> = known.map(|face| face.face_id).collect();
        for &photo_id in &touched.photos {
            found.extend(library.face_ids_of_photo(photo_id)?);
        }
        for face_id in found {
            let update = match library.place_of_face(face_id)? {
                Some(place) => read_whole(library, face_id, place)?,
                None => None,
            };
            updates.insert(face_id, update);
        }
        Ok(updates)
    }

    /// The groups that faces leave, stay in or join.
    fn changed_groups(&self, updates: &BTreeMap<FaceId, Option<Update>>) -> ChangedGroups {
        let mut changed = ChangedGroups::new();
        for (face_id, update) in updates {
            let now = update.as_ref().and_then(|update| update.place().membership);
            let groups = [self.group_of(*face_id), now.map(|(group_id, _)| group_id)];
            for group_id in groups.into_iter().flatten() {
                changed.entry(group_id).or_default();
            }
        }
        changed
    }

    /// The updated faces that still exist, by id.
    fn apply(&mut self, updates: BTreeMap<FaceId, Option<Update>>) -> Vec<KnownFace> {
        let mut updated = Vec::with_capacity(updates.len());
        let mut gone = HashSet::new();
        let mut new = Vec::new();
        for (face_id, update) in updates {
            let position = self.position(face_id);
            let before = position.map(|position| self.faces[position].slot);
            let (place, slot) = match (update, before) {
                (Some(Update::Moved(place)), Some(slot)) => (place, slot),
                (Some(Update::Whole(place, embedding)), _) => {
                    (place, self.slot_for(*embedding, before))
                }
                (None, Some(slot)) => {
                    self.free.push(slot);
                    gone.insert(face_id);
                    continue;
                }
                (Some(Update::Moved(_)) | None, None) => continue,
            };
            let face = KnownFace {
                face_id,
                place,
                slot,
            };
            match position {
                Some(position) => self.faces[position] = face,
                None => new.push(face),
            }
            updated.push(face);
        }
        if !gone.is_empty() {
            self.faces.retain(|face| !gone.contains(&face.face_id));
        }
        if !new.is_empty() {
            self.faces.append(&mut new);
            self.faces.sort_unstable_by_key(|face| face.face_id);
        }
        updated
    }

    /// Stores an embedding: at the same index if it is unchanged.
    fn slot_for(&mut self, embedding: Centred, before: Option<u32>) -> u32 {
        if let Some(slot) = before.filter(|&slot| self.embeddings[slot as usize] == embedding) {
            return slot;
        }
        let slot = match self.free.pop() {
            Some(slot) => {
                self.embeddings[slot as usize] = embedding;
                slot
            }
            None => {
                self.embeddings.push(embedding);
                self.embeddings.len() as u32 - 1
            }
        };
        // Freed after the new one has an index, so that the two differ.
        self.free.extend(before);
        slot
    }

    fn get(&self, face_id: FaceId) -> Option<&KnownFace> {
        self.position(face_id).map(|position| &self.faces[position])
    }

    fn position(&self, face_id: FaceId) -> Option<usize> {
        let found = self
            .faces
            .binary_search_by_key(&face_id, |face| face.face_id);
        found.ok()
    }
}

/// The change of a face.
enum Update {
    /// A known face, with the same embedding.
    Moved(FacePlace),
    Whole(FacePlace, Box<Centred>),
}

impl Update {
    fn place(&self) -> FacePlace {
        match self {
            Update::Moved(place) | Update::Whole(place, _) => *place,
        }
    }
}

/// `None` if the face has no embedding.
fn read_whole(
    library: &Library,
    face_id: FaceId,
    place: FacePlace,
) -> Result<Option<Update>, LibraryError> {
    let centred = library.centred(face_id)?;
    Ok(centred.map(|centred| Update::Whole(place, Box::new(centred))))
}
