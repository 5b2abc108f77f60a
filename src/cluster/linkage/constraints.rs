//! What a person has decided, and what a photo shows, as constraints between faces.
//!
//! Hard in both directions: faces pinned to one label are always together, and a cannot-link is never broken by
//! grouping. Where both apply (a person confirmed two faces of one photo: a mirror, a collage), the person wins.

use std::collections::HashMap;

/// One face as grouping sees it, beside its embedding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaceToGroup {
    /// Any number that faces of the same photo share, and others do not. Two faces of one photo are never put together.
    pub photo: u32,
    /// Confirmed member of the group with this label: stays with all others of that label, and never comes together with
    /// faces pinned to another one.
    pub pinned: Option<u32>,
    /// Labels whose pinned faces this one may not join.
    pub refused: Vec<u32>,
}

/// How two faces of a set are bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    Must,
    Cannot,
}

/// Every bound pair (i < j) of `faces`, each at least once; where a pair comes as `Cannot` and as `Must`, `Must` comes
/// last and holds.
pub(super) fn bound_pairs(faces: &[&FaceToGroup], mut bind: impl FnMut(usize, usize, Link)) {
    for together in positions_by(faces, |face| Some(face.photo)).values() {
        each_pair(together, |a, b| bind(a, b, Link::Cannot));
    }
    let pinned = positions_by(faces, |face| face.pinned);
    for (position, face) in faces.iter().enumerate() {
        for &other in face
            .refused
            .iter()
            .filter_map(|label| pinned.get(label))
            .flatten()
        {
            if other != position {
                bind(position.min(other), position.max(other), Link::Cannot);
            }
        }
    }
    let all_pinned: Vec<usize> = (0..faces.len())
        .filter(|&position| faces[position].pinned.is_some())
        .collect();
    each_pair(&all_pinned, |a, b| {
        let link = if faces[a].pinned == faces[b].pinned {
            Link::Must
        } else {
            Link::Cannot
        };
        bind(a, b, link);
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
pub(super) struct Bounds {
    /// Sorted, without repeats, as are the others.
    photos: Vec<u32>,
    pinned: Vec<u32>,
    refused: Vec<u32>,
}

impl Bounds {
    pub(super) fn of<'a>(faces: impl Iterator<Item = &'a FaceToGroup>) -> Bounds {
        let mut bounds = Bounds::default();
        for face in faces {
            bounds.photos.push(face.photo);
            bounds.pinned.extend(face.pinned);
            bounds.refused.extend(&face.refused);
        }
        for list in [&mut bounds.photos, &mut bounds.pinned, &mut bounds.refused] {
            list.sort_unstable();
            list.dedup();
        }
        bounds
    }

    /// Whether the two may not come together. (Faces pinned to one label are together before anything asks.)
    pub(super) fn forbid(&self, other: &Bounds) -> bool {
        shares(&self.photos, &other.photos)
            || (!self.pinned.is_empty() && !other.pinned.is_empty() && self.pinned != other.pinned)
            || shares(&self.refused, &other.pinned)
            || shares(&self.pinned, &other.refused)
    }

    pub(super) fn joined(&self, other: &Bounds) -> Bounds {
        Bounds {
            photos: union(&self.photos, &other.photos),
            pinned: union(&self.pinned, &other.pinned),
            refused: union(&self.refused, &other.refused),
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
