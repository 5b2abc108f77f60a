//! One group taken apart: average linkage over its faces, cut wherever the person likes.
//!
//! Made on demand for the slider of the split view, and kept while it is open.

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

/// The largest cosine distance, and the height of merges that no distance allows: of two faces of one photo.
pub const MAX_DISTANCE: f32 = 2.0;

/// Leaves of a tree: its matrix takes 32 MB. In a larger group faces that lie together are one leaf, ...
const MAX_LEAVES: usize = 4_000;

/// ... of these many at most, so that whoever lies far out still is a leaf of their own.
const MAX_SHARED_LEAVES: usize = 1_000;

/// Faces that show where those lie.
const SAMPLE: usize = 2_000;

/// How the faces of one group come together, as the cut rises from 0 to 2.
#[derive(Debug)]
pub struct Dendrogram {
    tree: Tree,
    /// The leaf of each face; in all but the largest groups each face is its own.
    leaves: Vec<u32>,
    heights: Vec<f32>,
}

impl Dendrogram {
    /// Over `embeddings`; `photos` has any number that faces of one photo share, for the face at the same index.
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

    /// One label per face (0, 1, 2, ... by first appearance): the pieces whose mean distance is above `distance`.
    pub fn cut(&self, distance: f32) -> Vec<u32> {
        let whole = distance >= MAX_DISTANCE;
        self.of_faces(
            &self
                .tree
                .cut_at(if whole { f32::INFINITY } else { distance }),
        )
    }

    /// One label per face: the group in `count` pieces, or as many as there are leaves, whichever is fewer.
    pub fn pieces(&self, count: usize) -> Vec<u32> {
        let leaves = self.tree.leaves();
        self.of_faces(&self.tree.after(leaves.saturating_sub(count.max(1))))
    }

    /// Mean distances at which two pieces become one, smallest first; faces of one photo only at 2. Between two
    /// neighbouring heights the pieces stay the same.
    pub fn heights(&self) -> &[f32] {
        &self.heights
    }

    /// The faces of each leaf, by their places.
    pub(crate) fn leaf_members(&self) -> Vec<Vec<usize>> {
        members(&self.leaves)
    }

    /// The two that each merge joins, nearest first: leaves by number, then the merges, relabelled on.
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

/// Average linkage over the leaves with these faces.
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

/// The leaf of each face of a large group. Average linkage of a sample shows where faces lie together; each face goes to
/// the part of the sample that it is nearest to on average, but those furthest out, and those of a photo that the part has
/// already, are leaves of their own.
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

/// Leaves by the part of each face, which comes with its distance for the face at the same place of `order`.
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
