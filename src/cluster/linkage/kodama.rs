//! Average linkage under constraints over a distance matrix: by kodama if each leaf is one face, otherwise by
//! [`super::weighted`].

use kodama::{Method, linkage};

use super::constraints::{FaceToGroup, linked_pairs};
use super::distances::Distances;
use super::partition::DisjointSets;
use super::weighted::{Merge, weighted_linkage};
use crate::cluster::search::similarity::Rows;
use crate::stop::{StopFlag, Stopped};

/// A dendrogram.
#[derive(Debug)]
pub(crate) struct Tree {
    leaves: usize,
    /// Sorted by height; one fewer than the leaves.
    merges: Vec<Merge>,
}

impl Tree {
    /// The tree of the faces with the embeddings `rows`.
    pub(crate) fn new(
        rows: &Rows,
        faces: &[&FaceToGroup],
        stop: &StopFlag,
    ) -> Result<Tree, Stopped> {
        let mut distances = Distances::of(rows, stop)?;
        linked_pairs(faces, |a, b, link| distances.link(a, b, link));
        Tree::over(distances, vec![1; faces.len()], stop)
    }

    /// The tree of leaves that stand for `faces` faces each. kodama takes about a second for 10,000 leaves and cannot
    /// be stopped.
    pub(super) fn over(
        mut distances: Distances,
        faces: Vec<usize>,
        stop: &StopFlag,
    ) -> Result<Tree, Stopped> {
        stop.check()?;
        let leaves = faces.len();
        let merges = if faces.iter().all(|&faces| faces == 1) {
            let tree = linkage(&mut distances.condensed, leaves, Method::Average);
            let steps = tree.steps().iter();
            steps
                .map(|step| Merge {
                    clusters: (step.cluster1, step.cluster2),
                    height: step.dissimilarity,
                })
                .collect()
        } else {
            weighted_linkage(distances, faces, stop)?
        };
        Ok(Tree { leaves, merges })
    }

    pub(crate) fn leaves(&self) -> usize {
        self.leaves
    }

    /// The mean distance of each merge, smallest first.
    pub(crate) fn heights(&self) -> impl Iterator<Item = f32> {
        self.merges.iter().map(|merge| merge.height)
    }

    /// The two clusters of each merge, in the same order: leaves by number, then merges, numbered after the leaves.
    pub(crate) fn merges(&self) -> impl Iterator<Item = (usize, usize)> {
        self.merges.iter().map(|merge| merge.clusters)
    }

    /// One label per leaf (0, 1, 2, ... by first appearance) after all merges up to the height `cut`.
    pub(crate) fn cut_at(&self, cut: f32) -> Vec<u32> {
        self.after(self.heights().take_while(|&height| height <= cut).count())
    }

    /// One label per leaf after the first `merges` merges.
    pub(crate) fn after(&self, merges: usize) -> Vec<u32> {
        let mut sets = DisjointSets::new(self.leaves);
        // A leaf of each cluster; merges are numbered from `leaves` on.
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
