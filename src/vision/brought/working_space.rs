//! From the vectors of a brought recognizer, of any length, to the 128 working numbers that faces are compared by.
//!
//! Fitted to the faces of one library, and stored in it:
//!
//! 1. The **mean direction** of all people is removed, as [`crate::vision::Centred`] does for SFace, whose weights contain it.
//!    Here it is the mean over people (each counts once, however many photos show them).
//! 2. A vector of more than 128 numbers is projected to its first 127 **principal directions** (Pearson 1901; without weights,
//!    since these would amplify noise). By the theorem of Eckart and Young no other 127 directions keep more of the vectors.
//!    Where the library has fewer faces than that, the solver fills up with directions orthogonal to them, which works as a
//!    random projection (Johnson & Lindenstrauss 1984) for new faces.
//! 3. The result is **reflected** (Householder 1958) so that the removed direction lies on SFace's mean direction. So removing
//!    that one, which everything that compares faces does, changes nothing any more, and no code needs to know the model. A
//!    reflection keeps all cosines.
//!
//! The **scale** tells how far apart strangers are in this space, for the cut of grouping and identification.

use faer::{Mat, Side};
use serde::{Deserialize, Serialize};

use super::manifest::DIMENSIONS;
use crate::vision::centring::sface_mean_direction;
use crate::vision::{EMBEDDING_LEN, Embedding};

/// Principal directions kept: one working number is left for the removed direction.
const DIRECTIONS: usize = EMBEDDING_LEN - 1;
/// Least number of people to fit to: fewer say nothing about how far apart strangers are.
pub const MIN_PEOPLE: usize = 20;
/// People whose pairs tell how far apart strangers are. All pairs of so many are two million.
const MAX_STRANGERS: usize = 2000;
/// A standard deviation by the median deviation, for a normal distribution.
const DEVIATION_BY_MEDIAN: f64 = 1.4826;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SpaceError {
    #[error(
        "{0} people are too few to tell how far apart strangers are: scan more photos first (at least {MIN_PEOPLE} people)"
    )]
    TooFewPeople(usize),
    #[error("the vectors of all people are alike, so they can't be told apart by this network")]
    NoDirections,
    #[error(
        "what the library stores of the model is damaged: {0}; run `kinfolk migrate` for it again"
    )]
    Damaged(&'static str),
}

/// The distances of strangers in a space: mean and standard deviation of 1 − cosine of two single faces.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StrangerDistances {
    pub mean: f64,
    pub deviation: f64,
}

/// How vectors become working numbers, and what that loses.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkingSpace {
    /// Unit norm, as long as a vector.
    mean_direction: Vec<f32>,
    /// [`DIRECTIONS`] rows, each as long as a vector; `None` for vectors of at most [`EMBEDDING_LEN`] numbers.
    directions: Option<Vec<f32>>,
    /// The vector of the reflection, of unit norm; zeros where nothing is to be reflected.
    reflection: [f32; EMBEDDING_LEN],
    /// Faces that it was fitted to.
    pub faces: usize,
    /// Share of the squared length of the fitted vectors that the directions keep, 0 to 1.
    pub kept: f64,
    pub strangers: StrangerDistances,
}

/// The form in the library.
#[derive(Serialize, Deserialize)]
struct Stored {
    mean_direction: Vec<f32>,
    directions: Option<Vec<f32>>,
    faces: usize,
    kept: f64,
    strangers: StrangerDistances,
}

impl WorkingSpace {
    /// Fits a space to people, each with some vectors of unit norm (at least one). All vectors have the same length, 16 to
    /// 2048.
    pub fn fit(people: &[Vec<Vec<f32>>]) -> Result<WorkingSpace, SpaceError> {
        if people.len() < MIN_PEOPLE {
            return Err(SpaceError::TooFewPeople(people.len()));
        }
        let mean_direction = mean_direction(people);
        let centred: Vec<Vec<f32>> = people
            .iter()
            .flatten()
            .map(|vector| without(vector, &mean_direction))
            .collect();
        let (directions, kept) = if mean_direction.len() > EMBEDDING_LEN {
            let (directions, kept) = principal_directions(&centred)?;
            (Some(directions), kept)
        } else {
            (None, 1.0)
        };
        let mut space = WorkingSpace {
            reflection: reflection(&mean_direction, directions.is_some()),
            mean_direction,
            directions,
            faces: centred.len(),
            kept,
            strangers: StrangerDistances {
                mean: 1.0,
                deviation: 0.1,
            },
        };
        space.strangers = space.stranger_distances(people)?;
        Ok(space)
    }

