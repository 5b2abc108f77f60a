//! From the vectors of a brought recognizer, of any length, to the 128 working numbers that faces are compared by.
//!
//! Fitted to the faces of one library and stored in it, so that everything that compares faces (grouping, identification,
//! review) works as it does for SFace and needs to know nothing of the model:
//!
//! 1. The **mean direction** of all people is removed, as [`crate::vision::Centred`] does for SFace, whose weights contain it.
//!    Here it is the mean over people; each counts once, however many photos show them.
//! 2. The rest is projected to its first 124 **principal directions** (Pearson 1901). By the theorem of Eckart and Young no
//!    other 124 directions keep more of the vectors.
//! 3. The directions are partly **whitened**: the variance v along each becomes v^(1 − a). The similarity of two strangers has
//!    the variance Σ p², where p are the shares of the variance along the directions. The power a, from 0 to 1, is the one at
//!    which strangers vary as SFace's do, so that the cut of grouping, which allows strangers a false-merge rate, and the curve
//!    of identification hold as they are. Whitening after a projection is known to help, too (Jégou & Chum, "Negative
//!    Evidences and Co-occurences in Image Retrieval: The Benefit of PCA and Whitening", ECCV 2012). The variances of few faces
//!    are shrunk towards their mean (Ledoit & Wolf, "A Well-Conditioned Estimator for Large-Dimensional Covariance Matrices",
//!    2004).
//! 4. A **common part** puts strangers as far apart, on average, as SFace's.
//! 5. **Reflections** (Householder 1958), which keep all cosines, take the last, empty coordinates to the directions that
//!    faces share in SFace's space. So removing those, which everything that compares faces does, changes nothing.

use faer::{Mat, Side};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::manifest::DIMENSIONS;
use crate::text::hex;
use crate::vision::centring::shared_directions;
use crate::vision::{EMBEDDING_LEN, Embedding};

/// The directions that centring shortens; as many coordinates, the last ones, are empty.
const REMOVED: usize = 3;
/// Principal directions kept. Of the 128 working numbers, one is the common part.
const MAX_DIRECTIONS: usize = EMBEDDING_LEN - REMOVED - 1;
/// The coordinate of the common part.
const COMMON: usize = MAX_DIRECTIONS;
/// Mean and standard deviation of the distance of two strangers by SFace (`cluster::Rule` has the source of the mean). The
/// deviation is that of embeddings of norm 1, as working numbers are.
const SFACE_MEAN: f64 = 0.987;
const SFACE_DEVIATION: f64 = 0.0922;
/// The common part: strangers whose similarity is 0 on average get one of 1 − .987.
const COMMON_SHARE: f64 = 1.0 - SFACE_MEAN;
/// Strangers may vary this much more than SFace's. At 1.1 times, a cut at four deviations is one at 3.6.
const MAX_DEVIATION: f64 = 1.1 * SFACE_DEVIATION;
/// Least number of people to fit to.
pub const MIN_PEOPLE: usize = 20;
/// A direction with a smaller share of the variance than this one is not stretched further.
const MIN_SHARE: f64 = 1e-6;
/// Halvings of the interval of the power.
const HALVINGS: usize = 40;
/// Hexadecimal digits that name a space.
const NAME_DIGITS: usize = 8;

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum SpaceError {
    #[error(
        "{0} people are too few to say how far apart strangers are: scan more photos first, of at least {MIN_PEOPLE} people"
    )]
    TooFewPeople(usize),
    #[error("the vectors of all people are alike, so this network can't tell them apart")]
    NoDirections,
    #[error(
        "strangers vary too much for it (standard deviation of their cosine {deviation:.3}, at most {MAX_DEVIATION:.3} can \
         be worked with): use a network with longer vectors"
    )]
    TooWide { deviation: f64 },
    #[error(
        "what the library stores of the model is damaged: {0}; run `kinfolk migrate` for it again"
    )]
    Damaged(&'static str),
}

/// What a space was fitted to, and what it does; to be told to the user.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpaceFigures {
    pub people: usize,
    pub faces: usize,
    /// Share of the variance that the directions keep, 0 to 1.
    pub kept: f64,
    /// The power of whitening, 0 (none) to 1.
    pub whitening: f64,
    /// Standard deviation of the similarity of two strangers, in the vectors of the network without their mean direction, and
    /// in working numbers.
    pub deviation_before: f64,
    pub deviation: f64,
}

/// How vectors become working numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkingSpace {
    stored: Stored,
    /// In the order in which they apply; each of unit norm, or zeros where nothing is to be reflected.
    reflections: [[f32; EMBEDDING_LEN]; REMOVED],
}

