//! Average linkage under constraints, by kodama, for as many faces as its matrix allows.
//!
//! Constraints become distances: a pair that must be together lies at -1, nearer than any free pair, so those merge
//! first and whole; a pair that must not lies at 1e30, which no average with real distances brings back below a cut
//! (the largest average divides it by the number of pairs, at most 1e8 here, and f32 holds 1e38).

use kodama::{Method, linkage};

use super::constraints::{FaceToGroup, Link, bound_pairs};
use super::partition::DisjointSets;
use super::similarity::{Rows, condensed_distances};
use crate::stop::{StopFlag, Stopped};

/// Below the distance of any two embeddings.
const TOGETHER: f32 = -1.0;
/// Above every cut, also after averaging over many pairs.
const APART: f32 = 1e30;

/// How faces come together, nearest first.
#[derive(Debug)]
pub(super) struct Tree {
    faces: usize,
    /// kodama's n - 1 merges, by height.
    merges: kodama::Dendrogram<f32>,
}

impl Tree {
    /// Over the faces whose embeddings are `rows`.
    pub(super) fn new(
        rows: &Rows,
        faces: &[&FaceToGroup],
        stop: &StopFlag,
    ) -> Result<Tree, Stopped> {
        let count = rows.len();
        let mut condensed = condensed_distances(rows, stop)?;
        bound_pairs(faces, |a, b, link| {
            condensed[position(count, a, b)] = match link {
                Link::Must => TOGETHER,
                Link::Cannot => APART,
            };
        });
        stop.check()?;
        Ok(Tree {
            faces: count,
            merges: linkage(&mut condensed, count, Method::Average),
        })
    }

    pub(super) fn faces(&self) -> usize {
        self.faces
    }

    /// The mean distance of each merge, smallest first.
    pub(super) fn heights(&self) -> impl Iterator<Item = f32> {
        self.merges.steps().iter().map(|step| step.dissimilarity)
    }

    /// The two clusters that each merge joins, in the same order: faces by number, then what merges made, numbered on.
    pub(super) fn merges(&self) -> impl Iterator<Item = (usize, usize)> {
        let steps = self.merges.steps().iter();
        steps.map(|step| (step.cluster1, step.cluster2))
    }

    /// One label per face (0, 1, 2, ... by first appearance) once all merges up to the height `cut` are made.
    pub(super) fn cut_at(&self, cut: f32) -> Vec<u32> {
        self.after(self.heights().take_while(|&height| height <= cut).count())
    }

    /// One label per face once the first `merges` are made.
    pub(super) fn after(&self, merges: usize) -> Vec<u32> {
        let mut sets = DisjointSets::new(self.faces);
        // A face of each cluster; kodama numbers those that merges make from `faces` on.
        let mut representatives: Vec<usize> = (0..self.faces).collect();
        for merge in &self.merges.steps()[..merges] {
            let (a, b) = (
                representatives[merge.cluster1],
                representatives[merge.cluster2],
            );
            sets.join(a, b);
            representatives.push(a);
        }
        sets.labels()
    }
}

/// Where the pair (a < b) lies in kodama's condensed order.
fn position(count: usize, a: usize, b: usize) -> usize {
    a * (2 * count - a - 1) / 2 + b - a - 1
}
