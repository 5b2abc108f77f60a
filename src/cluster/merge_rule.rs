//! How close two groups must be to be merged as one person.
//!
//! Two criteria, and a pair of groups must meet both (`docs/grouping.md` has the figures behind every number):
//!
//! - **False-merge rate.** The mean distance between the groups of two strangers is normally distributed, including the
//!   tails, with a mean of about [`STRANGER_DISTANCE`] and a variance that falls with the number of faces on either
//!   side. The more pairs of groups there are, the smaller the minimum of their distances. A collection of n faces has
//!   at most n² / (a b) pairs of groups of a and b faces, so each pair is allowed a probability of a b /
//!   ([`FALSE_MERGE_FACTOR`] n). The expected share of wrong merges is then the same for every n, and large groups,
//!   which are few, may merge at a larger distance than two single faces.
//! - **Within-group distance.** Look-alikes are a systematic error, which a model of random strangers cannot exclude. Two
//!   look-alikes form two clusters, each tighter than their union. So groups merge only if their distance exceeds the
//!   mean distance within them by at most [`MAX_EXCESS_DISTANCE`].

use serde::{Deserialize, Serialize};

use crate::vision::USUAL_NORM;

/// How close two groups must be to be merged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cut {
    /// Depends on the number of faces in the collection. `excess` is added to `MAX_EXCESS_DISTANCE`; it is estimated
    /// from the owner's answers.
    Adaptive { excess: f32 },
    /// Two single faces are merged up to this mean cosine distance (0 to 2), whatever the number of faces; larger
    /// groups up to the distance that follows from it.
    Fixed(f32),
}

/// The cut of a scan before any answers.
pub const DEFAULT_CUT: Cut = Cut::Adaptive { excess: 0.0 };

/// Mean distance of two strangers; .987 on the news photos.
const STRANGER_DISTANCE: f64 = 0.987;

/// Variance of the distance between groups of strangers: a part that does not depend on the number of faces, and a part
/// per face of either side. Fitted to groups of 1 to 30 faces of the news photos; it reproduces their standard
/// deviations of .0889 (1 and 1 face), .074 (1 and 10), .062 (10 and 10) and .065 (30 and 30) within 6 %.
const VARIANCE_BETWEEN_PEOPLE: f64 = 0.0034;
const VARIANCE_PER_FACE: f64 = 0.0023;

/// A larger factor allows fewer wrong merges and misses more right ones. From 5 to 14 the number of edits varies by
/// 7 %.
const FALSE_MERGE_FACTOR: f64 = 10.0;

/// Smaller collections count as this large: look-alikes (for example, a family) are more frequent in them than by
/// chance.
const MIN_FACES: usize = 200;

/// Maximum excess of the distance between two groups of one person over the mean distance within them. From .25 to .29
/// the number of edits varies by 3 %.
const MAX_EXCESS_DISTANCE: f64 = 0.27;

/// What the cut rises for each unit by which the lower norm of two groups is below the usual one, and at most. Faces of
/// one person differ the more, the less the recognizer sees of them, and two strangers of whom it sees much are alike
/// only if they are look-alikes. From .005 to .0125 the edits vary by 2 %.
const DISTANCE_PER_NORM: f64 = 0.01;
const MAX_BY_NORM: f64 = 0.03;

/// Prior of the mean within-group distance. The median over people is .37 on the news photos and .5 on the web photos.
const PRIOR_SPREAD: f64 = 0.40;

/// Number of faces that the prior counts as. Fewer would be enough on the labelled photos, but a burst of nearly equal
/// photos says little about how much a person's photos vary.
const PRIOR_FACES: f64 = 5.0;

/// Groups within this distance are always merged, unless even two single faces must be closer.
const CERTAIN_DISTANCE: f64 = 0.50;

/// Groups further apart than this are never compared. Above 1,000 faces it falls with the false-merge rate, so that the
/// number of candidates per face stays about the same.
const MAX_DISTANCE: f64 = 0.72;
const FACES_AT_MAX_DISTANCE: f64 = 1000.0;

/// What the rule needs to know about a group.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub faces: u32,
    /// Mean distance within the group; undefined for a single face.
    pub spread: f64,
    /// Mean norm of the embeddings before they were normalised, the usual one where it is unknown.
    #[serde(default = "usual_norm")]
    pub norm: f64,
}

fn usual_norm() -> f64 {
    f64::from(USUAL_NORM)
}

impl Evidence {
    /// Of faces of the usual norm.
    pub fn new(faces: u32, spread: f64) -> Evidence {
        Evidence {
            faces,
            spread,
            norm: usual_norm(),
        }
    }

    /// From the sum of the similarities of each face of the group to each other one, which counts every pair twice; of
    /// faces of the usual norm.
    pub(super) fn of_sum(similarities: f64, faces: u32) -> Evidence {
        let count = f64::from(faces);
        let similarity = similarities / (count * (count - 1.0)).max(1.0);
        Evidence::new(faces, (1.0 - similarity).clamp(0.0, 2.0))
    }