    /// Numbers in a vector.
    pub fn dimension(&self) -> usize {
        self.mean_direction.len()
    }

    /// The working numbers of a vector.
    ///
    /// # Panics
    /// If the vector has another length than [`Self::dimension`].
    pub fn working(&self, vector: &[f32]) -> Embedding {
        assert_eq!(vector.len(), self.dimension(), "a vector of this model");
        let centred = without(vector, &self.mean_direction);
        let mut numbers = [0.0; EMBEDDING_LEN];
        match &self.directions {
            Some(directions) => {
                let rows = directions.chunks_exact(self.dimension());
                for (number, row) in numbers.iter_mut().zip(rows) {
                    *number = product(row, &centred) as f32;
                }
            }
            None => numbers[..centred.len()].copy_from_slice(&centred),
        }
        let along = 2.0 * product(&self.reflection, &numbers) as f32;
        for (number, mirror) in numbers.iter_mut().zip(&self.reflection) {
            *number -= along * mirror;
        }
        Embedding::from_raw(numbers)
    }

    pub fn to_json(&self) -> String {
        let stored = Stored {
            mean_direction: self.mean_direction.clone(),
            directions: self.directions.clone(),
            faces: self.faces,
            kept: self.kept,
            strangers: self.strangers,
        };
        // Finite numbers and lists: this can't fail.
        serde_json::to_string(&stored).unwrap_or_default()
    }

    pub fn from_json(text: &str) -> Result<WorkingSpace, SpaceError> {
        let stored: Stored =
            serde_json::from_str(text).map_err(|_| SpaceError::Damaged("it can't be read"))?;
        let dimension = stored.mean_direction.len();
        if !DIMENSIONS.contains(&dimension) {
            return Err(SpaceError::Damaged("its dimension is wrong"));
        }
        let expected = (dimension > EMBEDDING_LEN).then_some(DIRECTIONS * dimension);
        if stored.directions.as_ref().map(Vec::len) != expected {
            return Err(SpaceError::Damaged("it has another number of directions"));
        }
        let mut numbers = stored
            .mean_direction
            .iter()
            .chain(stored.directions.iter().flatten());
        let strangers = stored.strangers;
        let is_scale =
            (0.0..=2.0).contains(&strangers.mean) && (1e-4..=2.0).contains(&strangers.deviation);
        if !numbers.all(|number| number.is_finite()) || !is_scale {
            return Err(SpaceError::Damaged("its numbers are out of range"));
        }
        Ok(WorkingSpace {
            reflection: reflection(&stored.mean_direction, stored.directions.is_some()),
            mean_direction: stored.mean_direction,
            directions: stored.directions,
            faces: stored.faces,
            kept: stored.kept,
            strangers,
        })
    }

    /// From one face of each person: the median, and the deviation from it on the far side. Two groups of one person count as
    /// strangers here, and they lie on the near side.
    fn stranger_distances(
        &self,
        people: &[Vec<Vec<f32>>],
    ) -> Result<StrangerDistances, SpaceError> {
        let step = people.len().div_ceil(MAX_STRANGERS);
        let faces: Vec<Embedding> = people
            .iter()
            .step_by(step)
            .filter_map(|vectors| vectors.first().map(|vector| self.working(vector)))
            .collect();
        let mut distances = Vec::with_capacity(faces.len() * faces.len() / 2);
        for (index, one) in faces.iter().enumerate() {
            distances.extend(
                faces[..index]
                    .iter()
                    .map(|other| f64::from(1.0 - one.similarity(other))),
            );
        }
        distances.sort_unstable_by(f64::total_cmp);
        let mean = median(&distances);
        let far: Vec<f64> = distances
            .iter()
            .filter(|&&far| far >= mean)
            .map(|far| far - mean)
            .collect();
        let deviation = DEVIATION_BY_MEDIAN * median(&far);
        if deviation > 1e-4 {
            Ok(StrangerDistances { mean, deviation })
        } else {
            Err(SpaceError::NoDirections)
        }
    }
}

