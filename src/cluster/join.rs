//! Average linkage between groups of faces, however many faces they hold.
//!
//! The mean cosine distance of all pairs between two groups is one less the product of their mean embeddings, so a
//! group is its mean and its size, and no matrix of pairs is kept. Two unions of groups can only be as near as some pair
//! of their parts; so pairs that start further apart than the loosest cut are never looked at again, and the nearest
//! of the others are joined first: the same merges as average linkage over all faces makes.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::sync::Mutex;

use super::constraints::Bounds;
use super::partition::DisjointSets;
use super::similarity::{Rows, close_pairs, distance_of};
use crate::vision::EMBEDDING_LEN;

/// A group of faces as a part of others to come.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Sum of the unit embeddings of its faces. In f64, so that the order of merges does not show.
    pub(super) sum: Vec<f64>,
    pub(super) faces: u32,
    pub(super) bounds: Bounds,
}

impl Part {
    fn mean(&self) -> [f32; EMBEDDING_LEN] {
        let mut mean = [0.0; EMBEDDING_LEN];
        for (mean, sum) in mean.iter_mut().zip(&self.sum) {
            *mean = (sum / f64::from(self.faces)) as f32;
        }
        mean
    }

    /// Mean cosine distance over all pairs of faces of the two.
    fn distance(&self, other: &Part) -> f32 {
        let product: f64 = self.sum.iter().zip(&other.sum).map(|(a, b)| a * b).sum();
        let pairs = f64::from(self.faces) * f64::from(other.faces);
        distance_of((product / pairs) as f32)
    }

    fn joined(&self, other: &Part) -> Part {
        Part {
            sum: self
                .sum
                .iter()
                .zip(&other.sum)
                .map(|(a, b)| a + b)
                .collect(),
            faces: self.faces + other.faces,
            bounds: self.bounds.joined(&other.bounds),
        }
    }
}

/// A possible merge; the nearest first, then the oldest.
#[derive(PartialEq)]
struct Merge {
    distance: f32,
    a: usize,
    b: usize,
}

impl Eq for Merge {}

impl Ord for Merge {
    fn cmp(&self, other: &Merge) -> std::cmp::Ordering {
        let key = (self.a, self.b);
        self.distance
            .total_cmp(&other.distance)
            .then(key.cmp(&(other.a, other.b)))
    }
}

impl PartialOrd for Merge {
    fn partial_cmp(&self, other: &Merge) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Joins `parts` nearest first while their mean distance is within `cut` of their two sizes (in faces), and returns one
/// label per part. `loosest` is the largest value that `cut` takes.
pub(super) fn join(parts: Vec<Part>, loosest: f32, cut: impl Fn(u32, u32) -> f32) -> Vec<u32> {
    let count = parts.len();
    let mut neighbours = starting_neighbours(&parts, loosest);
    let mut parts: Vec<Option<Part>> = parts.into_iter().map(Some).collect();
    let mut sets = DisjointSets::new(count);
    // Parts made by merges are numbered from `count` on; each is found again by one of its first parts.
    let mut representatives: Vec<usize> = (0..count).collect();
    let mut queue = BinaryHeap::new();
    for (a, near) in neighbours.iter().enumerate() {
        for &b in near.range(a + 1..) {
            queue.extend(allowed(&parts, a, b, &cut).map(Reverse));
        }
    }
    while let Some(Reverse(Merge { a, b, .. })) = queue.pop() {
        let (Some(part_a), Some(part_b)) = (&parts[a], &parts[b]) else {
            continue; // One of them has gone into another since.
        };
        let joined = part_a.joined(part_b);
        let made = parts.len();
        sets.join(representatives[a], representatives[b]);
        representatives.push(representatives[a]);
        (parts[a], parts[b]) = (None, None);
        parts.push(Some(joined));
        let near = take_over(&mut neighbours, a, b, made);
        for &other in &near {
            queue.extend(allowed(&parts, other, made, &cut).map(Reverse));
        }
        neighbours.push(near);
    }
    sets.labels()
}

/// The merge of two living parts, if the cut and the constraints allow it.
fn allowed(
    parts: &[Option<Part>],
    a: usize,
    b: usize,
    cut: &impl Fn(u32, u32) -> f32,
) -> Option<Merge> {
    let (part_a, part_b) = (parts[a].as_ref()?, parts[b].as_ref()?);
    let distance = part_a.distance(part_b);
    let within =
        distance <= cut(part_a.faces, part_b.faces) && !part_a.bounds.forbid(&part_b.bounds);
    within.then_some(Merge { distance, a, b })
}

/// The neighbours of both, which now know `made` in their place.
fn take_over(
    neighbours: &mut [BTreeSet<usize>],
    a: usize,
    b: usize,
    made: usize,
) -> BTreeSet<usize> {
    let mut near = std::mem::take(&mut neighbours[a]);
    near.append(&mut neighbours[b]);
    near.remove(&a);
    near.remove(&b);
    for &other in &near {
        let of_other = &mut neighbours[other];
        of_other.remove(&a);
        of_other.remove(&b);
        of_other.insert(made);
    }
    near
}

/// For each part those at most `loosest` away.
fn starting_neighbours(parts: &[Part], loosest: f32) -> Vec<BTreeSet<usize>> {
    let rows = Rows::from_vectors(parts.iter().map(Part::mean));
    let neighbours = Mutex::new(vec![BTreeSet::new(); parts.len()]);
    // A hair wider than the cut: the exact distance, of sums in f64, decides afterwards.
    close_pairs(&rows, loosest + 1e-4, |pairs| {
        let mut neighbours = neighbours
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        for &(a, b) in pairs {
            neighbours[a as usize].insert(b as usize);
            neighbours[b as usize].insert(a as usize);
        }
    });
    neighbours
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
