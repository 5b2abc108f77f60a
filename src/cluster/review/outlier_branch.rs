//! The branch of a group's dendrogram that is most probably another person.
//!
//! The dendrogram, and the distance of each branch to the rest of the group, only depend on the faces; they take most
//! of the time and are kept ([`OutlierBranches`]). Which branch is least likely the same person also depends on the
//! library's curve and on the confirmed faces, and is computed again after every answer.

use super::sameness::Sameness;
use crate::cluster::linkage::Tree;
use crate::cluster::search::similarity::{Rows, Vector, fold_over_gallery};
use crate::cluster::{Centre, Dendrogram, Evidence, FaceToGroup};
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// Larger groups get a dendrogram of merged leaves: time and memory grow with the square of the leaves.
const MAX_FACES: usize = 2_000;

/// In a larger group, this many evenly spaced faces collect the faces nearest to them, ...
const SEEDS: usize = 1_000;

/// ... and this many faces furthest from all of those stay single.
const SINGLES: usize = 1_000;

/// A branch with at most half of a group's faces, compared with the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct OutlierBranch {
    /// Its faces, as indices into the group, ascending.
    pub faces: Vec<usize>,
    /// Mean cosine distance between the branch and the rest, 0 to 2.
    pub distance: f32,
    /// The probability that the two are one person, 0 to 1.
    pub probability: f64,
}

/// The branches of a group's dendrogram with at most half of its faces, each compared with the rest.
#[derive(Debug)]
pub struct OutlierBranches {
    faces: usize,
    /// The faces of each leaf; empty if each face is its own leaf.
    leaves: Vec<Vec<u32>>,
    /// The two nodes of each merge: leaves by number, then merges, numbered after the leaves.
    merges: Vec<(u32, u32)>,
    /// By number.
    branches: Vec<Branch>,
    /// The largest distance of a branch; 0 without any.
    max_distance: f32,
}

#[derive(Debug)]
struct Branch {
    node: u32,
    distance: f32,
    /// Of the branch, and of the rest.
    evidence: (Evidence, Evidence),
}

impl OutlierBranches {
    /// The branches of a group with these faces.
    ///
    /// # Errors
    /// [`Stopped`] once `stop` is set.
    pub fn of(embeddings: &[Centred], stop: &StopFlag) -> Result<OutlierBranches, Stopped> {
        if embeddings.len() > MAX_FACES {
            return OutlierBranches::of_many(embeddings, stop);
        }
        // Every face counts as a separate photo: there are no cannot-links, since the faces are already in one group.
        let photos: Vec<u32> = (0..embeddings.len() as u32).collect();
        let dendrogram = Dendrogram::new(embeddings, &photos, stop)?;
        let merges: Vec<(usize, usize)> = dendrogram.merges().collect();
        let leaves = dendrogram.leaf_members();
        stop.check()?;
        Ok(OutlierBranches::new(embeddings, &leaves, &merges))
    }

    /// The branches of a group too large for a dendrogram of single faces.
    fn of_many(embeddings: &[Centred], stop: &StopFlag) -> Result<OutlierBranches, Stopped> {
        let leaves = merged_leaves(embeddings);
        stop.check()?;
        let mean = |faces: &Vec<usize>| Centre::of(faces.iter().map(|&f| &embeddings[f])).mean();
        let means: Vec<Vector> = leaves.iter().map(mean).collect();
        let free: Vec<FaceToGroup> = (0..leaves.len() as u32)
            .map(|photo| FaceToGroup {
                photo,
                ..FaceToGroup::default()
            })
            .collect();
        let free: Vec<&FaceToGroup> = free.iter().collect();
        let tree = Tree::new(&Rows::of_vectors(&means), &free, stop)?;
        let merges: Vec<(usize, usize)> = tree.merges().collect();
        stop.check()?;
        Ok(OutlierBranches::new(embeddings, &leaves, &merges))
    }

    fn new(
        embeddings: &[Centred],
        leaves: &[Vec<usize>],
        merges: &[(usize, usize)],
    ) -> OutlierBranches {
        let (branches, max_distance) = branches(embeddings, leaves, merges);
        let is_plain = leaves.len() == embeddings.len();
        let as_u32 = |faces: &Vec<usize>| faces.iter().map(|&face| face as u32).collect();
        OutlierBranches {
            faces: embeddings.len(),
            leaves: if is_plain {
                Vec::new()
            } else {
                leaves.iter().map(as_u32).collect()
            },
            merges: merges.iter().map(|&(a, b)| (a as u32, b as u32)).collect(),
            branches,
            max_distance,
        }
    }

    /// A lower bound, 0 to 1, of the probability that a branch is the same person as the rest.
    pub fn min_probability(&self, sameness: &Sameness) -> f64 {
        sameness.min_probability_in_group(self.max_distance)
    }

