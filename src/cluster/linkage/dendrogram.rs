//! The dendrogram of one group: average linkage over its faces, which can be cut at any distance.
//!
//! Computed on demand for the slider of the split view, and kept while that is open.

use std::collections::{HashMap, HashSet};

use super::constraints::{FaceToGroup, Link};
use super::distances::Distances;
use super::group::canonical_order;
use super::kodama::Tree;
use super::large_groups::nearest;
use super::partition::{members, relabelled};
use crate::cluster::Centre;
use crate::cluster::search::similarity::{Rows, Vector};
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// The largest cosine distance, which is also the height of cannot-link merges (two faces of one photo).
pub const MAX_DISTANCE: f32 = 2.0;

/// Maximum number of leaves: their matrix takes 32 MB. In a larger group, faces close together share a leaf.
const MAX_LEAVES: usize = 4_000;

/// Maximum number of shared leaves, so that outliers keep leaves of their own.
const MAX_SHARED_LEAVES: usize = 1_000;

/// Faces sampled to find the shared leaves.
const SAMPLE: usize = 2_000;

/// How the faces of one group merge as the cut rises from 0 to 2.
#[derive(Debug)]
pub struct Dendrogram {
    tree: Tree,
    /// The leaf of each face; every face has its own unless the group is larger than [`MAX_LEAVES`].
    leaves: Vec<u32>,
    heights: Vec<f32>,
}

impl Dendrogram {
    /// The dendrogram of `embeddings`; `photos` has, for the face at the same index, a number shared by the faces of
    /// one photo.
    ///
    /// # Panics
    /// If the two slices differ in length.
    pub fn new(
        embeddings: &[Centred],
        photos: &[u32],
        stop: &StopFlag,
    ) -> Result<Dendrogram, Stopped> {
        assert_eq!(embeddings.len(), photos.len(), "a photo for each embedding");
        stop.check()?;
        let leaves = if embeddings.len() <= MAX_LEAVES {
            (0..embeddings.len() as u32).collect()
        } else {
            shared_leaves(embeddings, photos, stop)?
        };
        let tree = tree_of(embeddings, photos, &members(&leaves), stop)?;
        let heights = tree
            .heights()
            .map(|height| height.clamp(0.0, MAX_DISTANCE))
            .collect();
        Ok(Dendrogram {
            tree,
            leaves,
            heights,
        })
    }

    /// One label per face (0, 1, 2, ... by first appearance) after all merges up to mean distance `distance`.
    pub fn cut(&self, distance: f32) -> Vec<u32> {
        let whole = distance >= MAX_DISTANCE;
        self.of_faces(
            &self
                .tree
                .cut_at(if whole { f32::INFINITY } else { distance }),
        )
    }

    /// One label per face: the group in `count` pieces, or one piece per leaf if there are fewer leaves.
    pub fn pieces(&self, count: usize) -> Vec<u32> {
        let leaves = self.tree.leaves();
        self.of_faces(&self.tree.after(leaves.saturating_sub(count.max(1))))
    }

    /// The mean distance of each merge, smallest first; 2 for faces of one photo. The pieces are the same for all cuts
    /// between two adjacent heights.
    pub fn heights(&self) -> &[f32] {
        &self.heights
    }

    /// The faces of each leaf, as indices.
    pub(crate) fn leaf_members(&self) -> Vec<Vec<usize>> {
        members(&self.leaves)
    }

    /// The two nodes of each merge, nearest first: leaves by number, then merges, numbered after the leaves.
    pub(crate) fn merges(&self) -> impl Iterator<Item = (usize, usize)> {
        self.tree.merges()
    }

    fn of_faces(&self, of_leaves: &[u32]) -> Vec<u32> {
        self.leaves
            .iter()
            .map(|&leaf| of_leaves[leaf as usize])
            .collect()
    }
}

/// Average linkage over leaves of one or more faces.
fn tree_of(
    embeddings: &[Centred],
    photos: &[u32],
    leaves: &[Vec<usize>],
    stop: &StopFlag,
) -> Result<Tree, Stopped> {
    let means: Vec<Vector> = leaves
        .iter()
        .map(|faces| match faces[..] {
            [face] => *embeddings[face].numbers(),
            _ => Centre::of(faces.iter().map(|&face| &embeddings[face])).mean(),
        })
        .collect();
    let mut distances = Distances::of(&Rows::of_vectors(&means), stop)?;
    let mut leaves_of_photo: HashMap<u32, Vec<usize>> = HashMap::new();
    for (leaf, faces) in leaves.iter().enumerate() {
        for &face in faces {
            let with_photo = leaves_of_photo.entry(photos[face]).or_default();
            for &other in with_photo.iter().filter(|&&other| other != leaf) {
                distances.link(other, leaf, Link::Cannot);
            }
            with_photo.push(leaf);
        }
    }
    Tree::over(distances, leaves.iter().map(Vec::len).collect(), stop)
}

/// The leaf of each face of a large group. Average linkage of a sample finds clusters; each face goes to the cluster
/// with the nearest mean. The outermost faces, and further faces of a photo that the cluster already has, get leaves of
/// their own.
fn shared_leaves(
    embeddings: &[Centred],
    photos: &[u32],
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    let free = |&photo: &u32| FaceToGroup {
        photo,
        ..FaceToGroup::default()
    };
    let faces: Vec<FaceToGroup> = photos.iter().map(free).collect();
    let order = canonical_order(embeddings, &faces);
    let sample: Vec<usize> = (0..SAMPLE)
        .map(|nth| order[nth * order.len() / SAMPLE])
        .collect();
    let rows = Rows::gather(embeddings, &sample);
    let constraints: Vec<&FaceToGroup> = sample.iter().map(|&face| &faces[face]).collect();
    let parts = members(&Tree::new(&rows, &constraints, stop)?.after(SAMPLE - MAX_SHARED_LEAVES));
    let means: Vec<Vector> = parts
        .iter()
        .map(|part| Centre::of_vectors(part.iter().map(|&place| rows.row(place))).mean())
        .collect();
    let nearest = nearest(&Rows::gather(embeddings, &order), &means, stop)?;
    Ok(leaves_by(&order, photos, &nearest))
}

/// The leaves, given for each face of `order` its nearest cluster and the distance to it.
fn leaves_by(order: &[usize], photos: &[u32], nearest: &[(usize, f32)]) -> Vec<u32> {
    let mut inwards: Vec<usize> = (0..order.len()).collect();
    inwards.sort_by(|&one, &other| nearest[one].1.total_cmp(&nearest[other].1));
    let mut photos_of_part = HashSet::new();
    let mut is_second = vec![false; order.len()];
    for &place in &inwards {
        is_second[place] = !photos_of_part.insert((nearest[place].0, photos[order[place]]));
    }
    inwards.sort_by_key(|&place| is_second[place]);
    let shared = order.len() - (MAX_LEAVES - MAX_SHARED_LEAVES);
    let mut leaves = vec![0; order.len()];
    for (nth, &place) in inwards.iter().enumerate() {
        leaves[order[place]] = if nth < shared {
            nearest[place].0 as u32
        } else {
            (MAX_SHARED_LEAVES + nth) as u32
        };
    }
    relabelled(&leaves)
}
