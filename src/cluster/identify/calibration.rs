//! Converts similarities to probabilities, with a bias for each person that is learned from answers.
//!
//! The log-odds that the most similar person is the right one are
//!
//! ```text
//! 13.4 · similarity + 13.0 · (similarity − similarity of the runner-up) − 7.5 + bias
//! ```
//!
//! Similarities are those of [`crate::cluster::best_people`] between centred embeddings; a runner-up below 0, or none,
//! counts as 0. The coefficients are a logistic regression on galleries drawn from the news, web and campus photos (1
//! to 602 people with 1 to 1,000 photos each; every set and every number of people has the same weight). The regression
//! **assumes that half of the faces are of people in the library**; somebody who scans a crowd sees strangers more
//! often. The margin over the runner-up replaces the number of people: with many people, a stranger is close to
//! somebody by chance, but then usually close to several. Log loss on the held-out set is .146 with the margin, .173
//! with the similarity alone and .161 with the number of people instead of the margin; the number of exemplars adds
//! nothing. `docs/identification.md` has the tables.
//!
//! `bias` is a per-person log-odds offset, 0 until answers about that person contradict the curve ([`person_bias`]).

/// Log-odds per unit of similarity and per unit of margin, and the intercept.
const SIMILARITY: f64 = 13.4;
const MARGIN: f64 = 13.0;
const INTERCEPT: f64 = -7.5;

/// Minimum probability of an accepted answer. On the held-out photos, 3 to 10 in 1,000 strangers pass in the news
/// photos (1 to 602 people known) and at most 1 in the web photos, but 35 to 50 among the few, similar students of the
/// campus photos. Of the known faces .99 (news), .82 (web) and all (campus) pass.
const ACCEPTED: f64 = 0.5;
/// Minimum probability of an answer worth asking about. It lets 1 to 11 in 100 strangers pass (news), at most 1 (web)
/// and 7 to 12 (campus).
const SUGGESTED: f64 = 0.2;

/// Prior standard deviation of [`person_bias`] in log-odds; it corresponds to .026 of similarity. Between 0.5 and 1 the
/// development sets agree; at 2, confirming unusual photos of a person makes every ninth stranger be accepted as that
/// person.
const BIAS_DEVIATION: f64 = 0.7;
/// Maximum absolute bias in log-odds, for any number of answers, because some of them may be wrong.
pub(crate) const MAX_BIAS: f64 = 2.0;
/// Iterations of Newton's method, which doubles the number of correct digits each time.
const NEWTON_STEPS: usize = 12;

/// What to do with the best match of a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Probably nobody in the library.
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

/// The log-odds that a face is the person it has this similarity to, where `runner_up` is the highest similarity to
/// anybody else; without the per-person bias.
pub fn log_odds(similarity: f32, runner_up: f32) -> f64 {
    let similarity = f64::from(similarity);
    let margin = similarity - f64::from(runner_up).max(0.0);
    SIMILARITY * similarity + MARGIN * margin + INTERCEPT
}

/// The probability, 0 to 1, of these log-odds.
pub fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// The prior to add to [`log_odds`] in a library in which `known` of `faces` faces belong to known people: a new face
/// has the same probability to be one of them. The prior follows from Bayes' rule, since the curve assumes one half.
/// The share is estimated by the rule of succession, (known + 1) / (faces + 2), so that it is never 0 or 1.
pub fn prior_log_odds(known: usize, faces: usize) -> f64 {
    let unknown = faces.saturating_sub(known);
    ((known as f64 + 1.0) / (unknown as f64 + 1.0)).ln()
}

/// The per-person bias, in log-odds: the maximum a posteriori value given the log-odds of confirmed and of rejected
/// faces, under a normal prior with a standard deviation of 0.7.
///
/// A confirmed face that the curve would have missed raises it, a rejected face that the curve would have accepted
/// lowers it. Answers that the curve predicts have almost no effect.
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
        // The log posterior is concave, so this converges to its maximum between the bounds. Steps are limited to one
        // standard deviation, because the curve is nearly flat where many answers lie far out.
        person_bias += (slope / curvature).clamp(-BIAS_DEVIATION, BIAS_DEVIATION);
        person_bias = person_bias.clamp(-MAX_BIAS, MAX_BIAS);
    }
    person_bias
}