    /// The branch that is least likely the same person as the rest. Branches are skipped if faces are confirmed on both
    /// sides, because the user has already said that they belong together. `confirmed` has one entry per face. `None`
    /// for a group of one face.
    ///
    /// # Panics
    /// If `confirmed` does not have one entry per face.
    pub fn least_likely(&self, confirmed: &[bool], sameness: &Sameness) -> Option<OutlierBranch> {
        assert_eq!(confirmed.len(), self.faces, "one for each face");
        let counts = self.confirmed_in_branches(confirmed);
        let settled = |branch: &Branch| {
            counts.as_ref().is_some_and(|counts| {
                let part = counts[branch.node as usize];
                part > 0 && Some(&part) < counts.last()
            })
        };
        let open = self.branches.iter().filter(|branch| !settled(branch));
        let judged = open.map(|branch| {
            let (few, many) = &branch.evidence;
            (
                branch,
                sameness.probability_in_group(branch.distance, few, many),
            )
        });
        let (branch, probability) = judged.min_by(|one, other| one.1.total_cmp(&other.1))?;
        Some(OutlierBranch {
            faces: self.faces_below(branch.node),
            distance: branch.distance,
            probability,
        })
    }

    /// The number of confirmed faces of each node, the whole group last; `None` if there are none.
    fn confirmed_in_branches(&self, confirmed: &[bool]) -> Option<Vec<u32>> {
        if !confirmed.contains(&true) {
            return None;
        }
        let is_confirmed = |face: u32| u32::from(confirmed[face as usize]);
        let mut counts: Vec<u32> = if self.leaves.is_empty() {
            (0..self.faces as u32).map(is_confirmed).collect()
        } else {
            let leaves = self.leaves.iter();
            leaves
                .map(|faces| faces.iter().map(|&face| is_confirmed(face)).sum())
                .collect()
        };
        for &(a, b) in &self.merges {
            counts.push(counts[a as usize] + counts[b as usize]);
        }
        Some(counts)
    }

    fn faces_below(&self, node: u32) -> Vec<usize> {
        let leaves = self.merges.len() as u32 + 1;
        let mut faces = Vec::new();
        let mut below = vec![node];
        while let Some(node) = below.pop() {
            if node >= leaves {
                let (a, b) = self.merges[(node - leaves) as usize];
                below.extend([a, b]);
            } else if self.leaves.is_empty() {
                faces.push(node as usize);
            } else {
                let leaf = self.leaves[node as usize].iter();
                faces.extend(leaf.map(|&face| face as usize));
            }
        }
        faces.sort_unstable();
        faces
    }
}

/// The leaves of a large group: each face goes with the nearest of some evenly spaced faces, except those furthest from
/// all of them. These stay single, because outliers are among them.
fn merged_leaves(embeddings: &[Centred]) -> Vec<Vec<usize>> {
    let seeds: Vec<usize> = (0..SEEDS)
        .map(|nth| nth * embeddings.len() / SEEDS)
        .collect();
    let nothing = (f32::NEG_INFINITY, 0);
    let nearest = fold_over_gallery(
        &Rows::of(embeddings),
        &Rows::gather(embeddings, &seeds),
        |_, faces| vec![nothing; faces],
        |nearest: &mut Vec<(f32, usize)>, face, first_seed, similarities| {
            for (seed, &similarity) in (first_seed..).zip(similarities) {
                if similarity > nearest[face].0 {
                    nearest[face] = (similarity, seed);
                }
            }
        },
    );
    let nearest = nearest.concat();
    let mut by_similarity: Vec<usize> = (0..nearest.len()).collect();
    by_similarity.sort_by(|&one, &other| nearest[one].0.total_cmp(&nearest[other].0));
    let (single, others) = by_similarity.split_at(SINGLES.min(by_similarity.len()));
    let mut merged_leaves = vec![Vec::new(); SEEDS];
    for &face in others {
        merged_leaves[nearest[face].1].push(face);
    }
    merged_leaves.extend(single.iter().map(|&face| vec![face]));
    merged_leaves.retain(|leaf| !leaf.is_empty());
    merged_leaves
        .iter_mut()
        .for_each(|leaf| leaf.sort_unstable());
    merged_leaves
}

/// Every branch with at most half of the faces, except the whole, and the largest distance of one.
fn branches(
    embeddings: &[Centred],
    leaves: &[Vec<usize>],
    merges: &[(usize, usize)],
) -> (Vec<Branch>, f32) {
    let mut centres: Vec<Centre> = leaves
        .iter()
        .map(|faces| Centre::of(faces.iter().map(|&face| &embeddings[face])))
        .collect();
    for &(a, b) in merges {
        centres.push(centres[a].with(&centres[b]));
    }
    let Some((whole, parts)) = centres.split_last() else {
        return (Vec::new(), 0.0);
    };
    let mut max_distance = 0.0f32;
    let mut branches = Vec::new();
    for (node, part) in (0..).zip(parts) {
        let rest = whole.without(part);
        if part.faces() > rest.faces() {
            continue;
        }
        let distance = part.distance(&rest);
        max_distance = max_distance.max(distance);
        branches.push(Branch {
            node,
            distance,
            evidence: (part.evidence(), rest.evidence()),
        });
    }
    (branches, max_distance)
}