/// The form in the library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Stored {
    /// Unit norm, as long as a vector.
    mean_direction: Vec<f32>,
    /// One after the other, each as long as a vector; stretched by whitening.
    directions: Vec<f32>,
    figures: SpaceFigures,
}

impl WorkingSpace {
    /// Fits a space to people, each with at least one vector of unit norm. All vectors have the same length, 16 to 2048.
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
        let principal = Principal::of(&centred)?;
        let whitening = principal.whitening();
        let deviation = (1.0 - COMMON_SHARE) * principal.deviation(whitening);
        if deviation > MAX_DEVIATION {
            return Err(SpaceError::TooWide { deviation });
        }
        let figures = SpaceFigures {
            people: people.len(),
            faces: centred.len(),
            kept: principal.kept,
            whitening,
            deviation_before: principal.deviation_before,
            deviation,
        };
        Ok(WorkingSpace::of(Stored {
            mean_direction,
            directions: principal.stretched(whitening),
            figures,
        }))
    }

    fn of(stored: Stored) -> WorkingSpace {
        WorkingSpace {
            stored,
            reflections: reflections(),
        }
    }

    /// Numbers in a vector.
    pub fn dimension(&self) -> usize {
        self.stored.mean_direction.len()
    }

    pub fn figures(&self) -> SpaceFigures {
        self.stored.figures
    }

    /// The working numbers of a vector, of unit norm.
    ///
    /// # Panics
    /// If the vector has another length than [`Self::dimension`].
    pub fn working(&self, vector: &[f32]) -> Embedding {
        assert_eq!(vector.len(), self.dimension(), "a vector of this model");
        let centred = without(vector, &self.stored.mean_direction);
        let mut numbers = [0.0; EMBEDDING_LEN];
        let directions = self.stored.directions.chunks_exact(self.dimension());
        for (number, direction) in numbers.iter_mut().zip(directions) {
            *number = product(direction, &centred) as f32;
        }
        let mut numbers = Embedding::from_raw(numbers).0;
        let own_share = (1.0 - COMMON_SHARE).sqrt() as f32;
        numbers.iter_mut().for_each(|number| *number *= own_share);
        numbers[COMMON] = COMMON_SHARE.sqrt() as f32;
        for mirror in &self.reflections {
            reflect(&mut numbers, mirror);
        }
        Embedding::from_raw(numbers)
    }

    /// A short name: that of no other space.
    pub fn name(&self) -> String {
        let numbers = self
            .stored
            .mean_direction
            .iter()
            .chain(&self.stored.directions);
        let bytes: Vec<u8> = numbers.flat_map(|number| number.to_le_bytes()).collect();
        let mut sum = hex(&Sha256::digest(bytes));
        sum.truncate(NAME_DIGITS);
        sum
    }

    pub fn to_json(&self) -> String {
        // Finite numbers and lists: this can't fail.
        serde_json::to_string(&self.stored).unwrap_or_default()
    }

    pub fn from_json(text: &str) -> Result<WorkingSpace, SpaceError> {
        let stored: Stored =
            serde_json::from_str(text).map_err(|_| SpaceError::Damaged("it can't be read"))?;
        let dimension = stored.mean_direction.len();
        if !DIMENSIONS.contains(&dimension) {
            return Err(SpaceError::Damaged("its dimension is wrong"));
        }
        if stored.directions.len() != dimension * directions_of(dimension) {
            return Err(SpaceError::Damaged("it has another number of directions"));
        }
        let mut numbers = stored.mean_direction.iter().chain(&stored.directions);
        if !numbers.all(|number| number.is_finite()) {
            return Err(SpaceError::Damaged("its numbers are out of range"));
        }
        Ok(WorkingSpace::of(stored))
    }
}

/// Directions kept of vectors of this length: one is their mean direction.
fn directions_of(dimension: usize) -> usize {
    MAX_DIRECTIONS.min(dimension - 1)
}

/// The principal directions of vectors without their mean direction.
struct Principal {
    dimension: usize,
    /// One after the other.
    directions: Vec<f32>,
    /// The variance along each, shrunk; its mean is 1.
    variances: Vec<f64>,
    kept: f64,
    deviation_before: f64,
}

