//! How likely two groups are one person, by a logistic curve over their mean distance; and what answers teach of it.
//!
//! The log-odds of being one person are
//!
//! ```text
//! 29.4 - 40 · (distance - shift) + 4 · evidence - ln(faces)
//! ```
//!
//! for two groups at a mean distance, in a library of so many faces. `evidence` is what a mean over many pairs counts for
//! ([`super::cut`]); the last term says that among many people chance brings some near: twice the faces, twice the
//! strangers at any distance. The first three numbers were fitted to the pairs of groups up to .12 beyond the cut in the
//! news and web photos (4,600 and 60 pairs; `docs/review.md` shows what was predicted and what was true). `shift` is this
//! library's own: 0 until somebody has answered.

use serde::{Deserialize, Serialize};

use super::cut::{DEFAULT_CUT, evidence};

const INTERCEPT: f64 = 29.4;
const SLOPE: f64 = 40.0;
const EVIDENCE: f64 = 4.0;

/// Smaller libraries are taken for one of this size: the curve was not measured on any.
const FEWEST_FACES: usize = 200;

/// How far libraries lie from the curve: the standard deviation of `shift`, in distance. The news photos lie .02 below
/// it, the web photos .03 above. A handful of answers near even odds weighs as much.
const SHIFT_DEVIATION: f64 = 0.03;

/// The curve of one library.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sameness {
    /// Log-odds at distance 0 between two single faces.
    intercept: f64,
}

impl Sameness {
    /// For a library of so many faces whose curve lies `shift` further out (in distance).
    pub fn new(faces: usize, shift: f64) -> Sameness {
        let chance = (faces.max(FEWEST_FACES) as f64).ln();
        Sameness {
            intercept: INTERCEPT + SLOPE * shift - chance,
        }
    }

    /// The probability, 0 to 1, that groups of `a` and `b` faces at this mean cosine distance are one person.
    pub fn probability(&self, distance: f32, a: u32, b: u32) -> f64 {
        logistic(self.log_odds(distance, a, b))
    }

    /// [`Sameness::probability`] where something else speaks for one person with so many log-odds.
    pub(super) fn probability_inside(&self, distance: f32, a: u32, b: u32, log_odds: f64) -> f64 {
        logistic(self.log_odds(distance, a, b) + log_odds)
    }

    /// The distance at which two single faces are one person with this probability.
    pub fn distance_at(&self, probability: f64) -> f32 {
        ((self.intercept - log_odds_of(probability)) / SLOPE) as f32
    }

    /// The largest distance at which groups of any size can be one person with this probability.
    pub(super) fn reach(&self, probability: f64) -> f32 {
        self.distance_at(probability) + (EVIDENCE / SLOPE) as f32
    }

    fn log_odds(&self, distance: f32, a: u32, b: u32) -> f64 {
        self.intercept - SLOPE * f64::from(distance) + EVIDENCE * evidence(a, b)
    }
}

/// What a person said of two sets of faces.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Mean cosine distance between the two when they were judged, and their faces.
    pub distance: f32,
    pub faces: (u32, u32),
    pub same: bool,
}

/// The shift that makes the verdicts likeliest together with the belief that it is about 0: the maximum of the posterior
/// under the curve and a normal prior. In distance; 0 without verdicts. `faces` is the number of faces of the library.
pub fn learned_shift(verdicts: &[Verdict], faces: usize) -> f64 {
    let slope_at = |shift: f64| {
        let curve = Sameness::new(faces, shift);
        let pull: f64 = verdicts
            .iter()
            .map(|verdict| {
                let (a, b) = verdict.faces;
                f64::from(u8::from(verdict.same)) - curve.probability(verdict.distance, a, b)
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

/// The probability of being one person at which two single faces are joined without asking. From .5 to .6 the news and
/// web photos need the same number of corrections.
const SURE: f64 = 0.6;

/// A library's own cut counts for as much as it is further than this from the default: nearer than that the default lies
/// on a plateau (`docs/grouping.md`), and the pairs in between are the first that are asked about anyway.
const PLATEAU: f32 = 0.02;

/// The cut of a library whose owner has given these verdicts: the default without any; with more and more, the distance
/// at which its own curve is sure.
pub fn learned_cut(verdicts: &[Verdict], faces: usize) -> f32 {
    let count = verdicts.len() as f64;
    let trust = (count / (count + VERDICTS_TO_TRUST)) as f32;
    let own = Sameness::new(faces, learned_shift(verdicts, faces)).distance_at(SURE);
    let further = own - DEFAULT_CUT;
    DEFAULT_CUT + trust * further.signum() * (further.abs() - PLATEAU).max(0.0)
}

fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

fn log_odds_of(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}
