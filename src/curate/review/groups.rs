//! The groups of a library, with what was computed for each; kept until their faces change.

use std::borrow::Cow;

use super::known_faces::{KnownFace, KnownFaces};
use crate::cluster::{Centre, Evidence, OutlierBranches, SearchedGroup, share_item};
use crate::library::{FaceId, GroupId, PhotoId};
use crate::vision::{Centred, EMBEDDING_LEN};

/// A group with its comparable faces.
pub(super) struct ReviewedGroup {
    pub(super) group_id: GroupId,
    /// By id; at least one.
    pub(super) faces: Vec<KnownFace>,
    pub(super) evidence: Evidence,
    /// `None` for a group of one face.
    sum: Option<Box<Sum>>,
    /// Its photos, sorted and without repeats.
    photos: Vec<PhotoId>,
    /// One can see who it is in at least one face.
    is_clear: bool,
    /// Computed on demand.
    pub(super) branches: Option<Box<OutlierBranches>>,
    /// The faces (by index) of the last question about a branch, and the anchor among the others.
    pub(super) anchor: Option<(Vec<usize>, Option<FaceId>)>,
    /// Computed on demand.
    pub(super) suggested: Option<Box<Suggested>>,
    /// Computed on demand.
    pub(super) nearest_ignored: Option<Option<NearestSet>>,
}

/// The photos of faces, sorted and without repeats.
fn photos_of(faces: &[KnownFace]) -> Vec<PhotoId> {
    let mut photos: Vec<PhotoId> = faces.iter().map(|face| face.place.photo_id).collect();
    photos.sort_unstable();
    photos.dedup();
    photos
}

/// The suggested faces of a person, compared with the confirmed ones.
pub(super) struct Suggested {
    pub(super) faces: Vec<FaceId>,
    /// The distance of each to the confirmed faces, and its evidence.
    pub(super) each: Vec<(f32, Evidence)>,
    /// The same for all of them together.
    pub(super) distance: f32,
    pub(super) added: Evidence,
    pub(super) known: Evidence,
}

/// Which ignored faces form a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SetKey {
    /// Those that were in this group.
    Group(GroupId),
    /// A face that was in none.
    Face(FaceId),
}

/// The set of ignored faces that is nearest to a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct NearestSet {
    pub(super) key: SetKey,
    /// Mean cosine distance, 0 to 2.
    pub(super) distance: f32,
}

struct Sum {
    centre: Centre,
    mean: [f32; EMBEDDING_LEN],
}

impl ReviewedGroup {
    pub(super) fn new(group_id: GroupId, faces: Vec<KnownFace>, known: &KnownFaces) -> Self {
        let centre = Centre::of(faces.iter().map(|face| known.embedding(face)));
        ReviewedGroup {
            group_id,
            evidence: centre.evidence(),
            sum: (faces.len() > 1).then(|| {
                Box::new(Sum {
                    mean: centre.mean(),
                    centre,
                })
            }),
            photos: photos_of(&faces),
            is_clear: faces.iter().any(KnownFace::is_clear),
            faces,
            branches: None,
            anchor: None,
            suggested: None,
            nearest_ignored: None,
        }
    }

    /// Updates the memberships and photos of its faces; false if the faces are different ones, or have become clear or
    /// poor, and the group must be computed again.
    pub(super) fn update_places(&mut self, faces: &[KnownFace]) -> bool {
        let same = |(one, other): (&KnownFace, &KnownFace)| {
            (one.face_id, one.slot) == (other.face_id, other.slot)
        };
        let are_same = self.faces.len() == faces.len()
            && self.faces.iter().zip(faces).all(same)
            && self.is_clear == faces.iter().any(KnownFace::is_clear);
        if are_same {
            self.faces.copy_from_slice(faces);
            self.photos = photos_of(faces);
            self.suggested = None;
        }
        are_same
    }

    pub(super) fn has_confirmed(&self) -> bool {
        self.faces.iter().any(KnownFace::is_confirmed)
    }

    /// Whether one can see who it is. Nobody is asked about other groups.
    pub(super) fn is_clear(&self) -> bool {
        self.is_clear
    }

    pub(super) fn photos(&self) -> &[PhotoId] {
        &self.photos
    }

    pub(super) fn shares_photo_with(&self, other: &ReviewedGroup) -> bool {
        share_item(&self.photos, &other.photos)
    }

    pub(super) fn centre(&self, known: &KnownFaces) -> Cow<'_, Centre> {
        match &self.sum {
            Some(sum) => Cow::Borrowed(&sum.centre),
            None => Cow::Owned(Centre::of(self.embeddings(known))),
        }
    }

    pub(super) fn embeddings<'a>(
        &'a self,
        known: &'a KnownFaces,
    ) -> impl Iterator<Item = &'a Centred> {
        self.faces.iter().map(|face| known.embedding(face))
    }

    pub(super) fn searched<'a>(&'a self, known: &'a KnownFaces) -> SearchedGroup<'a, GroupId> {
        SearchedGroup {
            key: self.group_id,
            mean: match &self.sum {
                Some(sum) => &sum.mean,
                None => known.embedding(&self.faces[0]).numbers(),
            },
            centre: self.sum.as_ref().map(|sum| &sum.centre),
            evidence: self.evidence,
        }
    }
}
