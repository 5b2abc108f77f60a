//! The existing groups of a library and the faces without one: the input for grouping new faces.
//!
//! They are read in one pass over the memberships, one over the embeddings and one over the photos of faces, each in
//! the order of an index. Only the sum of the embeddings of a group is kept.

use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;

use super::photo_label;
use crate::cluster::Centre;
use crate::curate::by_face::ByFace;
use crate::curate::identify::Exemplar;
use crate::library::{FaceId, GroupId, Library, LibraryError, MembershipState};
use crate::vision::{Centred, EMBEDDING_BYTES, Embedding};

/// Groups by id, addressed by their place, with their comparable faces.
pub(super) struct ExistingGroups {
    groups: Vec<Group>,
    /// One for each group.
    centres: Vec<Centre>,
    /// Sorted by group.
    members: Vec<Member>,
    /// The confirmed faces.
    exemplars: Vec<Exemplar>,
}

struct Group {
    group_id: GroupId,
    /// Index of its first member.
    first: usize,
    has_confirmed: bool,
}

pub(super) struct Member {
    pub face_id: FaceId,
    pub photo: u32,
    /// 1 where the mesh has not looked.
    pub face_flag: f32,
    is_confirmed: bool,
    has_embedding: bool,
    /// The place of its group.
    place: u32,
}

/// A face without a group.
pub(super) struct NewFace {
    pub face_id: FaceId,
    pub photo: u32,
    /// 1 where the mesh has not looked.
    pub face_flag: f32,
    pub embedding: Centred,
}

/// Each face and its index in the members.
type Index = Vec<(FaceId, u32)>;

/// Stored embeddings, on their way from the reading thread to the summing thread.
struct Batch {
    faces: Vec<FaceId>,
    norms: Vec<Option<f32>>,
    bytes: Vec<u8>,
}

/// Embeddings per batch, and batches that may wait.
const BATCH: usize = 1024;
const BATCHES_AHEAD: usize = 8;

impl Batch {
    fn new() -> Batch {
        Batch {
            faces: Vec::with_capacity(BATCH),
            norms: Vec::with_capacity(BATCH),
            bytes: Vec::with_capacity(BATCH * EMBEDDING_BYTES),
        }
    }

    /// Ignores a vector of the wrong length.
    fn push(&mut self, face_id: FaceId, bytes: &[u8], norm: Option<f32>) {
        if bytes.len() == EMBEDDING_BYTES {
            self.faces.push(face_id);
            self.norms.push(norm);
            self.bytes.extend_from_slice(bytes);
        }
    }

    fn embeddings(&self) -> impl Iterator<Item = (FaceId, Centred)> {
        let vectors = self.bytes.chunks_exact(EMBEDDING_BYTES);
        let embeddings = self.faces.iter().zip(&self.norms).zip(vectors);
        embeddings.filter_map(|((&face_id, &norm), bytes)| {
            let centred = Embedding::from_bytes(bytes)?.centred();
            Some((face_id, centred.with_norm(norm)))
        })
    }
}

impl ExistingGroups {
    /// The groups, and the new faces by id.
    pub(super) fn read(library: &Library) -> Result<(ExistingGroups, Vec<NewFace>), LibraryError> {
        let mut existing = ExistingGroups::of_memberships(library.memberships()?);
        let index = existing.by_face();
        let ungrouped = existing.take_embeddings(library, &index)?;
        existing.take_photos(library, &index)?;
        existing.take_face_flags(library, &index)?;
        let mut new_faces = Vec::new();
        for (face_id, embedding) in ungrouped {
            if let Some((photo_id, face_flag)) = library.recognizable_face(face_id)? {
                new_faces.push(NewFace {
                    face_id,
                    photo: photo_label(photo_id.0),
                    face_flag: face_flag.unwrap_or(1.0),
                    embedding,
                });
            }
        }
        Ok((existing, new_faces))
    }

    /// `memberships` are sorted by group.
    fn of_memberships(memberships: Vec<(GroupId, FaceId, MembershipState)>) -> ExistingGroups {
        let mut groups: Vec<Group> = Vec::new();
        let mut members = Vec::with_capacity(memberships.len());
        for (group_id, face_id, state) in memberships {
            if groups.last().is_none_or(|last| last.group_id != group_id) {
                groups.push(Group {
                    group_id,
                    first: members.len(),
                    has_confirmed: false,
                });
            }
            members.push(Member {
                face_id,
                photo: 0,
                face_flag: 1.0,
                is_confirmed: state == MembershipState::Confirmed,
                has_embedding: false,
                place: groups.len() as u32 - 1,
            });
        }
        ExistingGroups {
            centres: vec![Centre::default(); groups.len()],
            groups,
            members,
            exemplars: Vec::new(),
        }
    }

