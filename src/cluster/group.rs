//! Faces into groups: exact average linkage under constraints, at any number of faces.
//!
//! 1. Two groups can only lie within the cut if some pair of their faces does. So the faces fall into components, linked
//!    by pairs within the cut, which are found by blocked matrix products over all cores and clustered one by one by
//!    kodama. A component too large for kodama's matrix is first taken at tighter cuts, which break it up.
//! 2. What came out is joined further, nearest first, by means of embeddings ([`join`]): across components that were
//!    taken at a tighter cut, and wherever evidence loosens the cut ([`loosened`]).
//!
//! Average linkage merges in order of distance, so stopping at a tighter cut and going on from there changes nothing.
//! The result depends neither on the order of the faces nor on the number of threads.

use std::sync::Mutex;

use rayon::prelude::*;

use super::constraints::{Bounds, FaceToGroup};
use super::cut::{loosened, loosest};
use super::join::{Part, join};
use super::linkage::Tree;
use super::partition::{DisjointSets, members, numbered};
use super::similarity::{Rows, close_pairs};
use crate::vision::{EMBEDDING_LEN, Embedding};

/// Faces that kodama takes at once. Its matrix holds n (n - 1) / 2 numbers: 200 MB at 10,000 faces.
const MOST_AT_ONCE: usize = 10_000;

/// Components above this many faces are clustered one after the other, so that only one large matrix lives at a time.
const LARGE: usize = 1_000;

/// A component too large is taken again at this share of the cut, and so on ...
const TIGHTER: f32 = 0.8;

/// ... down to this distance, where nothing but copies and bursts hang together: such a heap is cut into slices.
const TIGHTEST: f32 = 0.1;

/// Groups faces by average linkage on cosine distance: one label per face, 0, 1, 2, ... by first appearance.
///
/// `cut` is the mean cosine distance (0 to 2) up to which two single faces are one person ([`super::DEFAULT_CUT`]); a
/// fragment joins a larger group at up to .15 more. Faces pinned to one label come out together; faces of one photo
/// never do (save where pinned to the same label), nor faces pinned to different labels, nor a face and a label it
/// refuses. `faces` says this of the embedding at the same index.
///
/// # Panics
/// If the two slices differ in length.
pub fn group(embeddings: &[Embedding], faces: &[FaceToGroup], cut: f32) -> Vec<u32> {
    group_in_steps(embeddings, faces, cut, MOST_AT_ONCE)
}

/// [`group`] with at most `most` faces at once in kodama; every `most` gives the same groups, down to slices of copies.
#[doc(hidden)]
pub fn group_in_steps(
    embeddings: &[Embedding],
    faces: &[FaceToGroup],
    cut: f32,
    most: usize,
) -> Vec<u32> {
    assert_eq!(
        embeddings.len(),
        faces.len(),
        "a constraint for each embedding"
    );
    let order = canonical_order(embeddings, faces);
    let pieces = Pieces {
        embeddings,
        faces,
        most,
    };
    let mut ranks = vec![0; faces.len()];
    order
        .iter()
        .enumerate()
        .for_each(|(rank, &face)| ranks[face] = rank);
    let mut clusters = pieces.linked(order, cut);
    unite_pinned(&mut clusters, faces);
    clusters.sort_unstable_by_key(|cluster| ranks[cluster[0]]);
    let parts = clusters
        .iter()
        .map(|cluster| pieces.part(cluster))
        .collect();
    let joined = join(parts, loosest(cut), |a, b| loosened(cut, a, b));
    let mut labels = vec![0; faces.len()];
    for (cluster, label) in clusters.iter().zip(joined) {
        for &face in cluster {
            labels[face] = label;
        }
    }
    numbered(&labels)
}

/// The faces in an order of their own, whatever order they came in: by embedding, then by photo.
fn canonical_order(embeddings: &[Embedding], faces: &[FaceToGroup]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..faces.len()).collect();
    order.sort_by(|&a, &b| {
        let numbers = embeddings[a].0.iter().zip(&embeddings[b].0);
        let first_difference = numbers
            .map(|(x, y)| x.total_cmp(y))
            .find(|order| order.is_ne());
        first_difference.unwrap_or_else(|| faces[a].photo.cmp(&faces[b].photo))
    });
    order
}

