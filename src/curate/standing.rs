//! The groups of a library as they stand, and the faces without one: what grouping newcomers goes by.
//!
//! One pass over the memberships, one over the embeddings and one over the photos of faces, each in an order of which the
//! library has an index; of embeddings only the sum of each group is kept.

use super::newcomers::Newcomer;
use super::regroup::photo_label;
use crate::cluster::Centre;
use crate::library::{FaceId, GroupId, Library, LibraryError, MembershipState};
use crate::vision::Embedding;

/// Groups by id, each known by its place, with those of their faces that can be compared.
pub(super) struct Standing {
    groups: Vec<Group>,
    /// Of the same length as `groups`.
    centres: Vec<Centre>,
    /// Group after group.
    members: Vec<Member>,
}

struct Group {
    group_id: GroupId,
    /// Where its members begin.
    first: usize,
    has_confirmed: bool,
}

struct Member {
    face_id: FaceId,
    photo: u32,
    is_confirmed: bool,
    has_embedding: bool,
    /// Of its group.
    place: u32,
}

/// A face and where it is among the members.
type Index = Vec<(FaceId, u32)>;

impl Standing {
    /// The groups, and the newcomers by face.
    pub(super) fn read(library: &Library) -> Result<(Standing, Vec<Newcomer>), LibraryError> {
        let mut standing = Standing::of_memberships(library.memberships()?);
        let index = standing.by_face();
        let ungrouped = standing.take_embeddings(library, &index)?;
        library.each_face(|face_id, photo_id| {
            if let Ok(found) = index.binary_search_by_key(&face_id, |&(face_id, _)| face_id) {
                standing.members[index[found].1 as usize].photo = photo_label(photo_id.0);
            }
        })?;
        let mut newcomers = Vec::new();
        for (face_id, embedding) in ungrouped {
            if let Some(photo_id) = library.photo_of_recognizable(face_id)? {
                newcomers.push(Newcomer {
                    face_id,
                    photo: photo_label(photo_id.0),
                    embedding: embedding.without_common(),
                });
            }
        }
        Ok((standing, newcomers))
    }

    /// `memberships` come by group.
    fn of_memberships(memberships: Vec<(GroupId, FaceId, MembershipState)>) -> Standing {
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
                is_confirmed: state == MembershipState::Confirmed,
                has_embedding: false,
                place: groups.len() as u32 - 1,
            });
        }
        Standing {
            centres: vec![Centre::default(); groups.len()],
            groups,
            members,
        }
    }

    fn by_face(&self) -> Index {
        let faces = self.members.iter().map(|member| member.face_id);
        let mut index: Index = faces.zip(0..).collect();
        index.sort_unstable();
        index
    }

    /// Sums the embeddings of each group; those of faces without a group are returned.
    fn take_embeddings(
        &mut self,
        library: &Library,
        index: &Index,
    ) -> Result<Vec<(FaceId, Embedding)>, LibraryError> {
        let mut ungrouped = Vec::new();
        let mut waiting = index.iter().peekable();
        library.each_embedding(|face_id, embedding| {
            while waiting.next_if(|(waiting, _)| *waiting < face_id).is_some() {}
            match waiting.next_if(|(waiting, _)| *waiting == face_id) {
                Some(&(_, member)) => self.take(member as usize, &embedding.without_common()),
                None => ungrouped.push((face_id, embedding)),
            }
        })?;
        Ok(ungrouped)
    }

    fn take(&mut self, member: usize, embedding: &Embedding) {
        let member = &mut self.members[member];
        member.has_embedding = true;
        let place = member.place as usize;
        self.groups[place].has_confirmed |= member.is_confirmed;
        self.centres[place].add(embedding);
    }

    /// Faces that are in a group.
    pub(super) fn faces(&self) -> usize {
        let members = self.members.iter();
        members.filter(|member| member.has_embedding).count()
    }

    /// Groups with such faces.
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

    /// The faces of the group at a place, with their photos.
    pub(super) fn members(&self, place: usize) -> impl Iterator<Item = (FaceId, u32)> {
        let end = self.groups.get(place + 1);
        let end = end.map_or(self.members.len(), |next| next.first);
        self.members[self.groups[place].first..end]
            .iter()
            .filter(|member| member.has_embedding)
            .map(|member| (member.face_id, member.photo))
    }
}
