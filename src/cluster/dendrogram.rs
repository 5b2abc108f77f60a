//! One group taken apart: average linkage over its faces, cut wherever the person likes.
//!
//! Made on demand for the slider of the split view, and kept while it is open.

use super::constraints::FaceToGroup;
use super::group::group_plainly;
use super::linkage::Tree;
use super::partition::members;
use super::similarity::Rows;
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// The largest cosine distance, and the height of merges that no distance allows: of two faces of one photo.
pub const LARGEST_DISTANCE: f32 = 2.0;

/// Leaves of a tree: its matrix takes 200 MB. In a larger group the nearest faces are one leaf.
const MOST_LEAVES: usize = 10_000;

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
        let faces: Vec<FaceToGroup> = photos
            .iter()
            .map(|&photo| FaceToGroup {
                photo,
                ..FaceToGroup::default()
            })
            .collect();
        let leaves = leaves_of(embeddings, &faces, stop)?;
        let first_faces: Vec<usize> = members(&leaves).iter().map(|leaf| leaf[0]).collect();
        let leaf_faces: Vec<&FaceToGroup> = first_faces.iter().map(|&face| &faces[face]).collect();
        let tree = Tree::new(&Rows::gather(embeddings, &first_faces), &leaf_faces, stop)?;
        let heights = tree
            .heights()
            .map(|height| height.clamp(0.0, LARGEST_DISTANCE))
            .collect();
        Ok(Dendrogram {
            tree,
            leaves,
            heights,
        })
    }

    /// One label per face (0, 1, 2, ... by first appearance): the pieces whose mean distance is above `distance`.
    pub fn cut(&self, distance: f32) -> Vec<u32> {
        let whole = distance >= LARGEST_DISTANCE;
        self.of_faces(
            &self
                .tree
                .cut_at(if whole { f32::INFINITY } else { distance }),
        )
    }

    /// One label per face: the group in `count` pieces, or as many as there are leaves, whichever is fewer.
    pub fn pieces(&self, count: usize) -> Vec<u32> {
        let leaves = self.tree.faces();
        self.of_faces(&self.tree.after(leaves.saturating_sub(count.max(1))))
    }

    /// Mean distances at which two pieces become one, smallest first; faces of one photo only at 2. Between two
    /// neighbouring heights the pieces stay the same.
    pub fn heights(&self) -> &[f32] {
        &self.heights
    }

    /// The faces of each leaf, by their places.
    pub(super) fn leaf_members(&self) -> Vec<Vec<usize>> {
        members(&self.leaves)
    }

    /// The two that each merge joins, nearest first: leaves by number, then the merges, numbered on.
    pub(super) fn merges(&self) -> impl Iterator<Item = (usize, usize)> {
        self.tree.merges()
    }

    fn of_faces(&self, of_leaves: &[u32]) -> Vec<u32> {
        self.leaves
            .iter()
            .map(|&leaf| of_leaves[leaf as usize])
            .collect()
    }
}

/// Each face its own leaf, or, in a group too large for that, faces that lie together at the smallest cut which leaves
/// few enough.
fn leaves_of(
    embeddings: &[Centred],
    faces: &[FaceToGroup],
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    let mut leaves: Vec<u32> = (0..faces.len() as u32).collect();
    let mut cut = 0.1;
    while leaves
        .iter()
        .max()
        .is_some_and(|&last| last as usize >= MOST_LEAVES)
        && cut < LARGEST_DISTANCE
    {
        leaves = group_plainly(embeddings, faces, cut, stop)?;
        cut += 0.1;
    }
    Ok(leaves)
}
