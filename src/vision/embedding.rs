//! The output of the recognizer for one face: 128 numbers of unit norm.

use std::iter::Sum;
use std::ops::{AddAssign, Mul};

use serde::{Deserialize, Serialize};

/// Numbers in one embedding (the last layer of SFace).
pub const EMBEDDING_LEN: usize = 128;

/// Bytes of one embedding in the library.
pub const EMBEDDING_BYTES: usize = 4 * EMBEDDING_LEN;

/// A face's direction in the space of SFace, of Euclidean norm 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Embedding(pub [f32; EMBEDDING_LEN]);

/// What the recognizer makes of a crop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Embedded {
    pub embedding: Embedding,
    /// Euclidean norm of the output before it was normalised, above 0.
    pub norm: f32,
}

impl Embedded {
    /// Scales the raw output of the recognizer to unit norm. All zeros stay zeros: similar to nothing.
    pub fn from_raw(mut raw: [f32; EMBEDDING_LEN]) -> Embedded {
        let norm = product(&raw, &raw).sqrt();
        if norm > 0.0 {
            raw.iter_mut().for_each(|v| *v /= norm);
        }
        Embedded {
            embedding: Embedding(raw),
            norm,
        }
    }
}

impl Embedding {
    /// [`Embedded::from_raw`] without the norm.
    pub fn from_raw(raw: [f32; EMBEDDING_LEN]) -> Embedding {
        Embedded::from_raw(raw).embedding
    }

    /// Cosine of the angle between two embeddings, −1 to 1. For the same person it is mostly above 0.363 (OpenCV Zoo,
    /// SFace).
    pub fn similarity(&self, other: &Embedding) -> f32 {
        product(&self.0, &other.0)
    }

    /// The form in the library: [`EMBEDDING_LEN`] little-endian f32, [`EMBEDDING_BYTES`] bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|v| v.to_le_bytes()).collect()
    }

    /// Inverse of [`Embedding::to_bytes`]. `None` for any other length, or if a number is not finite.
    pub fn from_bytes(bytes: &[u8]) -> Option<Embedding> {
        if bytes.len() != EMBEDDING_BYTES {
            return None;
        }
        let mut values = [0.0; EMBEDDING_LEN];
        for (value, four) in values.iter_mut().zip(bytes.chunks_exact(4)) {
            *value = f32::from_le_bytes(four.try_into().ok()?);
        }
        values
            .iter()
            .all(|v| v.is_finite())
            .then_some(Embedding(values))
    }
}

/// The inner product of two vectors. It adds up sixteen sums that a processor computes at once, the same ones in the
/// same order on every machine, so results don't depend on the machine.
pub(crate) fn product<T>(a: &[T; EMBEDDING_LEN], b: &[T; EMBEDDING_LEN]) -> T
where
    T: Copy + Default + AddAssign + Mul<Output = T> + Sum,
{
    const SUMS: usize = 16;
    let mut sums = [T::default(); SUMS];
    for (a, b) in a.chunks_exact(SUMS).zip(b.chunks_exact(SUMS)) {
        for ((sum, &a), &b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.into_iter().sum()
}

impl Serialize for Embedding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Embedding {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = Vec::<f32>::deserialize(deserializer)?;
        let len = values.len();
        let values = values
            .try_into()
            .map_err(|_| serde::de::Error::invalid_length(len, &"128 numbers"))?;
        Ok(Embedding(values))
    }
}
