//! From how similar a face is to somebody to how likely it is that person; and what a person's answers move.
//!
//! The log-odds that the most similar person is the right one are
//!
//! ```text
//! 13.4 · similarity + 13.0 · (similarity − similarity of the second person) − 7.5 + person_bias
//! ```
//!
//! where similarities are those of [`crate::cluster::best_people`] between embeddings without their common part, and that of a second person below 0, or of nobody, counts as 0. A logistic regression on galleries drawn
//! from the news, web and campus photos (1 to 602 people with 1 to a thousand photos each, every set and number of people
//! weighing the same). **Half of the faces are taken to be of people whom the library knows**: somebody who scans a crowd
//! sees strangers more often. The margin over the second person stands for the number of people: among many, chance brings a
//! stranger near somebody, but then near several. The log loss on the set left out is .146 with it, .173 with the
//! similarity alone, .161 with the number of people in its place; the number of exemplars adds nothing.
//! `docs/identification.md` has the tables.
//!
//! `person_bias` is the person's own: 0 until answers about them speak against the curve ([`person_bias`]).

/// Log-odds per unit of similarity, per unit of margin, and at zero of both.
const SIMILARITY: f64 = 13.4;
const MARGIN: f64 = 13.0;
const INTERCEPT: f64 = -7.5;

/// Least probability of an accepted answer. With photos of the set left out of the fit, 3 to 10 strangers in a thousand pass
/// in the news photos (1 to 602 people known) and at most 1 in the web photos, but 35 to 50 among the few, alike students of
/// the campus photos; .99 and .82 of the known faces pass, and all.
const ACCEPTED: f64 = 0.5;
/// Least probability of an answer worth asking about: there 1 to 11 strangers in a hundred pass (news), at most 1 (web) and 7
/// to 12 (campus).
const SUGGESTED: f64 = 0.2;

/// How far people lie from the curve: the standard deviation of [`person_bias`], in log-odds; .026 of similarity. Between 0.5
/// and 1 the development sets agree; at 2, confirming odd photos of somebody lets every ninth stranger pass as them.
const BIAS_DEVIATION: f64 = 0.7;
/// Leniency stays within so many log-odds either way, however many answers ask for more: wrong names may be among them.
pub(crate) const MAX_BIAS: f64 = 2.0;
/// Steps of Newton's method, which doubles the right digits with each.
const NEWTON_STEPS: usize = 12;

/// What to make of the best answer for a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Nobody the library knows, as far as one can tell.
    Unknown,
    /// Possibly this person: worth asking.
    Suggested,
    /// This person, unless somebody says otherwise.
    Accepted,
}

impl Band {
    /// The band of a probability, 0 to 1.
    pub fn of(probability: f64) -> Band {
        if probability >= ACCEPTED {
            Band::Accepted
        } else if probability >= SUGGESTED {
            Band::Suggested
        } else {
            Band::Unknown
        }
    }
}

/// The log-odds that a face is a person it has this similarity to, when `runner_up` is the highest similarity to anybody
/// else; without the person's person_bias.
pub fn log_odds(similarity: f32, runner_up: f32) -> f64 {
    let similarity = f64::from(similarity);
    let margin = similarity - f64::from(runner_up).max(0.0);
    SIMILARITY * similarity + MARGIN * margin + INTERCEPT
}

/// The probability, 0 to 1, of these log-odds.
pub fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// What to add to [`log_odds`] where so many of a library's faces are with people whom it knows: a face that nobody has spoken of
/// is as likely to be of one of them. Bayes' rule, for a curve that takes it to be one in two; the share by the rule of
/// succession, (known + 1) / (faces + 2), so that neither none nor all are certain.
pub fn prior_log_odds(known: usize, faces: usize) -> f64 {
    let unknown = faces.saturating_sub(known);
    ((known as f64 + 1.0) / (unknown as f64 + 1.0)).ln()
}

/// How much easier, in log-odds, a person is to be taken for than the curve says: the most likely value, given the log-odds
/// of faces that were confirmed and of faces that were rejected, and that people differ by a standard deviation of 0.7.
///
/// A confirmed face that the curve would have missed makes it larger, a rejected one that it would have taken makes it
/// smaller; answers that the curve foresaw count for next to nothing.
pub fn person_bias(confirmed: &[f64], rejected: &[f64]) -> f64 {
    let tightness = 1.0 / (BIAS_DEVIATION * BIAS_DEVIATION);
    let mut person_bias = 0.0;
    for _ in 0..NEWTON_STEPS {
        let (mut slope, mut curvature) = (-person_bias * tightness, tightness);
        for (answers, truth) in [(confirmed, 1.0), (rejected, 0.0)] {
            for &log_odds in answers {
                let foreseen = probability(log_odds + person_bias);
                slope += truth - foreseen;
                curvature += foreseen * (1.0 - foreseen);
            }
        }
        // The log posterior is concave, so this ends at its maximum between the two bounds. At most one deviation a step:
        // where many answers lie far off, the curve is nearly flat.
        person_bias += (slope / curvature).clamp(-BIAS_DEVIATION, BIAS_DEVIATION);
        person_bias = person_bias.clamp(-MAX_BIAS, MAX_BIAS);
    }
    person_bias
}
