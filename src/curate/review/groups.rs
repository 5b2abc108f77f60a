//! The groups of a library with what was worked out of each, kept until their faces change.

use std::borrow::Cow;

use super::known_faces::{KnownFace, KnownFaces};
use crate::cluster::{Centre, Evidence, OutlierBranches, SearchedGroup};
use crate::library::{FaceId, GroupId, PhotoId};
use crate::vision::{Centred, EMBEDDING_LEN};

/// A group with the faces of it that can be compared.
pub(super) struct ReviewedGroup {
    pub(super) group_id: GroupId,
    /// By id; one at least.
    pub(super) faces: Vec<KnownFace>,
    pub(super) evidence: Evidence,
    /// None for a group of one face.
    sum: Option<Box<Sum>>,
    /// Its photos, sorted, each once.
    photos: Vec<PhotoId>,
    /// Worked out when it is asked for.
    pub(super) branches: Option<Box<OutlierBranches>>,
    /// The faces of the last question about an branch, by place, and the face to hold on to among the others.
    pub(super) anchor: Option<(Vec<usize>, Option<FaceId>)>,
    /// Worked out when it is asked for.
    pub(super) suggested: Option<Box<Suggested>>,
}

/// The faces that the program added to a person, against those that somebody confirmed.
pub(super) struct Suggested {
    pub(super) faces: Vec<FaceId>,
    /// The distance of each to the confirmed faces, and its evidence.
    pub(super) each: Vec<(f32, Evidence)>,
    /// The same of all together.
    pub(super) distance: f32,
    pub(super) added: Evidence,
    pub(super) known: Evidence,
}

struct Sum {
    centre: Centre,
    mean: [f32; EMBEDDING_LEN],
}

impl ReviewedGroup {
    pub(super) fn new(group_id: GroupId, faces: Vec<KnownFace>, known: &KnownFaces) -> Self {
        let centre = Centre::of(faces.iter().map(|face| known.embedding(face)));
        let mut photos: Vec<PhotoId> = faces.iter().map(|face| face.place.photo_id).collect();
        photos.sort_unstable();
        photos.dedup();
        ReviewedGroup {
            group_id,
            evidence: centre.evidence(),
            sum: (faces.len() > 1).then(|| {
                Box::new(Sum {
                    mean: centre.mean(),
                    centre,
                })
            }),
            faces,
            photos,
            branches: None,
            anchor: None,
            suggested: None,
        }
    }

    /// Takes in what its faces are now; false where they are other faces than before, and it is to be made anew.
    pub(super) fn takes(&mut self, faces: &[KnownFace]) -> bool {
        let same = |(one, other): (&KnownFace, &KnownFace)| {
            (one.face_id, one.slot) == (other.face_id, other.slot)
        };
        let are_same = self.faces.len() == faces.len() && self.faces.iter().zip(faces).all(same);
        if are_same {
            self.faces.copy_from_slice(faces);
            self.suggested = None;
        }
        are_same
    }

    pub(super) fn has_confirmed(&self) -> bool {
        self.faces.iter().any(KnownFace::is_confirmed)
    }

    pub(super) fn shares_photo_with(&self, other: &ReviewedGroup) -> bool {
        shares(&self.photos, &other.photos)
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

/// Whether two sorted lists have an item in common; by the shorter one.
fn shares(a: &[PhotoId], b: &[PhotoId]) -> bool {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().any(|item| many.binary_search(item).is_ok())
}
