//! Average linkage of leaves that stand for several faces each, which kodama does not support.
//!
//! This is the nearest-neighbour chain algorithm (Müllner, "Modern hierarchical, agglomerative clustering algorithms",
//! 2011), with the same steps as in kodama and SciPy, so that leaves of one face each give the same tree.

use super::distances::Distances;
use super::partition::DisjointSets;
use crate::stop::{StopFlag, Stopped};

/// A merge of two clusters: leaves by number, then merges, numbered after the leaves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Merge {
    pub(super) clusters: (usize, usize),
    pub(super) height: f32,
}

/// The merges of leaves that stand for `faces` faces each, by height.
pub(super) fn weighted_linkage(
    mut distances: Distances,
    mut faces: Vec<usize>,
    stop: &StopFlag,
) -> Result<Vec<Merge>, Stopped> {
    let leaves = faces.len();
    let mut active: Vec<usize> = (0..leaves).collect();
    let mut chain: Vec<usize> = Vec::new();
    let mut merges = Vec::with_capacity(leaves.saturating_sub(1));
    while active.len() > 1 {
        stop.check()?;
        let (a, b, height) = nearest_pair(&distances, &active, &mut chain);
        merges.push(Merge {
            clusters: (a, b),
            height,
        });
        distances.merge(a, b, (faces[a] as f32, faces[b] as f32), &active);
        faces[b] += faces[a];
        active.retain(|&cluster| cluster != a);
    }
    merges.sort_by(|one, other| one.height.total_cmp(&other.height));
    number_on(&mut merges, leaves);
    Ok(merges)
}

impl Distances {
    /// The nearest of the clusters `active` (ascending) to `to`: the first that is nearer than `nearest`, else
    /// `nearest`.
    fn nearest(&self, to: usize, active: &[usize], nearest: (usize, f32)) -> (usize, f32) {
        let (before, after) = around(to, active);
        let (mut nearest, mut least) = nearest;
        for &other in before {
            let distance = self.condensed[self.position(other, to)];
            if distance < least {
                (nearest, least) = (other, distance);
            }
        }
        for &other in after {
            let distance = self.condensed[self.position(to, other)];
            if distance < least {
                (nearest, least) = (other, distance);
            }
        }
        (nearest, least)
    }

    /// Replaces `b` by the union of `a` and `b`, weighted by their numbers of faces.
    fn merge(&mut self, a: usize, b: usize, faces: (f32, f32), active: &[usize]) {
        for &other in active.iter().filter(|&&other| other != a && other != b) {
            let from_a = self.between(other, a);
            let at = self.position(other.min(b), other.max(b));
            let from_b = self.condensed[at];
            self.condensed[at] = (faces.0 * from_a + faces.1 * from_b) / (faces.0 + faces.1);
        }
    }
}

/// The clusters before and after this one, whether or not it is one of them.
fn around(cluster: usize, active: &[usize]) -> (&[usize], &[usize]) {
    let at = active.partition_point(|&other| other < cluster);
    let after = at + usize::from(active.get(at) == Some(&cluster));
    (&active[..at], &active[after..])
}

/// Two active clusters that are each other's nearest, the lower one first, and their distance. In `chain` each cluster
/// is the nearest of the one before; what is left of it after a merge remains valid.
fn nearest_pair(
    distances: &Distances,
    active: &[usize],
    chain: &mut Vec<usize>,
) -> (usize, usize, f32) {
    let mut nearest = if chain.len() < 4 {
        let first = active[0];
        chain.clear();
        chain.push(first);
        let second = (active[1], distances.between(first, active[1]));
        distances.nearest(first, &active[2..], second)
    } else {
        // The chain ends before the two that were merged, because the nearest cluster of the one before them may have
        // changed.
        let last = chain[chain.len() - 3];
        chain.truncate(chain.len() - 3);
        (last, distances.between(chain[chain.len() - 1], last))
    };
    loop {
        let before = chain[chain.len() - 1];
        let (last, least) = nearest;
        chain.push(last);
        nearest = distances.nearest(last, active, (before, least));
        if nearest.0 == before {
            return (before.min(last), before.max(last), nearest.1);
        }
    }
}

/// Merges name clusters by one of their leaves; this replaces leaves by cluster numbers.
fn number_on(merges: &mut [Merge], leaves: usize) {
    let mut sets = DisjointSets::new(leaves);
    let mut number_of_root: Vec<usize> = (0..leaves).collect();
    for (number, merge) in (leaves..).zip(merges) {
        let (a, b) = merge.clusters;
        let (a, b) = (sets.root(a), sets.root(b));
        let (one, other) = (number_of_root[a], number_of_root[b]);
        merge.clusters = (one.min(other), one.max(other));
        sets.join(a, b);
        number_of_root[sets.root(a)] = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pseudo-random numbers from 0 to 1.
    fn numbers(count: usize) -> Vec<f32> {
        let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        let states = std::iter::successors(Some(7u32), next).skip(1);
        let numbers = states.map(|state| (state >> 8) as f32 / (1 << 24) as f32);
        numbers.take(count).collect()
    }

    fn matrix(leaves: usize) -> Distances {
        Distances {
            leaves,
            condensed: numbers(leaves * (leaves - 1) / 2),
        }
    }

    fn merges_of_kodama(mut distances: Distances) -> Vec<((usize, usize), f32)> {
        let leaves = distances.leaves;
        let tree = kodama::linkage(&mut distances.condensed, leaves, kodama::Method::Average);
        let steps = tree.steps().iter();
        steps
            .map(|step| ((step.cluster1, step.cluster2), step.dissimilarity))
            .collect()
    }

    #[test]
    fn leaves_of_one_face_each_give_the_trees_of_kodama() {
        for leaves in [2, 3, 60, 400] {
            let ours = weighted_linkage(matrix(leaves), vec![1; leaves], &StopFlag::default());
            let ours: Vec<_> = ours
                .unwrap_or_default()
                .iter()
                .map(|merge| (merge.clusters, merge.height))
                .collect();
            assert_eq!(ours, merges_of_kodama(matrix(leaves)));
        }
    }

    /// A leaf of three faces has the weight of three leaves at the same position.
    #[test]
    fn a_leaf_counts_by_its_faces() {
        let (leaves, faces) = (30, |leaf: usize| 1 + leaf % 3);
        let of_leaves = matrix(leaves);
        let places: Vec<usize> = (0..leaves)
            .flat_map(|leaf| vec![leaf; faces(leaf)])
            .collect();
        let pairs = (0..places.len()).flat_map(|a| (a + 1..places.len()).map(move |b| (a, b)));
        let condensed = pairs.map(|(a, b)| match (places[a], places[b]) {
            (one, other) if one == other => 0.0,
            (one, other) => of_leaves.between(one, other),
        });
        let apart = Distances {
            leaves: places.len(),
            condensed: condensed.collect(),
        };
        let ours = weighted_linkage(
            of_leaves,
            (0..leaves).map(faces).collect(),
            &StopFlag::default(),
        );
        let heights: Vec<f32> = ours
            .unwrap_or_default()
            .iter()
            .map(|merge| merge.height)
            .collect();
        let all = merges_of_kodama(apart);
        let theirs = &all[all.len() - heights.len()..];
        assert_eq!(heights.len(), leaves - 1);
        for (ours, (_, theirs)) in heights.iter().zip(theirs) {
            assert!((ours - theirs).abs() < 1e-5, "{ours} {theirs}");
        }
    }
}
