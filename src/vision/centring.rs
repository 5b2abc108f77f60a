//! What all faces have in common in the recognizer's space, and embeddings without it.
//!
//! SFace ends in a batch norm (Ioffe & Szegedy, 2015), whose shift is the mean of its output over the faces that the network
//! learnt from. That mean is far from zero, so two strangers look alike by that much, and the more so the clearer both
//! photos are: on the news photos (`docs/grouping.md`) the mean similarity of strangers is .08, of .23 squared along this
//! one direction, and .02 without it. It tells nobody from anybody, so what compares many people leaves it out.
//! "Centring" of similarities is known to take away hubs, the few items that are near everything (Suzuki et al., "Centering
//! Similarity Measures to Reduce Hubs", EMNLP 2013); here the centre comes with the weights, and no collection is needed.

use std::sync::LazyLock;

use super::VisionError;
use super::embedding::{EMBEDDING_LEN, Embedding, product};
use super::layers::weights::{SFACE, stored_floats};

/// The last batch norm's shift.
const SHIFT: &str = "linear.norm.beta";

/// Unit direction of the shift in this binary's weights.
static MEAN_DIRECTION: LazyLock<[f32; EMBEDDING_LEN]> =
    LazyLock::new(|| match mean_direction(SFACE.bytes()) {
        Ok(direction) => direction.0,
        // Without it every grouping would be a worse one and nobody told; `check` says so before that, where an engine is loaded.
        Err(error) => panic!("{error}"),
    });

/// Fails where the weights in this binary lack the direction that all faces share.
pub(super) fn check() -> Result<(), VisionError> {
    mean_direction(SFACE.bytes()).map(drop)
}

/// The direction that all faces share, as a recognizer's weights (a safetensors file) have it.
fn mean_direction(weights: &[u8]) -> Result<Embedding, VisionError> {
    let damaged = |reason: String| VisionError::Weights {
        model: SFACE.model,
        reason,
    };
    let shift = stored_floats(weights, SHIFT)
        .map_err(|error| damaged(format!("no usable tensor {SHIFT}: {error}")))?;
    let shift: [f32; EMBEDDING_LEN] = shift.try_into().map_err(|shift: Vec<f32>| {
        damaged(format!(
            "{SHIFT} has {} numbers, not {EMBEDDING_LEN}",
            shift.len()
        ))
    })?;
    let direction = Embedding::from_raw(shift);
    if (direction.similarity(&direction) - 1.0).abs() < 1e-3 {
        Ok(direction)
    } else {
        Err(damaged(format!("{SHIFT} has no direction")))
    }
}

/// An embedding less its part along the direction that all faces share, of unit norm again; one that has no other part is
/// all zeros, similar to nothing. Faces are compared by these alone, so that every distance is on one scale; stored
/// embeddings are as the recognizer gives them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Centred(Embedding);

impl Embedding {
    /// Without what all faces have in common.
    pub fn centred(&self) -> Centred {
        let common = &*MEAN_DIRECTION;
        let along = product(&self.0, common);
        let mut rest = self.0;
        rest.iter_mut()
            .zip(common)
            .for_each(|(number, common)| *number -= along * common);
        Centred(Embedding::from_raw(rest))
    }
}

impl Centred {
    /// Of an embedding without such a part, as a test makes it by hand.
    #[doc(hidden)]
    pub fn assumed(embedding: Embedding) -> Centred {
        Centred(embedding)
    }

    pub fn numbers(&self) -> &[f32; EMBEDDING_LEN] {
        &self.0.0
    }

    /// Cosine of the angle between two faces, −1 to 1.
    pub fn similarity(&self, other: &Centred) -> f32 {
        self.0.similarity(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use safetensors::tensor::{Dtype, TensorView};

    use super::*;

    /// A file of weights with one tensor of float32 in it.
    fn weights(name: &str, shape: Vec<usize>, values: &[f32]) -> Vec<u8> {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        let tensor = TensorView::new(Dtype::F32, shape, &bytes).unwrap();
        safetensors::serialize([(name, tensor)], None).unwrap()
    }

    #[test]
    fn weights_without_the_direction_are_refused() {
        let ones = [1.0; EMBEDDING_LEN];
        let whole = weights(SHIFT, vec![EMBEDDING_LEN], &ones);
        assert!(mean_direction(&whole).is_ok());
        let missing = weights("linear.norm.gamma", vec![EMBEDDING_LEN], &ones);
        let short = weights(SHIFT, vec![3], &ones[..3]);
        let zeros = weights(SHIFT, vec![EMBEDDING_LEN], &[0.0; EMBEDDING_LEN]);
        for damaged in [&missing, &short, &zeros, &whole[..whole.len() - 1].to_vec()] {
            let error = mean_direction(damaged).unwrap_err().to_string();
            assert!(
                error.contains("SFace") && error.contains("install"),
                "{error}"
            );
        }
    }
}
