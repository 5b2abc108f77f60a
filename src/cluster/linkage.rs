//! Average linkage under constraints over a matrix of all pairs, for as many faces as memory allows.
//!
//! The nearest-neighbour chain (Müllner, "Modern hierarchical, agglomerative clustering algorithms", 2011), step for step
//! as the crate kodama and SciPy have it, so that it gives their trees; but leaves may stand for several faces each, and
//! a stop is obeyed between two merges. Its matrix holds n (n - 1) / 2 numbers.
//!
//! Constraints become distances: a pair that must be together lies at -1, nearer than any free pair, so those merge
//! first and whole; a pair that must not lies at 1e30, which no average with real distances brings back below a cut
//! (the largest average divides it by the number of pairs, at most 1e12, and f32 holds 1e38).

use super::constraints::{FaceToGroup, Link, bound_pairs};
use super::partition::DisjointSets;
use super::similarity::{Rows, condensed_distances};
use crate::stop::{StopFlag, Stopped};

/// Below the distance of any two embeddings.
const TOGETHER: f32 = -1.0;
/// Above every cut, also after averaging over many pairs.
const APART: f32 = 1e30;

/// Distances of all pairs of leaves, or of what merges have made of them.
pub(super) struct Distances {
    leaves: usize,
    condensed: Vec<f32>,
}

impl Distances {
    /// Of the leaves with these embeddings, or means of embeddings.
    pub(super) fn of(rows: &Rows, stop: &StopFlag) -> Result<Distances, Stopped> {
        Ok(Distances {
            leaves: rows.len(),
            condensed: condensed_distances(rows, stop)?,
        })
    }

    pub(super) fn bind(&mut self, a: usize, b: usize, link: Link) {
        let at = self.position(a.min(b), a.max(b));
        self.condensed[at] = match link {
            Link::Must => TOGETHER,
            Link::Cannot => APART,
        };
    }

    /// Where the pair (a < b) lies: (0, 1), (0, 2), ..., (1, 2), ...
    fn position(&self, a: usize, b: usize) -> usize {
        a * (2 * self.leaves - a - 1) / 2 + b - a - 1
    }

    fn between(&self, a: usize, b: usize) -> f32 {
        self.condensed[self.position(a.min(b), a.max(b))]
    }

    /// The nearest of the others, of which `active` are in order: the first of those that are nearer than `least`, or else
    /// `nearest`, which is that near.
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

    /// `b` becomes both, of which each counts by its faces.
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

/// How leaves come together, nearest first.
#[derive(Debug)]
pub(super) struct Tree {
    leaves: usize,
    /// One less than the leaves, by height.
    merges: Vec<Merge>,
}

/// Two clusters become one: leaves by number, then what merges made, numbered on.
#[derive(Clone, Copy, Debug)]
struct Merge {
    clusters: (usize, usize),
    height: f32,
}

impl Tree {
    /// Over the faces whose embeddings are `rows`.
    pub(super) fn new(
        rows: &Rows,
        faces: &[&FaceToGroup],
        stop: &StopFlag,
    ) -> Result<Tree, Stopped> {
        let mut distances = Distances::of(rows, stop)?;
        bound_pairs(faces, |a, b, link| distances.bind(a, b, link));
        Tree::over(distances, vec![1; faces.len()], stop)
    }

    /// Over leaves that stand for so many faces each.
    pub(super) fn over(
        mut distances: Distances,
        mut faces: Vec<usize>,
        stop: &StopFlag,
    ) -> Result<Tree, Stopped> {
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
        Ok(Tree { leaves, merges })
    }

    pub(super) fn leaves(&self) -> usize {
        self.leaves
    }

    /// The mean distance of each merge, smallest first.
    pub(super) fn heights(&self) -> impl Iterator<Item = f32> {
        self.merges.iter().map(|merge| merge.height)
    }

    /// The two clusters that each merge joins, in the same order: leaves by number, then what merges made, numbered on.
    pub(super) fn merges(&self) -> impl Iterator<Item = (usize, usize)> {
        self.merges.iter().map(|merge| merge.clusters)
    }

    /// One label per leaf (0, 1, 2, ... by first appearance) once all merges up to the height `cut` are made.
    pub(super) fn cut_at(&self, cut: f32) -> Vec<u32> {
        self.after(self.heights().take_while(|&height| height <= cut).count())
    }

    /// One label per leaf once the first `merges` are made.
    pub(super) fn after(&self, merges: usize) -> Vec<u32> {
        let mut sets = DisjointSets::new(self.leaves);
        // A leaf of each cluster; those that merges make are numbered from `leaves` on.
        let mut representatives: Vec<usize> = (0..self.leaves).collect();
        for merge in &self.merges[..merges] {
            let (a, b) = merge.clusters;
            let (a, b) = (representatives[a], representatives[b]);
            sets.join(a, b);
            representatives.push(a);
        }
        sets.labels()
    }
}

/// Two active clusters that are each other's nearest, the lower one first, and how far apart they are. `chain` holds
/// clusters of which each is the nearest of the one before; what it held at the last merge still holds after it.
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
        // Without the two that were merged; the nearest of the one before them may be another now.
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

/// Merges tell clusters by a leaf of theirs; from here on by their numbers.
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
