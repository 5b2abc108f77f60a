//! The probability that two groups are one person, a logistic curve over their mean distance, and how answers adjust
//! it.
//!
//! The log-odds of being one person are
//!
//! ```text
//! 50 · (cut + shift - distance)
//! ```
//!
//! where `distance` is the mean distance of the two groups and `cut` the distance up to which grouping merges them
//! ([`Rule::between`]). At the cut the odds are even, because a wrong merge and a missing one each cost one edit. The
//! curve was fitted to the pairs of groups up to .12 beyond the cut in the news photos (3,290 pairs, slope 58, log-odds
//! .15 at the cut), the photos with small faces (14,750; 40, -.20), and the news and web photos together (55, .41);
//! `docs/review.md` compares predictions with the truth. Answers adjust the cut and the shift of their library
//! ([`CurveOffsets`]). Distances are those of centred embeddings ([`crate::vision::Centred`]), as in grouping.

use serde::{Deserialize, Serialize};

use crate::cluster::{Cut, Evidence, Rule};

/// Log-odds per unit of distance.
const SLOPE: f64 = 50.0;

/// Log-odds in favour of one person for a branch and the rest of its group, since grouping has merged them. With this
/// value, .10, .30 and .38 of the outlier branches of the news groups are expected to be another person in three bands
/// of probability; .11, .32 and .29 are (36, 19 and 7 groups).
const SAME_GROUP_LOG_ODDS: f64 = 0.4;

/// Prior standard deviation, in distance, of a library's excess from the default. With a maximum excess of .23, .31 and
/// .23 the news photos, the web photos and those with small faces need the fewest edits, each .04 from the default .27
/// (`docs/grouping.md`); other libraries may differ more.
const EXCESS_DEVIATION: f64 = 0.06;

/// Prior standard deviation of `shift`, in distance. The shifts of the sets that the curve was fitted to are within
/// .008; a family, or photos of another kind, may differ more. The prior has the weight of half a dozen answers near
/// even odds.
const SHIFT_DEVIATION: f64 = 0.03;

/// How a library differs from the default, as estimated from its owner's answers; both in distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveOffsets {
    /// Added to the maximum excess distance of two groups of one person over their within-group distances.
    pub excess: f32,
    /// How far beyond the cut the odds are even.
    pub shift: f32,
}

impl CurveOffsets {
    pub const ZERO: CurveOffsets = CurveOffsets {
        excess: 0.0,
        shift: 0.0,
    };

    /// The cut of a library after `answers` answers: the default without any, then more and more of the estimated
    /// excess. The shift applies to questions only: they are not a fair sample of all pairs of groups, and shifting
    /// every cut saved no edits (`docs/review.md`).
    pub fn cut(&self, answers: usize) -> Cut {
        let count = answers as f32;
        let trust = count / (count + ANSWERS_TO_TRUST);
        Cut::Adaptive {
            excess: trust * self.excess,
        }
    }
}

/// The number of answers at which half of the estimated excess is used. A small excess is safer: the review asks about
/// a missing merge, but nobody sees a wrong merge in a group that the review does not show.
const ANSWERS_TO_TRUST: f32 = 5.0;

/// The curve of one library.
#[derive(Clone, Copy, Debug)]
pub struct Sameness {
    rule: Rule,
    shift: f64,
}

impl Sameness {
    /// For a library of `faces` faces.
    pub fn new(faces: usize, offsets: CurveOffsets) -> Sameness {
        Sameness {
            rule: Rule::new(
                Cut::Adaptive {
                    excess: offsets.excess,
                },
                faces,
            ),
            shift: offsets.shift.into(),
        }
    }

    /// The probability, 0 to 1, that two groups at this mean cosine distance are one person.
    pub fn probability(&self, distance: f32, a: &Evidence, b: &Evidence) -> f64 {
        logistic(self.log_odds(distance, a, b))
    }

    /// As [`Sameness::probability`], for two parts of one group.
    pub fn probability_in_group(&self, distance: f32, a: &Evidence, b: &Evidence) -> f64 {
        logistic(self.log_odds(distance, a, b) + SAME_GROUP_LOG_ODDS)
    }

