//! The condensed distance matrix of average linkage, n (n - 1) / 2 numbers, with the constraints in it.
//!
//! Constraints are encoded as distances. A must-link is -1, below any real distance, so these pairs merge first. A
//! cannot-link is 1e30: no average with real distances brings it back below a cut (the average divides it by the number
//! of pairs, at most 1e12, and f32 holds 1e38).

use super::constraints::Link;
use crate::cluster::search::similarity::{Rows, condensed_distances};
use crate::stop::{StopFlag, Stopped};

/// Below the distance of any two embeddings.
const MUST_LINK_DISTANCE: f32 = -1.0;
/// Above every cut, even when averaged over many pairs.
const CANNOT_LINK_DISTANCE: f32 = 1e30;

/// Distances of all pairs of leaves, or of the clusters made of them.
pub(super) struct Distances {
    pub(super) leaves: usize,
    /// In kodama's order: (0, 1), (0, 2), ..., (1, 2), ...
    pub(super) condensed: Vec<f32>,
}

impl Distances {
    /// The distances of leaves with these embeddings or mean embeddings.
    pub(super) fn of(rows: &Rows, stop: &StopFlag) -> Result<Distances, Stopped> {
        Ok(Distances {
            leaves: rows.len(),
            condensed: condensed_distances(rows, stop)?,
        })
    }

    pub(super) fn link(&mut self, a: usize, b: usize, link: Link) {
        let at = self.position(a.min(b), a.max(b));
        self.condensed[at] = match link {
            Link::Must => MUST_LINK_DISTANCE,
            Link::Cannot => CANNOT_LINK_DISTANCE,
        };
    }

    /// The index of the pair (a < b).
    pub(super) fn position(&self, a: usize, b: usize) -> usize {
        a * (2 * self.leaves - a - 1) / 2 + b - a - 1
    }

    pub(super) fn between(&self, a: usize, b: usize) -> f32 {
        self.condensed[self.position(a.min(b), a.max(b))]
    }
}
