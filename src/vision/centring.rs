//! Directions that faces of different people share, and centred embeddings, which are compared without them.
//!
//! - **Mean direction.** SFace ends in a batch norm (Ioffe & Szegedy, 2015) whose shift is the mean of its output over the
//!   faces of the training set. That mean is far from zero, so even two strangers have a positive similarity. It is
//!   removed, and the rest is normalised. Centring is known to reduce hubs, the few items that are near everything
//!   (Suzuki et al., "Centering Similarity Measures to Reduce Hubs", EMNLP 2013). Here the centre is part of the weights.
//! - **Direction of poor faces.** Small, blurred, dark and hidden faces are alike, whoever they are: their mean is .2 to
//!   .35 long, and nearly the same in every collection. It is removed, and the rest is *not* normalised again: the less
//!   of a face is left, the less similar it is to any other.
//! - **Direction of everyday faces.** The recognizer learnt from celebrities, so other people, and children most of all,
//!   lie together on one side of its space. But where a face lies along that direction also tells people apart, so half
//!   of it is kept ([`EVERYDAY_SHARE`]).
//!
//! The last two are means over many faces (`models/fit_directions.py`); `docs/grouping.md` tells what each gains.

use std::sync::LazyLock;

use super::VisionError;
use super::embedding::{EMBEDDING_LEN, Embedding, product};
use super::layers::weights::{DIRECTIONS, SFACE, WeightFile, Weights, stored_floats};

/// A direction, of unit norm.
type Direction = [f32; EMBEDDING_LEN];

/// The share of the component along the direction of everyday faces that is removed. On press portraits of .3 of their
/// size, a share of 1 costs 4 % more edits than one of .5; on crowds, a share of 0 leaves a half more faces of strangers
/// in one group.
const EVERYDAY_SHARE: f32 = 0.5;

/// The directions in this binary, at right angles to each other.
static SHARED: LazyLock<SharedDirections> =
    LazyLock::new(
        || match SharedDirections::read(SFACE.bytes(), DIRECTIONS.bytes()) {
            Ok(directions) => directions,
            // Without the directions, grouping would be worse, and nobody would notice. Loading an engine reports the error
            // before this point (`check`).
            Err(error) => panic!("{error}"),
        },
    );

struct SharedDirections {
    mean: Direction,
    poor: Direction,
    everyday: Direction,
}

/// The directions that centring shortens, each of unit norm and at right angles to the others.
#[doc(hidden)]
pub fn shared_directions() -> [&'static [f32; EMBEDDING_LEN]; 3] {
    [&SHARED.mean, &SHARED.poor, &SHARED.everyday]
}

/// Fails if the weights of this binary lack a direction, or others than the fitted ones are in them.
pub(super) fn check() -> Result<(), VisionError> {
    Weights::load(&DIRECTIONS)?;
    SharedDirections::read(SFACE.bytes(), DIRECTIONS.bytes()).map(drop)
}

impl SharedDirections {
    /// From the files of weights `SFACE` and `DIRECTIONS`.
    fn read(sface: &[u8], fitted: &[u8]) -> Result<SharedDirections, VisionError> {
        Ok(SharedDirections {
            // The shift of the last batch norm.
            mean: direction(&SFACE, sface, "linear.norm.beta")?,
            poor: direction(&DIRECTIONS, fitted, "poor")?,
            everyday: direction(&DIRECTIONS, fitted, "everyday")?,
        })
    }
}

/// The direction of a tensor of a file of weights (safetensors) with this content.
fn direction(file: &WeightFile, bytes: &[u8], tensor: &str) -> Result<Direction, VisionError> {
    let damaged = |reason: String| VisionError::Weights {
        model: file.model,
        reason,
    };
    let numbers = stored_floats(bytes, tensor)
        .map_err(|error| damaged(format!("no usable tensor {tensor}: {error}")))?;
    let numbers: Direction = numbers.try_into().map_err(|numbers: Vec<f32>| {
        damaged(format!(
            "{tensor} has {} numbers, not {EMBEDDING_LEN}",
            numbers.len()
        ))
    })?;
    let direction = Embedding::from_raw(numbers);
    if (direction.similarity(&direction) - 1.0).abs() < 1e-3 {
        Ok(direction.0)
    } else {
        Err(damaged(format!("{tensor} has no direction")))
    }
}