/// What the first step works on.
struct Pieces<'a> {
    embeddings: &'a [Embedding],
    faces: &'a [FaceToGroup],
    most: usize,
}

impl Pieces<'_> {
    /// `indices` clustered by average linkage, at `cut` or, where that would take too large a matrix, below it.
    fn linked(&self, indices: Vec<usize>, cut: f32) -> Vec<Vec<usize>> {
        let (small, large): (Vec<_>, Vec<_>) = self
            .components(&indices, cut)
            .into_iter()
            .partition(|component| component.len() <= LARGE);
        let mut clusters: Vec<Vec<usize>> = small
            .par_iter()
            .flat_map_iter(|component| self.clustered(component, cut))
            .collect();
        for component in large {
            if component.len() <= self.most {
                clusters.extend(self.clustered(&component, cut));
            } else if cut > TIGHTEST {
                clusters.extend(self.linked(component, cut * TIGHTER));
            } else {
                let slices = component.chunks(self.most);
                clusters.extend(slices.flat_map(|slice| self.clustered(slice, cut)));
            }
        }
        clusters
    }

    /// Faces linked by pairs within `cut`, or by a common pin.
    fn components(&self, indices: &[usize], cut: f32) -> Vec<Vec<usize>> {
        let sets = Mutex::new(DisjointSets::new(indices.len()));
        close_pairs(&Rows::gather(self.embeddings, indices), cut, |pairs| {
            let mut sets = sets.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            pairs
                .iter()
                .for_each(|&(a, b)| sets.join(a as usize, b as usize));
        });
        let mut sets = sets
            .into_inner()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let pins = indices.iter().map(|&index| self.faces[index].pinned);
        join_same(&mut sets, pins);
        let components = members(&sets.labels());
        components
            .into_iter()
            .map(|positions| {
                positions
                    .into_iter()
                    .map(|position| indices[position])
                    .collect()
            })
            .collect()
    }

    fn clustered(&self, component: &[usize], cut: f32) -> Vec<Vec<usize>> {
        let faces: Vec<&FaceToGroup> = component.iter().map(|&index| &self.faces[index]).collect();
        let tree = Tree::new(&Rows::gather(self.embeddings, component), &faces);
        let clusters = members(&tree.cut_at(cut));
        clusters
            .into_iter()
            .map(|positions| {
                positions
                    .into_iter()
                    .map(|position| component[position])
                    .collect()
            })
            .collect()
    }

    fn part(&self, cluster: &[usize]) -> Part {
        let mut sum = vec![0.0; EMBEDDING_LEN];
        for &face in cluster {
            for (sum, &number) in sum.iter_mut().zip(&self.embeddings[face].0) {
                *sum += f64::from(number);
            }
        }
        Part {
            sum,
            faces: cluster.len() as u32,
            bounds: Bounds::of(cluster.iter().map(|&face| &self.faces[face])),
        }
    }
}

/// Joins the items with the same key.
fn join_same(sets: &mut DisjointSets, keys: impl Iterator<Item = Option<u32>>) {
    let mut first = std::collections::HashMap::new();
    for (item, key) in keys.enumerate() {
        if let Some(key) = key {
            sets.join(item, *first.entry(key).or_insert(item));
        }
    }
}

/// Puts clusters with faces of the same pin together, where slices have cut through them.
fn unite_pinned(clusters: &mut Vec<Vec<usize>>, faces: &[FaceToGroup]) {
    let pins = clusters
        .iter()
        .map(|cluster| cluster.iter().find_map(|&face| faces[face].pinned));
    let mut sets = DisjointSets::new(clusters.len());
    join_same(&mut sets, pins);
    let united = members(&sets.labels());
    *clusters = united
        .into_iter()
        .map(|parts| {
            parts
                .into_iter()
                .flat_map(|part| clusters[part].clone())
                .collect()
        })
        .collect();
}