    fn by_face(&self) -> Index {
        let faces = self.members.iter().map(|member| member.face_id);
        let mut index: Index = faces.zip(0..).collect();
        index.sort_unstable();
        index
    }

    /// Sums the embeddings of each group and returns those of faces without a group. One thread reads, another sums.
    fn take_embeddings(
        &mut self,
        library: &Library,
        index: &Index,
    ) -> Result<Vec<(FaceId, Centred)>, LibraryError> {
        let (sender, receiver) = sync_channel::<Batch>(BATCHES_AHEAD);
        std::thread::scope(|scope| {
            let taking = scope.spawn(|| self.take_all(receiver.into_iter(), index));
            let mut batch = Batch::new();
            let read = library.each_vector(|face_id, bytes, norm| {
                batch.push(face_id, bytes, norm);
                if batch.faces.len() == BATCH {
                    // The other thread only ends early by a panic, which is resumed below.
                    let _ = sender.send(std::mem::replace(&mut batch, Batch::new()));
                }
            });
            let _ = sender.send(batch);
            drop(sender);
            let ungrouped = taking.join().unwrap_or_else(|panic| resume_unwind(panic));
            read.map(|()| ungrouped)
        })
    }

    /// [`ExistingGroups::take_embeddings`] for batches sorted by face.
    fn take_all(
        &mut self,
        batches: impl Iterator<Item = Batch>,
        index: &Index,
    ) -> Vec<(FaceId, Centred)> {
        let mut ungrouped = Vec::new();
        let mut members = ByFace::new(index.iter().copied());
        for batch in batches {
            for (face_id, embedding) in batch.embeddings() {
                match members.of(face_id) {
                    Some(member) => self.take(member as usize, &embedding),
                    None => ungrouped.push((face_id, embedding)),
                }
            }
        }
        ungrouped
    }

    fn take(&mut self, member: usize, embedding: &Centred) {
        let member = &mut self.members[member];
        member.has_embedding = true;
        let place = member.place as usize;
        let group = &mut self.groups[place];
        group.has_confirmed |= member.is_confirmed;
        if member.is_confirmed {
            self.exemplars.push(Exemplar {
                group_id: group.group_id,
                face_id: member.face_id,
                embedding: *embedding,
            });
        }
        self.centres[place].add(embedding);
    }

    fn take_photos(&mut self, library: &Library, index: &Index) -> Result<(), LibraryError> {
        let mut photos = Vec::with_capacity(index.len());
        library.each_face(|face_id, photo_id| photos.push((face_id, photo_label(photo_id.0))))?;
        // Sorted by photo, which is nearly sorted by face.
        photos.sort_unstable();
        let mut photos = ByFace::new(photos);
        for &(face_id, member) in index {
            if let Some(photo) = photos.of(face_id) {
                self.members[member as usize].photo = photo;
            }
        }
        Ok(())
    }

    fn take_face_flags(&mut self, library: &Library, index: &Index) -> Result<(), LibraryError> {
        let mut members = ByFace::new(index.iter().copied());
        for (face_id, face_flag) in library.face_flags_below(1.0)? {
            if let Some(member) = members.of(face_id) {
                self.members[member as usize].face_flag = face_flag;
            }
        }
        Ok(())
    }

    /// The confirmed faces; leaves none behind.
    pub(super) fn take_exemplars(&mut self) -> Vec<Exemplar> {
        std::mem::take(&mut self.exemplars)
    }

    /// Number of comparable faces in groups.
    pub(super) fn faces(&self) -> usize {
        let members = self.members.iter();
        members.filter(|member| member.has_embedding).count()
    }

    /// Number of groups with comparable faces.
    pub(super) fn groups(&self) -> usize {
        let centres = self.centres.iter();
        centres.filter(|centre| centre.faces() > 0).count()
    }

    pub(super) fn centres(&self) -> &[Centre] {
        &self.centres
    }

    pub(super) fn place(&self, group_id: GroupId) -> Option<usize> {
        self.groups
            .binary_search_by_key(&group_id, |group| group.group_id)
            .ok()
    }

    pub(super) fn group_id(&self, place: usize) -> GroupId {
        self.groups[place].group_id
    }

    pub(super) fn has_confirmed(&self, place: usize) -> bool {
        self.groups[place].has_confirmed
    }

    /// The comparable faces of the group at a place.
    pub(super) fn members(&self, place: usize) -> impl Iterator<Item = &Member> {
        let end = self.groups.get(place + 1);
        let end = end.map_or(self.members.len(), |next| next.first);
        self.members[self.groups[place].first..end]
            .iter()
            .filter(|member| member.has_embedding)
    }
}
