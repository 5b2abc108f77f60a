//! What a person has decided, and what a photo shows, as constraints between faces.
//!
//! Hard in both directions: faces must_link to one label are always together, and a cannot-link is never broken by
//! grouping. Where both apply (a person confirmed two faces of one photo: a mirror, a collage), the person wins.

use std::collections::HashMap;

/// One face as grouping sees it, beside its embedding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaceToGroup {
    /// Any number that faces of the same photo share, and others do not. Two faces of one photo are never put together.
    pub photo: u32,
    /// Confirmed member of the group with this label: stays with all others of that label, and never comes together with
    /// faces must_link to another one.
    pub must_link: Option<u32>,
    /// Labels whose must_link faces this one may not join.
    pub cannot_link: Vec<u32>,
}

/// How two faces of a set are bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    Must,
    Cannot,
}

/// Every bound pair (i < j) of `faces`, each at least once; where a pair comes as `Cannot` and as `Must`, `Must` comes
/// last and holds.
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
    let all_pinned: Vec<usize> = (0..faces.len())
        .filter(|&position| faces[position].must_link.is_some())
        .collect();
    each_pair(&all_pinned, |a, b| {
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

/// The constraints of several faces taken as one: a group on its way.
#[derive(Clone, Debug, Default)]
pub(super) struct Constraints {
    /// Sorted, without repeats, as are the others.
    photos: Vec<u32>,
    must_link: Vec<u32>,
    cannot_link: Vec<u32>,
}

impl Constraints {
    pub(super) fn of<'a>(faces: impl Iterator<Item = &'a FaceToGroup>) -> Constraints {
        let mut constraints = Constraints::default();
        for face in faces {
            constraints.photos.push(face.photo);
            constraints.must_link.extend(face.must_link);
            constraints.cannot_link.extend(&face.cannot_link);
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

    /// Whether the two may not come together. (Faces must_link to one label are together before anything asks.)
    pub(super) fn forbid(&self, other: &Constraints) -> bool {
        shares(&self.photos, &other.photos)
            || (!self.must_link.is_empty()
                && !other.must_link.is_empty()
                && self.must_link != other.must_link)
            || shares(&self.cannot_link, &other.must_link)
            || shares(&self.must_link, &other.cannot_link)
    }

    pub(super) fn joined(&self, other: &Constraints) -> Constraints {
        Constraints {
            photos: union(&self.photos, &other.photos),
            must_link: union(&self.must_link, &other.must_link),
            cannot_link: union(&self.cannot_link, &other.cannot_link),
        }
    }
}

/// Whether two sorted lists have an item in common; by the shorter one.
fn shares(a: &[u32], b: &[u32]) -> bool {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().any(|item| many.binary_search(item).is_ok())
}

fn union(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut all = [a, b].concat();
    // Two runs in order: a stable sort merges them, however long they are.
    all.sort();
    all.dedup();
    all
}
