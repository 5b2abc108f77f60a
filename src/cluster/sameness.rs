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
//! web photos together (55, .41); `docs/review.md` shows what was predicted and what was true. `shift` is this library's
//! own: 0 until somebody has answered. Distances are those of [`crate::vision::Embedding::without_common`], as in grouping.

use serde::{Deserialize, Serialize};

use super::cut::{Cut, DEFAULT_CUT, Evidence, Rule};

/// Log-odds that a distance of 1 would count for.
const SLOPE: f64 = 50.0;

/// Log-odds for being one person that lying in one group counts for: a part lies in its group since nothing lies nearer. With it
/// .10, .30 and .38 of the loosest ends of the news groups are expected to be somebody else in three bands; .11, .32 and .29 are
/// (36, 19 and 7 groups).
const INSIDE: f64 = 0.4;

/// How far a library may lie from the curve: the standard deviation of `shift`, in distance. The sets it was fitted to lie within
/// .008; a family, or photos of another kind than any of those, may lie further. Half a dozen answers near even odds weigh
/// as much.
const SHIFT_DEVIATION: f64 = 0.03;

/// The curve of one library.
#[derive(Clone, Copy, Debug)]
pub struct Sameness {
    rule: Rule,
    shift: f64,
}

impl Sameness {
    /// For a library of so many faces whose curve lies `shift` further out (in distance).
    pub fn new(faces: usize, shift: f64) -> Sameness {
        Sameness {
            rule: Rule::new(DEFAULT_CUT, faces),
            shift,
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

    /// The largest distance at which groups of any size can be one person with this probability.
    pub(super) fn reach(&self, probability: f64) -> f32 {
        let beyond = self.shift - log_odds_of(probability) / SLOPE;
        self.rule.loosest + beyond as f32
    }

    fn log_odds(&self, distance: f32, a: &Evidence, b: &Evidence) -> f64 {
        let cut = f64::from(self.rule.between(a, b)) + self.shift;
        SLOPE * (cut - f64::from(distance))
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

/// The shift that makes the verdicts likeliest together with the belief that it is about 0: the maximum of the posterior
/// under the curve and a normal prior. In distance; 0 without verdicts. `faces` is the number of faces of the library.
pub fn learned_shift(verdicts: &[Verdict], faces: usize) -> f64 {
    let slope_at = |shift: f64| {
        let curve = Sameness::new(faces, shift);
        let pull: f64 = verdicts
            .iter()
            .map(|verdict| {
                let (a, b) = &verdict.sides;
                let expected = if verdict.inside {
                    curve.probability_inside(verdict.distance, a, b)
                } else {
                    curve.probability(verdict.distance, a, b)
                };
                f64::from(u8::from(verdict.same)) - expected
            })
            .sum();
        SLOPE * pull - shift / (SHIFT_DEVIATION * SHIFT_DEVIATION)
    };
    // The posterior has one summit: its slope falls everywhere.
    if verdicts.is_empty() {
        return 0.0;
    }
    let (mut low, mut high) = (-LARGEST_SHIFT, LARGEST_SHIFT);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if slope_at(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// No answers shift the curve further, in distance.
const LARGEST_SHIFT: f64 = 0.2;

/// Verdicts at which a library's own curve weighs as much as the default cut.
const VERDICTS_TO_TRUST: f64 = 10.0;

/// A library's own shift counts for as much as it is more than this: less than that the default lies on a plateau
/// (`docs/grouping.md`), and the pairs in between are the first that are asked about anyway.
const PLATEAU: f64 = 0.02;

/// The cut of a library whose owner has given these verdicts: the default without any; with more and more, the one that
/// its own curve tells.
pub fn learned_cut(verdicts: &[Verdict], faces: usize) -> Cut {
    let count = verdicts.len() as f64;
    let trust = count / (count + VERDICTS_TO_TRUST);
    let own = learned_shift(verdicts, faces);
    let counted = own.signum() * (own.abs() - PLATEAU).max(0.0);
    Cut::Adaptive {
        shift: (trust * counted) as f32,
    }
}

fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

fn log_odds_of(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}
