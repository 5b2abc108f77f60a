//! The nearest known face of each unknown one.

use super::similarity::{Rows, nearest_rows};
use crate::vision::Embedding;

/// An exemplar and how similar it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// Index into the gallery.
    pub exemplar: usize,
    /// Cosine similarity, -1 to 1.
    pub similarity: f32,
}

/// For each probe the most similar face of the gallery, the first of equals; `None` where the gallery is empty. Exact,
/// by blocked matrix products over all cores.
pub fn nearest(probes: &[Embedding], gallery: &[Embedding]) -> Vec<Option<Nearest>> {
    if gallery.is_empty() {
        return vec![None; probes.len()];
    }
    let found = nearest_rows(&Rows::of(probes), &Rows::of(gallery));
    found
        .into_iter()
        .map(|(exemplar, similarity)| {
            Some(Nearest {
                exemplar,
                similarity,
            })
        })
        .collect()
}
