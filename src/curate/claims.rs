//! What grouping leaves over and identification knows: fragments that a person claims.
//!
//! Grouping joins faces that are near each other, and asks more of a face the more people a library holds. The people who
//! have a name are a better yardstick: a face left alone, or in a small group without a name, goes to the person whom
//! identification accepts it as. It becomes a suggestion there. Decisions and photos bind as in grouping: no face goes to
//! somebody it was rejected from, nor to somebody who is in the same photo already.

use std::collections::{HashMap, HashSet};

use super::identify::{Gallery, identify};
use crate::cluster::FaceToGroup;
use crate::cluster::calibration::Band;
use crate::library::GroupId;
use crate::vision::Embedding;

/// Faces of the largest group that may be claimed: what grouping calls a fragment. A larger one has been looked at from
/// enough sides to stand on its own, and is asked about in the review instead.
const LARGEST_FRAGMENT: usize = 5;

/// A fragment and the person who claims it.
struct Claim {
    label: u32,
    person: GroupId,
    /// Mean over its faces; one that is likest to somebody else counts 0.
    probability: f64,
}

/// A grouping on its way: the label of each face, from 0; the other slices speak of the same faces.
pub(super) struct Grouping<'a> {
    pub labels: &'a mut [u32],
    pub embeddings: &'a [Embedding],
    pub faces: &'a [FaceToGroup],
    /// The group each face must stay in.
    pub pinned: &'a [Option<GroupId>],
}

impl Grouping<'_> {
    /// Gives fragments to the people of `gallery` who claim them, surest first, and numbers the labels anew by first
    /// appearance.
    pub(super) fn settle_claims(&mut self, gallery: &Gallery) {
        if gallery.people() == 0 {
            return;
        }
        let members = self.members();
        let mut holders = self.holders();
        let mut photos: HashMap<GroupId, HashSet<u32>> = HashMap::new();
        for claim in self.claims(gallery, &members) {
            let Some(holder) = holders.get_mut(&claim.person) else {
                continue;
            };
            let of_person = photos.entry(claim.person).or_insert_with(|| {
                let faces = members[holder.label as usize].iter();
                faces.map(|&face| self.faces[face].photo).collect()
            });
            let fragment = &members[claim.label as usize];
            let barred = fragment.iter().any(|&face| {
                let face = &self.faces[face];
                of_person.contains(&face.photo) || face.refused.contains(&holder.pin)
            });
            if !barred {
                for &face in fragment {
                    self.labels[face] = holder.label;
                    of_person.insert(self.faces[face].photo);
                }
            }
        }
        number_anew(self.labels);
    }

    fn members(&self) -> Vec<Vec<usize>> {
        let count = self
            .labels
            .iter()
            .max()
            .map_or(0, |&last| last as usize + 1);
        let mut members = vec![Vec::new(); count];
        for (face, &label) in self.labels.iter().enumerate() {
            members[label as usize].push(face);
        }
        members
    }

    /// Where the faces pinned to each group are.
    fn holders(&self) -> HashMap<GroupId, Holder> {
        let faces = self.pinned.iter().zip(self.faces).zip(&*self.labels);
        faces
            .filter_map(|((group, face), &label)| {
                let pin = face.pinned?;
                Some(((*group)?, Holder { label, pin }))
            })
            .collect()
    }

    /// Surest first; of equals the one whose first face comes first.
    fn claims(&self, gallery: &Gallery, members: &[Vec<usize>]) -> Vec<Claim> {
        let is_free = |fragment: &&(u32, &Vec<usize>)| {
            fragment.1.len() <= LARGEST_FRAGMENT
                && fragment.1.iter().all(|&face| self.pinned[face].is_none())
        };
        let fragments: Vec<(u32, &Vec<usize>)> = (0..)
            .zip(members)
            .filter(|fragment| is_free(&fragment))
            .collect();
        let embeddings: Vec<Embedding> = fragments
            .iter()
            .flat_map(|(_, faces)| faces.iter().map(|&face| self.embeddings[face]))
            .collect();
        let mut answers = identify(gallery, &embeddings).into_iter();
        let mut claims: Vec<Claim> = fragments
            .iter()
            .filter_map(|&(label, faces)| {
                let answers: Vec<_> = answers.by_ref().take(faces.len()).collect();
                let surest = answers
                    .iter()
                    .max_by(|a, b| a.probability.total_cmp(&b.probability))?;
                let of_surest = answers
                    .iter()
                    .filter(|answer| answer.person == surest.person);
                let sum: f64 = of_surest.map(|answer| answer.probability).sum();
                Some(Claim {
                    label,
                    person: surest.person?,
                    probability: sum / faces.len() as f64,
                })
            })
            .filter(|claim| Band::of(claim.probability) == Band::Accepted)
            .collect();
        claims.sort_by(|a, b| {
            let first_face = |claim: &Claim| members[claim.label as usize].first().copied();
            (b.probability.total_cmp(&a.probability)).then(first_face(a).cmp(&first_face(b)))
        });
        claims
    }
}

/// The group that holds a person's confirmed faces.
struct Holder {
    label: u32,
    /// What [`FaceToGroup::pinned`] and [`FaceToGroup::refused`] call the person.
    pin: u32,
}

fn number_anew(labels: &mut [u32]) {
    let mut numbers: HashMap<u32, u32> = HashMap::new();
    for label in labels {
        let next = numbers.len() as u32;
        *label = *numbers.entry(*label).or_insert(next);
    }
}
