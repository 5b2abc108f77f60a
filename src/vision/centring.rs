//! The mean direction of all faces in the space of the recognizer, and centred embeddings, from which it is removed.
//!
//! SFace ends in a batch norm (Ioffe & Szegedy, 2015) whose shift is the mean of its output over the faces of the
//! training set. That mean is far from zero, so even two strangers have a positive similarity, which is larger for
//! clear photos. On the news photos (`docs/grouping.md`) the mean similarity of strangers is .08, of which .23² = .05
//! comes from this one direction; for centred embeddings it is .02. The direction doesn't distinguish people, so it is
//! removed before faces are compared.
//!
//! Centring is known to reduce hubs, the few items that are near everything (Suzuki et al., "Centering Similarity
//! Measures to Reduce Hubs", EMNLP 2013). Here the centre is part of the weights, so no collection of faces is needed
//! to estimate it.

use std::sync::LazyLock;

use super::VisionError;
use super::embedding::{EMBEDDING_LEN, Embedding, product};
use super::layers::weights::{SFACE, stored_floats};

/// The shift of the last batch norm.
const SHIFT: &str = "linear.norm.beta";

/// The mean direction in the weights of this binary, of unit norm.
static MEAN_DIRECTION: LazyLock<[f32; EMBEDDING_LEN]> =
    LazyLock::new(|| match mean_direction(SFACE.bytes()) {
        Ok(direction) => direction.0,
        // Without the direction, grouping would be worse, and nobody would notice. Loading an engine reports the error
        // before this point (`check`).
        Err(error) => panic!("{error}"),
    });

/// The direction that [`Embedding::centred`] removes, of unit norm.
#[cfg(feature = "byo")]
pub(super) fn sface_mean_direction() -> &'static [f32; EMBEDDING_LEN] {
    &MEAN_DIRECTION
}

/// Fails if the weights of this binary lack the mean direction.
pub(super) fn check() -> Result<(), VisionError> {
    mean_direction(SFACE.bytes()).map(drop)
}

/// The mean direction in the weights of a recognizer (a safetensors file).
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

/// A centred embedding: its component along the mean direction is removed, and the rest is normalised. An embedding
/// without any other component becomes all zeros, which is similar to nothing. Faces are compared only in this form, so
/// that all distances are on one scale; the library stores the embeddings of the recognizer unchanged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Centred(Embedding);

impl Embedding {
    /// The embedding without its component along the mean direction.
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
    /// Takes an embedding as centred already; for tests that make embeddings by hand.
    #[doc(hidden)]
    pub fn assumed(embedding: Embedding) -> Centred {
        Centred(embedding)
    }

    pub fn numbers(&self) -> &[f32; EMBEDDING_LEN] {
        &self.0.0
    }

    /// Cosine of the angle between two centred embeddings, −1 to 1.
    pub fn similarity(&self, other: &Centred) -> f32 {
        self.0.similarity(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use safetensors::tensor::{Dtype, TensorView};

    use super::*;

    /// A file of weights with one float32 tensor.
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
