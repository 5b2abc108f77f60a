//! The part of a group that fits the rest of it worst.

use super::centre::Centre;
use super::dendrogram::Dendrogram;
use super::sameness::Sameness;
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// A part of a group, at most half of it, against the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct LooseEnd {
    /// Its faces, by their places in the group, in order.
    pub faces: Vec<usize>,
    /// Mean cosine distance between the part and the rest, 0 to 2.
    pub distance: f32,
    /// That the two are one person, 0 to 1.
    pub probability: f64,
}

/// Of all branches of the group's dendrogram that hold at most half of its faces, the one least likely to be the same
/// person as the rest. Passed over are branches where a person confirmed faces on both sides: they have said so already.
/// `photos` and `confirmed` speak of the face at the same index; `None` for a group of one face.
///
/// # Panics
/// If the slices differ in length.
pub fn loosest_end(
    embeddings: &[Centred],
    photos: &[u32],
    confirmed: &[bool],
    sameness: &Sameness,
    stop: &StopFlag,
) -> Result<Option<LooseEnd>, Stopped> {
    assert_eq!(embeddings.len(), confirmed.len(), "one for each face");
    let dendrogram = Dendrogram::new(embeddings, photos, stop)?;
    let branches = Branches::of(&dendrogram, embeddings, confirmed);
    let Some((whole, parts)) = branches.0.split_last() else {
        return Ok(None);
    };
    let ends = parts.iter().filter_map(|part| {
        let settled = part.confirmed > 0 && part.confirmed < whole.confirmed;
        let rest = whole.centre.without(&part.centre);
        if settled || part.centre.faces() > rest.faces() {
            return None;
        }
        let distance = part.centre.distance(&rest);
        let (few, many) = (part.centre.evidence(), rest.evidence());
        Some((
            part,
            distance,
            sameness.probability_inside(distance, &few, &many),
        ))
    });
    let loosest = ends.min_by(|one, other| one.2.total_cmp(&other.2));
    Ok(loosest.map(|(part, distance, probability)| LooseEnd {
        faces: branches.faces_below(part, &dendrogram),
        distance,
        probability,
    }))
}

/// A leaf or a merge of the dendrogram.
struct Branch {
    centre: Centre,
    /// Confirmed faces in it.
    confirmed: usize,
    /// What it was made from; `None` for a leaf.
    from: Option<(usize, usize)>,
    place: usize,
}

/// Leaves first, then merges from the nearest to the whole.
struct Branches(Vec<Branch>);

impl Branches {
    fn of(dendrogram: &Dendrogram, embeddings: &[Centred], confirmed: &[bool]) -> Branches {
        let mut branches: Vec<Branch> = dendrogram
            .leaf_members()
            .iter()
            .enumerate()
            .map(|(place, faces)| Branch {
                centre: Centre::of(faces.iter().map(|&face| &embeddings[face])),
                confirmed: faces.iter().filter(|&&face| confirmed[face]).count(),
                from: None,
                place,
            })
            .collect();
        for (a, b) in dendrogram.merges() {
            let (one, other) = (&branches[a], &branches[b]);
            branches.push(Branch {
                centre: one.centre.with(&other.centre),
                confirmed: one.confirmed + other.confirmed,
                from: Some((a, b)),
                place: branches.len(),
            });
        }
        Branches(branches)
    }

    fn faces_below(&self, branch: &Branch, dendrogram: &Dendrogram) -> Vec<usize> {
        let leaves = dendrogram.leaf_members();
        let mut faces = Vec::new();
        let mut below = vec![branch.place];
        while let Some(place) = below.pop() {
            match self.0[place].from {
                Some((a, b)) => below.extend([a, b]),
                None => faces.extend(&leaves[place]),
            }
        }
        faces.sort_unstable();
        faces
    }
}