    /// A lower bound of [`Sameness::probability_in_group`] at this distance, for any evidence.
    pub(super) fn min_probability_in_group(&self, distance: f32) -> f64 {
        logistic(
            SLOPE * (f64::from(self.rule.certain - distance) + self.shift) + SAME_GROUP_LOG_ODDS,
        )
    }

    /// The largest distance at which groups with this evidence, or with less ([`Evidence::most_of`]), have at least
    /// these log-odds.
    pub(super) fn reach(&self, log_odds: f64, a: &Evidence, b: &Evidence) -> f32 {
        let beyond = self.shift - log_odds / SLOPE;
        self.rule.between(a, b) + beyond as f32
    }

    /// An upper bound of how much larger the log-odds of two groups are by this curve than by `other`; negative if they
    /// are smaller.
    pub(super) fn rise_from(&self, other: &Sameness) -> f64 {
        SLOPE * (self.rule.rise_from(&other.rule) + self.shift - other.shift)
    }

    pub(super) fn log_odds(&self, distance: f32, a: &Evidence, b: &Evidence) -> f64 {
        SLOPE * (f64::from(self.rule.between(a, b) - distance) + self.shift)
    }

    /// The log-likelihood of an answer.
    fn log_likelihood(&self, answer: &PairAnswer) -> f64 {
        let (a, b) = &answer.sides;
        let within_group = if answer.within_group {
            SAME_GROUP_LOG_ODDS
        } else {
            0.0
        };
        let log_odds = self.log_odds(answer.distance, a, b) + within_group;
        let for_it = if answer.same_person {
            log_odds
        } else {
            -log_odds
        };
        -(-for_it).exp().ln_1p()
    }
}

/// An answer of the user about two sets of faces.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairAnswer {
    /// Mean cosine distance of the two sets when the answer was given.
    pub distance: f32,
    pub sides: (Evidence, Evidence),
    #[serde(rename = "same")]
    pub same_person: bool,
    /// The two sets were parts of one group.
    #[serde(rename = "inside", default)]
    pub within_group: bool,
}

/// The maximum a posteriori offsets given the answers, under the curve and two normal priors around 0. `faces` is the
/// number of faces of the library.
///
/// Answers about pairs whose cut follows from the false-merge rate say nothing about the excess; all answers say
/// something about the shift.
pub fn fitted_offsets(answers: &[PairAnswer], faces: usize) -> CurveOffsets {
    if answers.is_empty() {
        return CurveOffsets::ZERO;
    }
    let log_posterior = |offsets: CurveOffsets| {
        let curve = Sameness::new(faces, offsets);
        let log_likelihood: f64 = answers
            .iter()
            .map(|answer| curve.log_likelihood(answer))
            .sum();
        let surprise = |number: f32, deviation: f64| (f64::from(number) / deviation).powi(2) / 2.0;
        log_likelihood
            - surprise(offsets.excess, EXCESS_DEVIATION)
            - surprise(offsets.shift, SHIFT_DEVIATION)
    };
    // Answers near the excess cut determine the sum of both, the others determine the shift alone. So these two are
    // almost independent, while excess and shift would need many more rounds.
    let of = |sum: f32, shift: f32| CurveOffsets {
        excess: sum - shift,
        shift,
    };
    let (mut sum, mut shift) = (0.0, 0.0);
    for _ in 0..ROUNDS {
        sum = maximum(|sum| log_posterior(of(sum, shift)));
        shift = maximum(|shift| log_posterior(of(sum, shift)));
    }
    of(sum, shift)
}

/// Rounds of coordinate ascent. With the two prior deviations, each round reduces the error to a third or less.
const ROUNDS: usize = 6;

/// The position of the maximum of a function with a single one, within [`MAX_SHIFT`] of 0.
fn maximum(height: impl Fn(f32) -> f64) -> f32 {
    const STEP: f32 = 0.0005;
    let (mut low, mut high) = (-MAX_SHIFT, MAX_SHIFT);
    while high - low > STEP {
        let middle = (low + high) / 2.0;
        if height(middle + STEP) > height(middle - STEP) {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// Bound of the shift and of its sum with the excess, in distance.
const MAX_SHIFT: f32 = 0.2;

/// The cut of a library, given its owner's answers.
pub fn learned_cut(answers: &[PairAnswer], faces: usize) -> Cut {
    fitted_offsets(answers, faces).cut(answers.len())
}

pub(super) fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

pub(super) fn log_odds_of(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}