impl Principal {
    fn of(centred: &[Vec<f32>]) -> Result<Principal, SpaceError> {
        let (count, dimension) = (centred.len(), centred[0].len());
        let vectors = Mat::from_fn(count, dimension, |row, column| {
            f64::from(centred[row][column])
        });
        let moments = vectors.transpose() * &vectors;
        let eigen = moments
            .self_adjoint_eigen(Side::Lower)
            .map_err(|_| SpaceError::NoDirections)?;
        // In ascending order; the first is 0, that of the mean direction.
        let (values, columns) = (eigen.S().column_vector(), eigen.U());
        let values: Vec<f64> = (1..dimension)
            .rev()
            .map(|index| values[index].max(0.0) / count as f64)
            .collect();
        let all: f64 = values.iter().sum();
        if !(all.is_finite() && all > 1e-6) {
            return Err(SpaceError::NoDirections);
        }
        let directions = directions_of(dimension);
        let lengths: f64 = centred
            .iter()
            .map(|vector| product(vector, vector).powi(2))
            .sum();
        let shrunk = shrunk(&values, lengths / count as f64, count);
        Ok(Principal {
            dimension,
            directions: (0..directions)
                .flat_map(|index| (0..dimension).map(move |row| (row, dimension - 1 - index)))
                .map(|at| columns[at] as f32)
                .collect(),
            kept: values[..directions].iter().sum::<f64>() / all,
            deviation_before: deviation_of(&shrunk, 0.0),
            variances: shrunk[..directions].to_vec(),
        })
    }

    /// Standard deviation of the similarity of two strangers after whitening with this power.
    fn deviation(&self, power: f64) -> f64 {
        deviation_of(&self.variances, power)
    }

    /// The power at which strangers vary as SFace's do; 0 if they vary less, 1 if they always vary more.
    fn whitening(&self) -> f64 {
        let target = SFACE_DEVIATION / (1.0 - COMMON_SHARE);
        if self.deviation(0.0) <= target {
            return 0.0;
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = (low + high) / 2.0;
            if self.deviation(middle) > target {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }

    /// The directions, each as long as whitening stretches it.
    fn stretched(mut self, power: f64) -> Vec<f32> {
        for (direction, variance) in self
            .directions
            .chunks_exact_mut(self.dimension)
            .zip(&self.variances)
        {
            let factor = variance.powf(-power / 2.0) as f32;
            direction.iter_mut().for_each(|number| *number *= factor);
        }
        self.directions
    }
}

/// √Σp², where p are the shares of the variances after whitening: the standard deviation of the cosine of two vectors drawn at
/// random.
fn deviation_of(variances: &[f64], power: f64) -> f64 {
    let whitened: Vec<f64> = variances
        .iter()
        .map(|variance| variance.powf(1.0 - power))
        .collect();
    let sum: f64 = whitened.iter().sum();
    whitened
        .iter()
        .map(|variance| (variance / sum).powi(2))
        .sum::<f64>()
        .sqrt()
}

/// Variances shrunk towards their mean by the share of Ledoit and Wolf, divided by the mean. `lengths` is the mean of the fourth
/// power of the vectors' lengths.
fn shrunk(variances: &[f64], lengths: f64, count: usize) -> Vec<f64> {
    let mean = variances.iter().sum::<f64>() / variances.len() as f64;
    let squares: f64 = variances.iter().map(|variance| variance * variance).sum();
    let spread: f64 = variances
        .iter()
        .map(|variance| (variance - mean).powi(2))
        .sum();
    let error = (lengths - squares).max(0.0) / count as f64;
    let share = if spread > 0.0 {
        (error / spread).min(1.0)
    } else {
        1.0
    };
    let shrunk = variances
        .iter()
        .map(|variance| ((1.0 - share) * variance + share * mean) / mean);
    shrunk.map(|variance| variance.max(MIN_SHARE)).collect()
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

/// The inner product of two vectors.
pub(super) fn product(one: &[f32], other: &[f32]) -> f64 {
    one.iter()
        .zip(other)
        .map(|(&a, &b)| f64::from(a) * f64::from(b))
        .sum()
}

/// What takes the empty coordinates to the shared directions: the last reflection takes the first of them to its direction,
/// and the ones before take the others to where the later reflections take them to theirs.
fn reflections() -> [[f32; EMBEDDING_LEN]; REMOVED] {
    let mut reflections = [[0.0; EMBEDDING_LEN]; REMOVED];
    for (nth, direction) in shared_directions().into_iter().enumerate() {
        let mut target = *direction;
        for later in reflections[REMOVED - nth..].iter().rev() {
            reflect(&mut target, later);
        }
        let mut mirror = target.map(|number| -number);
        mirror[EMBEDDING_LEN - 1 - nth] += 1.0;
        // Zeros stay zeros if both directions are the same.
        reflections[REMOVED - 1 - nth] = Embedding::from_raw(mirror).0;
    }
    reflections
}

/// Reflects a vector in the plane with this normal, of unit norm.
fn reflect(numbers: &mut [f32; EMBEDDING_LEN], normal: &[f32; EMBEDDING_LEN]) {
    let along = 2.0 * product(normal, numbers) as f32;
    for (number, normal) in numbers.iter_mut().zip(normal) {
        *number -= along * normal;
    }
}
