//! Must-link and cannot-link constraints between faces, from the user's decisions and from photos.
//!
//! Both are hard: faces with one must-link label always end up together, and grouping never breaks a cannot-link. If
//! both apply (the user confirmed two faces of one photo, as with a mirror or a collage), the must-link has priority.
//!
//! A third constraint is about groups: two of them are merged only if they hold the evidence of two clear faces
//! ([`MIN_FACE_FLAGS`]). So a poor face may join a person, but poor faces never make a group of their own.

use std::collections::HashMap;

use super::partition::share_item;
use crate::vision::MIN_CLEAR_FLAG;

/// Least sum of the face flags of two groups that are merged: those of two clear faces.
const MIN_FACE_FLAGS: f32 = 2.0 * MIN_CLEAR_FLAG;

/// The constraints of one face; its embedding is stored separately.
#[derive(Clone, Debug, PartialEq)]
pub struct FaceToGroup {
    /// A number that is the same for exactly the faces of one photo. Two faces of one photo are never grouped together.
    pub photo: u32,
    /// A confirmed member of the group with this label: it stays with all faces of that label, and never joins faces
    /// with another must-link label.
    pub must_link: Option<u32>,
    /// Must-link labels that this face may not join.
    pub cannot_link: Vec<u32>,
    /// How sure the face mesh is of the face, 0 to 1 ([`crate::vision::MeshMeasures`]); 1 where it has not looked or a
    /// person has confirmed the face.
    pub face_flag: f32,
}

impl Default for FaceToGroup {
    /// A clear face without constraints.
    fn default() -> FaceToGroup {
        FaceToGroup {
            photo: 0,
            must_link: None,
            cannot_link: Vec::new(),
            face_flag: 1.0,
        }
    }
}

impl FaceToGroup {
    /// Whether two such faces are evidence enough for a group, so that the order of merges doesn't matter.
    pub(super) fn is_clear(&self) -> bool {
        self.face_flag >= MIN_CLEAR_FLAG
    }
}

/// A constraint on a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    Must,
    Cannot,
}

/// Visits every constrained pair (i < j) of `faces` at least once; if a pair is visited as `Cannot` and as `Must`,
/// `Must` comes last and wins.
pub(super) fn linked_pairs(faces: &[&FaceToGroup], mut visit: impl FnMut(usize, usize, Link)) {
    for together in positions_by(faces, |face| Some(face.photo)).values() {
        each_pair(together, |a, b| visit(a, b, Link::Cannot));
    }
    let must_link = positions_by(faces, |face| face.must_link);
    for (position, face) in faces.iter().enumerate() {
        for &other in face
            .cannot_link
            .iter()
            .filter_map(|label| must_link.get(label))
            .flatten()
        {
            if other != position {
                visit(position.min(other), position.max(other), Link::Cannot);
            }
        }
    }
    let all_confirmed: Vec<usize> = (0..faces.len())
        .filter(|&position| faces[position].must_link.is_some())
        .collect();
    each_pair(&all_confirmed, |a, b| {
        let link = if faces[a].must_link == faces[b].must_link {
            Link::Must
        } else {
            Link::Cannot
        };
        visit(a, b, link);
    });
}

fn each_pair(positions: &[usize], mut visit: impl FnMut(usize, usize)) {
    for (nth, &a) in positions.iter().enumerate() {
        for &b in &positions[nth + 1..] {
            visit(a, b);
        }
    }
}

fn positions_by(
    faces: &[&FaceToGroup],
    key: impl Fn(&FaceToGroup) -> Option<u32>,
) -> HashMap<u32, Vec<usize>> {
    let mut positions: HashMap<u32, Vec<usize>> = HashMap::new();
    for (position, face) in faces.iter().enumerate() {
        if let Some(key) = key(face) {
            positions.entry(key).or_default().push(position);
        }
    }
    positions
}

/// The constraints of several faces as one.
#[derive(Clone, Debug, Default)]
pub(super) struct Constraints {
    /// Sorted and without repeats, as the others.
    photos: Vec<u32>,
    must_link: Vec<u32>,
    cannot_link: Vec<u32>,
    /// Sum of the face flags, as far as it matters.
    face_flags: f32,
}

impl Constraints {
    pub(super) fn of<'a>(faces: impl Iterator<Item = &'a FaceToGroup>) -> Constraints {
        let mut constraints = Constraints::default();
        for face in faces {
            constraints.photos.push(face.photo);
            constraints.must_link.extend(face.must_link);
            constraints.cannot_link.extend(&face.cannot_link);
            constraints.face_flags += face.face_flag;
        }
        for list in [
            &mut constraints.photos,
            &mut constraints.must_link,
            &mut constraints.cannot_link,
        ] {
            list.sort_unstable();
            list.dedup();
        }
        constraints
    }

    /// Whether the two may not be merged. (Faces with one must-link label are together before this is asked.)
    pub(super) fn forbid(&self, other: &Constraints) -> bool {
        self.face_flags + other.face_flags < MIN_FACE_FLAGS
            || share_item(&self.photos, &other.photos)
            || (!self.must_link.is_empty()
                && !other.must_link.is_empty()
                && self.must_link != other.must_link)
            || share_item(&self.cannot_link, &other.must_link)
            || share_item(&self.must_link, &other.cannot_link)
    }

    pub(super) fn union(&self, other: &Constraints) -> Constraints {
        Constraints {
            photos: union(&self.photos, &other.photos),
            must_link: union(&self.must_link, &other.must_link),
            cannot_link: union(&self.cannot_link, &other.cannot_link),
            face_flags: (self.face_flags + other.face_flags).min(MIN_FACE_FLAGS),
        }
    }
}

fn union(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut all = [a, b].concat();
    // Two sorted runs: a stable sort merges them in linear time.
    all.sort();
    all.dedup();
    all
}