/// Of sorted numbers; 0 if there are none.
fn median(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// The direction of the mean over people of the direction of each one's mean; an axis where there is none.
fn mean_direction(people: &[Vec<Vec<f32>>]) -> Vec<f32> {
    let dimension = people[0][0].len();
    let mut sum = vec![0.0_f64; dimension];
    for vectors in people {
        let mut of_person = vec![0.0_f64; dimension];
        for vector in vectors {
            of_person
                .iter_mut()
                .zip(vector)
                .for_each(|(sum, &number)| *sum += f64::from(number));
        }
        let norm = norm(&of_person).max(f64::MIN_POSITIVE);
        sum.iter_mut()
            .zip(of_person)
            .for_each(|(sum, number)| *sum += number / norm);
    }
    let norm = norm(&sum);
    if norm < 1e-6 {
        sum.fill(0.0);
        sum[0] = 1.0;
        return sum.into_iter().map(|number| number as f32).collect();
    }
    sum.into_iter()
        .map(|number| (number / norm) as f32)
        .collect()
}

fn norm(vector: &[f64]) -> f64 {
    vector
        .iter()
        .map(|number| number * number)
        .sum::<f64>()
        .sqrt()
}

/// A vector without its component along a direction of unit norm.
fn without(vector: &[f32], direction: &[f32]) -> Vec<f32> {
    let along = product(vector, direction) as f32;
    vector
        .iter()
        .zip(direction)
        .map(|(number, direction)| number - along * direction)
        .collect()
}

fn product(one: &[f32], other: &[f32]) -> f64 {
    one.iter()
        .zip(other)
        .map(|(&a, &b)| f64::from(a) * f64::from(b))
        .sum()
}

/// The first [`DIRECTIONS`] principal directions, one after the other, and the share of the squared length that they keep.
fn principal_directions(centred: &[Vec<f32>]) -> Result<(Vec<f32>, f64), SpaceError> {
    let dimension = centred[0].len();
    let vectors = Mat::from_fn(centred.len(), dimension, |row, column| {
        f64::from(centred[row][column])
    });
    let moments = vectors.transpose() * &vectors;
    let eigen = moments
        .self_adjoint_eigen(Side::Lower)
        .map_err(|_| SpaceError::NoDirections)?;
    // In ascending order.
    let (values, rows) = (eigen.S().column_vector(), eigen.U());
    let all: f64 = (0..dimension).map(|index| values[index].max(0.0)).sum();
    if !(all.is_finite() && all > 1e-9) {
        return Err(SpaceError::NoDirections);
    }
    let mut directions = Vec::with_capacity(DIRECTIONS * dimension);
    let mut kept = 0.0;
    for index in (0..dimension).rev().take(DIRECTIONS) {
        kept += values[index].max(0.0);
        directions.extend((0..dimension).map(|row| rows[(row, index)] as f32));
    }
    Ok((directions, kept / all))
}

/// What takes the removed direction to SFace's mean direction: of a projected vector the last working number is free, of
/// others it is their own mean direction.
fn reflection(mean_direction: &[f32], is_projected: bool) -> [f32; EMBEDDING_LEN] {
    let mut removed = [0.0; EMBEDDING_LEN];
    if is_projected {
        removed[DIRECTIONS] = 1.0;
    } else {
        removed[..mean_direction.len()].copy_from_slice(mean_direction);
    }
    for (number, target) in removed.iter_mut().zip(sface_mean_direction()) {
        *number -= target;
    }
    // Zeros stay zeros where both directions are the same already.
    Embedding::from_raw(removed).0
}
