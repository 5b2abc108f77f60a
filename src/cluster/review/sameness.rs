//! How likely two groups are one person, by a logistic curve over their mean distance; and what answers teach of it.
//!
//! The log-odds of being one person are
//!
//! ```text
//! 50 · (cut + shift - distance)
//! ```
//!
//! for two groups at a mean distance, of which grouping joins all within `cut` ([`Rule::between`]). At the cut the odds are
//! even: a union too many and one too few cost a correction each. Fitted to the pairs of groups up to .12 beyond the cut in
//! the news photos (3,290 pairs, slope 58, log-odds .15 at the cut), photos with small faces (14,750; 40, -.20) and news and
//! web photos together (55, .41); `docs/review.md` shows what was predicted and what was true. What answers teach of their
//! library ([`CurveOffsets`]) moves the cut and the shift. Distances are those of centred embeddings ([`crate::vision::Centred`]),
//! as in grouping.

use serde::{Deserialize, Serialize};

use crate::cluster::{Cut, Evidence, Rule};

/// Log-odds that a distance of 1 would count for.
const SLOPE: f64 = 50.0;

/// Log-odds for being one person that lying in one group counts for: a part lies in its group since nothing lies nearer. With it
/// .10, .30 and .38 of the loosest ends of the news groups are expected to be somebody else in three bands; .11, .32 and .29 are
/// (36, 19 and 7 groups).
const SAME_GROUP_LOG_ODDS: f64 = 0.4;

/// How far a library's excess may lie from the usual one: the standard deviation, in distance. With gaps of .23, .31 and .23 the
/// news photos, the web photos and those with small faces need the fewest corrections, each .04 from the usual .27
/// (`docs/grouping.md`); other libraries may lie further.
const EXCESS_DEVIATION: f64 = 0.06;

/// How far a library may lie from the curve altogether: the standard deviation of `shift`, in distance. The sets it was fitted to lie
/// within .008; a family, or photos of another kind than any of those, may lie further. Half a dozen answers near even odds
/// weigh as much.
const SHIFT_DEVIATION: f64 = 0.03;

/// How a library differs from the usual one, as the answers of its owner tell; both in distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveOffsets {
    /// How much more than usual two groups of one person may lie apart for the distances within them.
    pub excess: f32,
    /// How much further out than the cut the odds are even.
    pub shift: f32,
}

impl CurveOffsets {
    pub const ZERO: CurveOffsets = CurveOffsets {
        excess: 0.0,
        shift: 0.0,
    };

    /// The cut of a library that so many answers have taught: the default without any; with more and more of them the excess
    /// that they tell. The shift is for questions alone: they are no fair sample of all pairs of groups, and where it moved
    /// every cut, as many corrections were left as before (`docs/review.md`).
    pub fn cut(&self, answers: usize) -> Cut {
        let count = answers as f32;
        let trust = count / (count + ANSWERS_TO_TRUST);
        Cut::Adaptive {
            excess: trust * self.excess,
        }
    }
}

/// Verdicts at which what they tell of the excess weighs as much as the usual one: a merge too many among the groups that
/// nobody looks at costs more than one too few, which the review asks about.
const ANSWERS_TO_TRUST: f32 = 5.0;

/// The curve of one library.
#[derive(Clone, Copy, Debug)]
pub struct Sameness {
    rule: Rule,
    shift: f64,
}

impl Sameness {
    /// For a library of so many faces.
    pub fn new(faces: usize, taught: CurveOffsets) -> Sameness {
        Sameness {
            rule: Rule::new(
                Cut::Adaptive {
                    excess: taught.excess,
                },
                faces,
            ),
            shift: taught.shift.into(),
        }
    }

    /// The probability, 0 to 1, that two groups at this mean cosine distance are one person.
    pub fn probability(&self, distance: f32, a: &Evidence, b: &Evidence) -> f64 {
        logistic(self.log_odds(distance, a, b))
    }

    /// [`Sameness::probability`] of two parts of one group.
    pub fn probability_in_group(&self, distance: f32, a: &Evidence, b: &Evidence) -> f64 {
        logistic(self.log_odds(distance, a, b) + SAME_GROUP_LOG_ODDS)
    }

    /// What [`Sameness::probability_in_group`] is at least at this distance, whatever the parts.
    pub(super) fn min_probability_in_group(&self, distance: f32) -> f64 {
        logistic(
            SLOPE * (f64::from(self.rule.certain - distance) + self.shift) + SAME_GROUP_LOG_ODDS,
        )
    }

    /// The largest distance at which groups of this evidence, or of less ([`Evidence::most_of`]), are one person with these
    /// log-odds.
    pub(super) fn reach(&self, log_odds: f64, a: &Evidence, b: &Evidence) -> f32 {
        let beyond = self.shift - log_odds / SLOPE;
        self.rule.between(a, b) + beyond as f32
    }

    /// By how much the log-odds of two groups can be larger by this curve than by `other`, at most; below 0 where they are smaller by it.
    pub(super) fn rise_from(&self, other: &Sameness) -> f64 {
        SLOPE * (self.rule.rise_from(&other.rule) + self.shift - other.shift)
    }

    pub(super) fn log_odds(&self, distance: f32, a: &Evidence, b: &Evidence) -> f64 {
        SLOPE * (f64::from(self.rule.between(a, b) - distance) + self.shift)
    }

    /// The logarithm of the probability that somebody gives this answer.
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

/// What a person said of two sets of faces.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairAnswer {
    /// Mean cosine distance between the two when they were judged, and what else the cut asks.
    pub distance: f32,
    pub sides: (Evidence, Evidence),
    #[serde(rename = "same")]
    pub same_person: bool,
    /// The two were parts of one group.
    #[serde(rename = "inside", default)]
    pub within_group: bool,
}

/// What makes the answers likeliest together with the belief that a library is like any other: the maximum of the posterior
/// under the curve and two normal priors. `faces` is the number of faces of the library.
///
/// Verdicts on groups that only chance keeps apart tell nothing of the excess; all tell of the shift.
pub fn fitted_offsets(answers: &[PairAnswer], faces: usize) -> CurveOffsets {
    if answers.is_empty() {
        return CurveOffsets::ZERO;
    }
    let log_posterior = |taught: CurveOffsets| {
        let curve = Sameness::new(faces, taught);
        let told: f64 = answers
            .iter()
            .map(|answer| curve.log_likelihood(answer))
            .sum();
        let surprise = |number: f32, deviation: f64| (f64::from(number) / deviation).powi(2) / 2.0;
        told - surprise(taught.excess, EXCESS_DEVIATION) - surprise(taught.shift, SHIFT_DEVIATION)
    };
    // Groups that coherence keeps apart tell of the sum of both, others of the shift alone: so these two are all but
    // independent, while excess and shift would give way to each other for long.
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

/// Rounds of finding the one, given the other. What is left to find falls to a third or less with each, as the two deviations
/// tell.
const ROUNDS: usize = 6;

/// Where a function with one maximum has it, within [`MAX_SHIFT`] of 0.
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

/// Neither the shift nor its sum with the excess goes further from 0, in distance.
const MAX_SHIFT: f32 = 0.2;

/// The cut of a library whose owner has given these answers.
pub fn learned_cut(answers: &[PairAnswer], faces: usize) -> Cut {
    fitted_offsets(answers, faces).cut(answers.len())
}

pub(super) fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

pub(super) fn log_odds_of(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}
