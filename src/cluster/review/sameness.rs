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
//! library ([`Taught`]) moves the cut and the shift. Distances are those of centred embeddings ([`crate::vision::Centred`]),
//! as in grouping.

use serde::{Deserialize, Serialize};

use crate::cluster::{Cut, Evidence, Rule};

/// Log-odds that a distance of 1 would count for.
const SLOPE: f64 = 50.0;

/// Log-odds for being one person that lying in one group counts for: a part lies in its group since nothing lies nearer. With it
/// .10, .30 and .38 of the loosest ends of the news groups are expected to be somebody else in three bands; .11, .32 and .29 are
/// (36, 19 and 7 groups).
const INSIDE: f64 = 0.4;

/// How far a library's gap may lie from the usual one: the standard deviation, in distance. With gaps of .23, .31 and .23 the
/// news photos, the web photos and those with small faces need the fewest corrections, each .04 from the usual .27
/// (`docs/grouping.md`); other libraries may lie further.
const GAP_DEVIATION: f64 = 0.06;

/// How far a library may lie from the curve altogether: the standard deviation of `shift`, in distance. The sets it was fitted to lie
/// within .008; a family, or photos of another kind than any of those, may lie further. Half a dozen answers near even odds
/// weigh as much.
const SHIFT_DEVIATION: f64 = 0.03;

/// How a library differs from the usual one, as the answers of its owner tell; both in distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taught {
    /// How much more than usual two groups of one person may lie apart for the distances within them.
    pub gap: f32,
    /// How much further out than the cut the odds are even.
    pub shift: f32,
}

impl Taught {
    pub const NOTHING: Taught = Taught {
        gap: 0.0,
        shift: 0.0,
    };

    /// The cut of a library that so many verdicts have taught: the default without any; with more and more of them the gap
    /// that they tell. The shift is for questions alone: they are no fair sample of all pairs of groups, and where it moved
    /// every cut, as many corrections were left as before (`docs/review.md`).
    pub fn cut(&self, verdicts: usize) -> Cut {
        let count = verdicts as f32;
        let trust = count / (count + VERDICTS_TO_TRUST);
        Cut::Adaptive {
            gap: trust * self.gap,
        }
    }
}

/// Verdicts at which what they tell of the gap weighs as much as the usual one: a merge too many among the groups that
/// nobody looks at costs more than one too few, which the review asks about.
const VERDICTS_TO_TRUST: f32 = 5.0;

/// The curve of one library.
#[derive(Clone, Copy, Debug)]
pub struct Sameness {
    rule: Rule,
    shift: f64,
}

impl Sameness {
    /// For a library of so many faces.
    pub fn new(faces: usize, taught: Taught) -> Sameness {
        Sameness {
            rule: Rule::new(Cut::Adaptive { gap: taught.gap }, faces),
            shift: taught.shift.into(),
        }
    }

    /// The probability, 0 to 1, that two groups at this mean cosine distance are one person.
    pub fn probability(&self, distance: f32, a: &Evidence, b: &Evidence) -> f64 {
        logistic(self.log_odds(distance, a, b))
    }

    /// [`Sameness::probability`] of two parts of one group.
    pub fn probability_inside(&self, distance: f32, a: &Evidence, b: &Evidence) -> f64 {
        logistic(self.log_odds(distance, a, b) + INSIDE)
    }

    /// What [`Sameness::probability_inside`] is at least at this distance, whatever the parts.
    pub(super) fn least_probability_inside(&self, distance: f32) -> f64 {
        logistic(SLOPE * (f64::from(self.rule.certain - distance) + self.shift) + INSIDE)
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

    /// The logarithm of the probability that somebody gives this verdict.
    fn log_likelihood(&self, verdict: &Verdict) -> f64 {
        let (a, b) = &verdict.sides;
        let inside = if verdict.inside { INSIDE } else { 0.0 };
        let log_odds = self.log_odds(verdict.distance, a, b) + inside;
        let for_it = if verdict.same { log_odds } else { -log_odds };
        -(-for_it).exp().ln_1p()
    }
}

/// What a person said of two sets of faces.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Mean cosine distance between the two when they were judged, and what else the cut asks.
    pub distance: f32,
    pub sides: (Evidence, Evidence),
    pub same: bool,
    /// The two were parts of one group.
    #[serde(default)]
    pub inside: bool,
}

/// What makes the verdicts likeliest together with the belief that a library is like any other: the maximum of the posterior
/// under the curve and two normal priors. `faces` is the number of faces of the library.
///
/// Verdicts on groups that only chance keeps apart tell nothing of the gap; all tell of the shift.
pub fn learned(verdicts: &[Verdict], faces: usize) -> Taught {
    if verdicts.is_empty() {
        return Taught::NOTHING;
    }
    let log_posterior = |taught: Taught| {
        let curve = Sameness::new(faces, taught);
        let told: f64 = verdicts
            .iter()
            .map(|verdict| curve.log_likelihood(verdict))
            .sum();
        let surprise = |number: f32, deviation: f64| (f64::from(number) / deviation).powi(2) / 2.0;
        told - surprise(taught.gap, GAP_DEVIATION) - surprise(taught.shift, SHIFT_DEVIATION)
    };
    // Groups that coherence keeps apart tell of the sum of both, others of the shift alone: so these two are all but
    // independent, while gap and shift would give way to each other for long.
    let of = |sum: f32, shift: f32| Taught {
        gap: sum - shift,
        shift,
    };
    let (mut sum, mut shift) = (0.0, 0.0);
    for _ in 0..ROUNDS {
        sum = summit(|sum| log_posterior(of(sum, shift)));
        shift = summit(|shift| log_posterior(of(sum, shift)));
    }
    of(sum, shift)
}

/// Rounds of finding the one, given the other. What is left to find falls to a third or less with each, as the two deviations
/// tell.
const ROUNDS: usize = 6;

/// Where a function with one summit has it, within [`LARGEST_SHIFT`] of 0.
fn summit(height: impl Fn(f32) -> f64) -> f32 {
    const STEP: f32 = 0.0005;
    let (mut low, mut high) = (-LARGEST_SHIFT, LARGEST_SHIFT);
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

/// Neither the shift nor its sum with the gap goes further from 0, in distance.
const LARGEST_SHIFT: f32 = 0.2;

/// The cut of a library whose owner has given these verdicts.
pub fn learned_cut(verdicts: &[Verdict], faces: usize) -> Cut {
    learned(verdicts, faces).cut(verdicts.len())
}

pub(super) fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

pub(super) fn log_odds_of(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}