/// An embedding without what faces of different people share: of norm 1 without the mean direction, then without the
/// direction of poor faces and half of that of everyday faces, which leaves a norm of at most 1, .9 to 1 for most faces.
/// An embedding without any other component becomes all zeros, which is similar to nothing. Faces are compared only in
/// this form, so that all distances are on one scale; the library stores the embeddings of the recognizer unchanged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Centred {
    numbers: [f32; EMBEDDING_LEN],
    norm: f32,
}

/// The norm of an embedding before it was normalised ([`super::Embedded::norm`]) where nothing is known of it; half of the
/// faces of crowds have a larger one, and four fifths of those of press portraits.
pub const USUAL_NORM: f32 = 10.5;

impl Embedding {
    /// The embedding without the shared directions; of the usual norm.
    pub fn centred(&self) -> Centred {
        let mut rest = self.0;
        shorten(&mut rest, &SHARED.mean, 1.0);
        let mut rest = Embedding::from_raw(rest).0;
        shorten(&mut rest, &SHARED.poor, 1.0);
        shorten(&mut rest, &SHARED.everyday, EVERYDAY_SHARE);
        Centred {
            numbers: rest,
            norm: USUAL_NORM,
        }
    }
}

/// Removes this share of the component along a direction.
fn shorten(numbers: &mut [f32; EMBEDDING_LEN], direction: &Direction, share: f32) {
    let along = share * product(numbers, direction);
    numbers
        .iter_mut()
        .zip(direction)
        .for_each(|(number, direction)| *number -= along * direction);
}

impl Centred {
    /// Takes an embedding as centred already; for tests that make embeddings by hand.
    #[doc(hidden)]
    pub fn assumed(embedding: Embedding) -> Centred {
        Centred {
            numbers: embedding.0,
            norm: USUAL_NORM,
        }
    }

    pub fn numbers(&self) -> &[f32; EMBEDDING_LEN] {
        &self.numbers
    }

    /// With the norm of the embedding before it was normalised, if it is known.
    pub fn with_norm(self, norm: Option<f32>) -> Centred {
        Centred {
            norm: norm.unwrap_or(USUAL_NORM),
            ..self
        }
    }

    /// The norm of the embedding before it was normalised: it grows with what the recognizer sees of the face.
    pub fn norm(&self) -> f32 {
        self.norm
    }

    /// How similar two faces are as far as both can be recognized, −1 to 1: the inner product. That of a face with
    /// itself is the square of its norm. Grouping and identification compare by it.
    pub fn similarity(&self, other: &Centred) -> f32 {
        product(&self.numbers, &other.numbers)
    }

    /// Cosine of the angle between the two, −1 to 1, and 1 for equal embeddings, however poor: whether two pictures show
    /// the same face in the same way, as copies of a photo do. 0 if one is all zeros.
    pub fn cosine(&self, other: &Centred) -> f32 {
        Embedding::from_raw(self.numbers).similarity(&Embedding::from_raw(other.numbers))
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
    fn weights_without_a_direction_are_refused() {
        let ones = [1.0; EMBEDDING_LEN];
        let whole = weights("poor", vec![EMBEDDING_LEN], &ones);
        let read = |bytes: &[u8]| direction(&DIRECTIONS, bytes, "poor");
        assert!(read(&whole).is_ok());
        let missing = weights("everyday", vec![EMBEDDING_LEN], &ones);
        let short = weights("poor", vec![3], &ones[..3]);
        let zeros = weights("poor", vec![EMBEDDING_LEN], &[0.0; EMBEDDING_LEN]);
        for damaged in [&missing, &short, &zeros, &whole[..whole.len() - 1].to_vec()] {
            let error = read(damaged).unwrap_err().to_string();
            assert!(
                error.contains(DIRECTIONS.model) && error.contains("install"),
                "{error}"
            );
        }
    }
}