    /// An evidence for which [`Rule::between`] allows at least as much as for any of these.
    pub(super) fn most_of<'a>(all: impl IntoIterator<Item = &'a Evidence>) -> Evidence {
        let none = Evidence::new(1, PRIOR_SPREAD);
        all.into_iter().fold(none, |most, one| Evidence {
            faces: most.faces.max(one.faces),
            spread: match one.faces {
                0 | 1 => most.spread,
                _ => most.spread.max(one.spread),
            },
            norm: most.norm.min(one.norm),
        })
    }

    /// The posterior mean of the within-group distance.
    fn expected_spread(&self) -> f64 {
        let faces = f64::from(self.faces);
        let known = faces - 1.0;
        (PRIOR_FACES * PRIOR_SPREAD + known * self.spread) / (PRIOR_FACES + known)
    }
}

/// A [`Cut`] for one collection.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Groups within this mean distance are always merged.
    pub(super) certain: f32,
    /// Groups further apart than this never are.
    pub(super) max_distance: f32,
    /// Squared number of standard deviations between [`STRANGER_DISTANCE`] and the cut of two single faces.
    deviations_squared: f64,
    /// [`MAX_EXCESS_DISTANCE`] of this library.
    excess: f64,
}

impl Rule {
    /// For a collection of `faces` faces.
    pub fn new(cut: Cut, faces: usize) -> Rule {
        let faces = faces.max(MIN_FACES) as f64;
        let max_distance = max_distance(faces) as f32;
        match cut {
            Cut::Adaptive { excess } => {
                // The Chernoff bound: at most exp(-z² / 2) of a normal distribution lies more than z deviations below
                // the mean.
                let deviations_squared = 2.0 * (FALSE_MERGE_FACTOR * faces).ln();
                let certain = CERTAIN_DISTANCE.min(below_strangers(deviations_squared, 1, 1));
                Rule {
                    certain: certain as f32,
                    max_distance: max_distance + excess.max(0.0),
                    deviations_squared,
                    excess: MAX_EXCESS_DISTANCE + f64::from(excess),
                }
            }
            Cut::Fixed(base) => Rule {
                certain: base,
                max_distance: base.max(max_distance),
                deviations_squared: deviations_below(base.into()).powi(2),
                excess: MAX_EXCESS_DISTANCE,
            },
        }
    }

    /// Plain average linkage with one cut for all.
    pub(super) fn plain(cut: f32) -> Rule {
        Rule {
            certain: cut,
            max_distance: cut,
            deviations_squared: f64::INFINITY,
            excess: MAX_EXCESS_DISTANCE,
        }
    }

    /// An upper bound of how much larger [`Rule::between`] is by this rule than by `other`; negative if it is smaller.
    /// For each pair, one of the two criteria decides.
    pub(super) fn rise_from(&self, other: &Rule) -> f64 {
        // The root of a sum is at most the sum of the roots; the variance is largest for two single faces.
        let by_chance = match other.deviations_squared - self.deviations_squared {
            more if more > 0.0 => (more * variance(1, 1)).sqrt(),
            _ => 0.0,
        };
        let by_bounds = (self.certain - other.certain).max(self.max_distance - other.max_distance);
        (self.excess - other.excess)
            .max(by_chance)
            .max(f64::from(by_bounds))
    }

    /// The largest mean distance at which any two groups are merged.
    pub fn max_distance(&self) -> f32 {
        self.max_distance
    }

    /// The largest mean distance at which groups `a` and `b` are merged, from `certain` to `max_distance`.
    pub fn between(&self, a: &Evidence, b: &Evidence) -> f32 {
        let pairs = f64::from(a.faces) * f64::from(b.faces);
        let squared = (self.deviations_squared - 2.0 * pairs.ln()).max(0.0);
        let by_chance = below_strangers(squared, a.faces, b.faces);
        let by_spread = (a.expected_spread() + b.expected_spread()) / 2.0 + self.excess;
        let cut = by_chance.min(by_spread) + by_norm(a.norm.min(b.norm));
        (cut as f32).clamp(self.certain, self.max_distance)
    }
}

/// What the lower norm of two groups adds to their cut.
fn by_norm(norm: f64) -> f64 {
    let below_usual = usual_norm() - norm;
    (DISTANCE_PER_NORM * below_usual).clamp(-MAX_BY_NORM, MAX_BY_NORM)
}

/// The maximum distance for this number of faces.
fn max_distance(faces: f64) -> f64 {
    let squared = 2.0 * (faces / FACES_AT_MAX_DISTANCE).ln().max(0.0);
    MAX_DISTANCE.min(below_strangers(squared, 1, 1))
}

/// The distance between groups of `a` and `b` faces that is this many (squared) deviations below that of strangers.
fn below_strangers(deviations_squared: f64, a: u32, b: u32) -> f64 {
    STRANGER_DISTANCE - (deviations_squared * variance(a, b)).sqrt()
}

/// Variance of the distance between groups of two strangers with `a` and `b` faces.
fn variance(a: u32, b: u32) -> f64 {
    VARIANCE_BETWEEN_PEOPLE + VARIANCE_PER_FACE * (1.0 / f64::from(a) + 1.0 / f64::from(b))
}

/// The number of deviations by which the distance of two single faces is below that of strangers.
fn deviations_below(distance: f64) -> f64 {
    (STRANGER_DISTANCE - distance).max(0.0) / variance(1, 1).sqrt()
}
