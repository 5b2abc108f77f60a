//! A set of faces, represented by the sum of their centred embeddings: all that mean distances need.

use crate::vision::{Centred, EMBEDDING_LEN, USUAL_NORM, product};

use super::merge_rule::Evidence;
use super::search::similarity::{Vector, distance_of};

/// A set of faces. The mean distance over all pairs of faces of two sets is one minus the dot product of their mean
/// embeddings.
#[derive(Clone, Debug, PartialEq)]
pub struct Centre {
    /// f64, so that the order of additions does not matter.
    sum: [f64; EMBEDDING_LEN],
    /// Sum of the similarities of each face with itself.
    own: f64,
    /// Sum of the norms of the embeddings before they were normalised.
    norms: f64,
    faces: u32,
}

impl Default for Centre {
    /// The empty set.
    fn default() -> Centre {
        Centre {
            sum: [0.0; EMBEDDING_LEN],
            own: 0.0,
            norms: 0.0,
            faces: 0,
        }
    }
}

impl Centre {
    pub fn of<'a>(embeddings: impl IntoIterator<Item = &'a Centred>) -> Centre {
        let mut centre = Centre::default();
        embeddings.into_iter().for_each(|face| centre.add(face));
        centre
    }

    /// Of faces of the usual norm.
    pub(super) fn of_vectors<'a>(vectors: impl IntoIterator<Item = &'a Vector>) -> Centre {
        let mut centre = Centre::default();
        let usual = f64::from(USUAL_NORM);
        vectors
            .into_iter()
            .for_each(|vector| centre.take(vector, usual));
        centre
    }

    /// Adds one face.
    pub fn add(&mut self, embedding: &Centred) {
        self.take(embedding.numbers(), f64::from(embedding.norm()));
    }

    fn take(&mut self, vector: &Vector, norm: f64) {
        self.faces += 1;
        self.norms += norm;
        self.own += f64::from(product(vector, vector));
        for (sum, &number) in self.sum.iter_mut().zip(vector) {
            *sum += f64::from(number);
        }
    }

    pub fn faces(&self) -> u32 {
        self.faces
    }

    /// The size of the set, its mean within-group distance and its mean norm.
    pub fn evidence(&self) -> Evidence {
        Evidence {
            norm: self.norms / f64::from(self.faces.max(1)),
            ..Evidence::of_sum(product(&self.sum, &self.sum) - self.own, self.faces)
        }
    }

    /// The union of two disjoint sets.
    pub fn with(&self, other: &Centre) -> Centre {
        Centre {
            sum: std::array::from_fn(|at| self.sum[at] + other.sum[at]),
            own: self.own + other.own,
            norms: self.norms + other.norms,
            faces: self.faces + other.faces,
        }
    }

    /// The set without `part`, one of its subsets.
    pub fn without(&self, part: &Centre) -> Centre {
        Centre {
            sum: std::array::from_fn(|at| self.sum[at] - part.sum[at]),
            own: self.own - part.own,
            norms: self.norms - part.norms,
            faces: self.faces.saturating_sub(part.faces),
        }
    }

    /// Mean distance (0 to 2) over all pairs of a face of this set and a face of `other`; 2 if either is empty.
    pub fn distance(&self, other: &Centre) -> f32 {
        let product = product(&self.sum, &other.sum);
        let pairs = f64::from(self.faces) * f64::from(other.faces);
        distance_of((product / pairs) as f32)
    }

    pub(super) fn sum(&self) -> &[f64; EMBEDDING_LEN] {
        &self.sum
    }

    /// The mean of the embeddings (not normalised).
    pub fn mean(&self) -> Vector {
        let faces = f64::from(self.faces.max(1));
        self.sum.map(|sum| (sum / faces) as f32)
    }
}
