//! The weaker of two faces of one photo leaves, where it is all that keeps the photos of a person apart.
//!
//! A collage of different photos, or a mirror in which a face looks otherwise, shows one person several times by faces
//! that are not nearly the same ([`super::repeated`]). Each draws other photos of her to its group, and the groups may
//! not be merged. So two groups with exactly one photo in common are one if the rule allows it without the face that is
//! less similar to the others; that face becomes a group of its own. People photographed together have more photos in
//! common, or fewer in all.

use std::collections::{BTreeMap, HashMap};

use super::constraints::FaceToGroup;
use super::merge_components::Component;
use crate::cluster::Rule;
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// Fewest faces of each group, of which one is in the common photo: at least two thirds of either say nothing against
/// one person.
const MIN_FACES: usize = 3;

/// Two groups that are one without a face.
struct Reunion {
    distance: f32,
    groups: (usize, usize),
    leaver: usize,
}

/// The faces to group, by position.
pub(super) struct Faces<'a> {
    pub(super) embeddings: &'a [&'a Centred],
    pub(super) faces: &'a [&'a FaceToGroup],
}

/// The groups after all such unions, nearest first, until none is left; the faces that left follow, each alone.
pub(super) fn reunited(
    of: &Faces<'_>,
    mut groups: Vec<Vec<usize>>,
    rule: &Rule,
    stop: &StopFlag,
) -> Result<Vec<Vec<usize>>, Stopped> {
    loop {
        stop.check()?;
        let mut reunions = of.reunions(&groups, rule, stop)?;
        if reunions.is_empty() {
            groups.sort_unstable_by_key(|group| group[0]);
            return Ok(groups);
        }
        reunions.sort_by(|one, other| {
            let by_distance = one.distance.total_cmp(&other.distance);
            by_distance.then(one.groups.cmp(&other.groups))
        });
        let mut changed = vec![false; groups.len()];
        for Reunion {
            groups: (a, b),
            leaver,
            ..
        } in reunions
        {
            if changed[a] || changed[b] {
                continue;
            }
            (changed[a], changed[b]) = (true, true);
            let other = std::mem::take(&mut groups[b]);
            groups[a].extend(other);
            groups[a].retain(|&face| face != leaver);
            groups[a].sort_unstable();
            groups.push(vec![leaver]);
        }
        groups.retain(|group| !group.is_empty());
    }
}

impl Faces<'_> {
    fn reunions(
        &self,
        groups: &[Vec<usize>],
        rule: &Rule,
        stop: &StopFlag,
    ) -> Result<Vec<Reunion>, Stopped> {
        let mut reunions = Vec::new();
        for ((a, b), (one, other)) in self.only_conflicts(groups) {
            stop.check()?;
            reunions.extend(self.reunion((a, b), groups, [one, other], rule));
        }
        Ok(reunions)
    }

    /// The pairs of groups with exactly one pair of faces of one photo between them, and these two faces.
    fn only_conflicts(&self, groups: &[Vec<usize>]) -> BTreeMap<(usize, usize), (usize, usize)> {
        let mut by_photo: HashMap<u32, Vec<(usize, usize)>> = HashMap::new();
        for (number, group) in groups.iter().enumerate() {
            if group.len() >= MIN_FACES {
                for &face in group {
                    by_photo
                        .entry(self.faces[face].photo)
                        .or_default()
                        .push((number, face));
                }
            }
        }
        let mut conflicts: BTreeMap<(usize, usize), Vec<(usize, usize)>> = BTreeMap::new();
        for together in by_photo.values() {
            for (nth, &(a, one)) in together.iter().enumerate() {
                for &(b, other) in &together[nth + 1..] {
                    if a != b {
                        // Groups are visited in order, so a < b.
                        conflicts.entry((a, b)).or_default().push((one, other));
                    }
                }
            }
        }
        let only = conflicts.into_iter().filter(|(_, pairs)| pairs.len() == 1);
        only.map(|(groups, pairs)| (groups, pairs[0])).collect()
    }

    /// The face with the weaker tie leaves; none about which somebody has decided.
    fn reunion(
        &self,
        (a, b): (usize, usize),
        groups: &[Vec<usize>],
        conflict: [usize; 2],
        rule: &Rule,
    ) -> Option<Reunion> {
        let rest = groups[a].iter().chain(&groups[b]).copied();
        let rest = self.component(rest.filter(|face| !conflict.contains(face)));
        let mean = rest.mean();
        let tie = |face: usize| -> f32 {
            let numbers = self.embeddings[face].numbers().iter().zip(&mean);
            numbers.map(|(x, y)| x * y).sum()
        };
        let undecided = |&face: &usize| {
            self.faces[face].must_link.is_none() && self.faces[face].cannot_link.is_empty()
        };
        let free = conflict.into_iter().filter(undecided);
        let leaver = free.min_by(|&one, &other| tie(one).total_cmp(&tie(other)))?;
        let without =
            |group: &[usize]| self.component(group.iter().copied().filter(|&face| face != leaver));
        let distance = without(&groups[a]).distance_if_one(&without(&groups[b]), rule)?;
        Some(Reunion {
            distance,
            groups: (a, b),
            leaver,
        })
    }

    fn component(&self, faces: impl Iterator<Item = usize> + Clone) -> Component {
        Component::of(
            faces.clone().map(|face| self.embeddings[face]),
            faces.map(|face| self.faces[face]),
        )
    }
}
