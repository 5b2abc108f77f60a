//! What all faces have in common in the recognizer's space, and embeddings without it.
//!
//! SFace ends in a batch norm (Ioffe & Szegedy, 2015), whose shift is the mean of its output over the faces that the network
//! learnt from. That mean is far from zero, so two strangers look alike by that much, and the more so the clearer both
//! photos are: on the news photos (`docs/grouping.md`) the mean similarity of strangers is .08, of .23 squared along this
//! one direction, and .02 without it. It tells nobody from anybody, so what compares many people leaves it out.
//! "Centring" of similarities is known to take away hubs, the few items that are near everything (Suzuki et al., "Centering
//! Similarity Measures to Reduce Hubs", EMNLP 2013); here the centre comes with the weights, and no collection is needed.

use std::sync::LazyLock;

use super::embedding::{EMBEDDING_LEN, Embedding, product};
use super::weights::SFACE;

/// Unit direction of the last batch norm's shift.
static COMMON_DIRECTION: LazyLock<[f32; EMBEDDING_LEN]> = LazyLock::new(|| {
    let shift = SFACE.floats("linear.norm.beta").unwrap_or_default();
    let shift = shift.try_into().unwrap_or([0.0; EMBEDDING_LEN]);
    Embedding::from_raw(shift).0
});

impl Embedding {
    /// The embedding less its part along the direction that all faces share, of unit norm again. One that has no other
    /// part becomes all zeros, similar to nothing.
    ///
    /// Twice is once, up to rounding. Stored embeddings are as the recognizer gives them.
    pub fn without_common(&self) -> Embedding {
        let common = &*COMMON_DIRECTION;
        let along = product(&self.0, common);
        let mut rest = self.0;
        rest.iter_mut()
            .zip(common)
            .for_each(|(number, common)| *number -= along * common);
        Embedding::from_raw(rest)
    }
}
