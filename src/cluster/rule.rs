//! How near two groups must be to be one person.
//!
//! Two things keep people apart who are not the same (`docs/grouping.md` has the figures behind every number):
//!
//! - **Chance.** The mean distance between groups of two strangers is normal, to the very tail: about [`STRANGER_DISTANCE`], with a
//!   variance that falls with the faces of either side. The more pairs of groups there are, the nearer the nearest of
//!   them come. A collection of n faces holds at most n² / (a b) pairs of groups of a and b faces, so each pair may be let
//!   through with a chance of a b / ([`FALSE_MERGE_FACTOR`] n): then the wrong unions are the same small share of all faces whatever
//!   n is, and large groups, of which there are few, may join at a larger distance than two single faces.
//! - **Coherence.** People who look alike are no chance, and large groups of theirs lie near each other as surely as small
//!   ones. But they fall into two heaps: each group's faces are much nearer to each other than to the other's. So groups
//!   join only while their distance is within [`MAX_EXCESS_DISTANCE`] of the mean distance of the faces in them.

use serde::{Deserialize, Serialize};

/// How near two groups must be to be one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cut {
    /// By the number of faces in the collection. Two groups of one person may lie so much further apart than usual (in distance) for
    /// the distances within them: what the owner's answers tell.
    Adaptive { excess: f32 },
    /// Two single faces are one person up to this mean cosine distance (0 to 2), however many faces there are; so are
    /// groups, and groups with more evidence up to what follows from it.
    Fixed(f32),
}

/// What a scan groups by, until somebody has answered.
pub const DEFAULT_CUT: Cut = Cut::Adaptive { excess: 0.0 };

/// Mean cosine distance of two strangers, their embeddings without the common part. .975 on the news photos.
const STRANGER_DISTANCE: f64 = 0.975;

/// Variance of the distance between groups of strangers: what stays however many faces the groups hold, and what one face
/// of either side adds. Fitted to groups of 1 to 30 faces of the news photos, whose deviations of .0925 (one face
/// and one), .079 (one and ten), .0635 (ten and ten) and .060 (thirty and thirty) this gives within 2 %.
const VARIANCE_BETWEEN_PEOPLE: f64 = 0.0035;
const VARIANCE_PER_FACE: f64 = 0.0025;

/// The larger, the rarer wrong unions by chance, and the more right ones are missed. From 5 to 14 the corrections stay
/// within 7 %.
const FALSE_MERGE_FACTOR: f64 = 10.0;

/// Smaller collections are taken for as large as this: look-alikes (a family) are likelier in them than chance tells.
const MIN_FACES: usize = 200;

/// How much further apart two groups of one person may lie than their faces among themselves. From .25 to .29 the
/// corrections stay within 3 %.
const MAX_EXCESS_DISTANCE: f64 = 0.27;

/// Mean distance within a group as far as nothing is known of it: .37 is the middle of people on the news photos, .5 on the
/// web photos.
const PRIOR_SPREAD: f64 = 0.40;

/// That counts as much as so many faces do. Fewer would be enough on the labelled photos; but a burst of nearly equal
/// photos says little of how far the person's photos spread.
const PRIOR_FACES: f64 = 5.0;

/// Groups within this are one person whatever else is known, where it is nearer than two single faces have to be.
const CERTAIN_DISTANCE: f64 = 0.50;

/// Groups further apart than this are not looked at. From 1,000 faces on it falls with their number as chance does, so that
/// the faces to look at, for each face, stay about as many.
const MAX_DISTANCE: f64 = 0.70;
const FACES_AT_MAX_DISTANCE: f64 = 1000.0;

/// What the cut asks about a group.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub faces: u32,
    /// Mean cosine distance of its faces among themselves; of no account where there is one face only.
    pub spread: f64,
}

impl Evidence {
    /// Of a group by the squared length of the sum of the unit embeddings of its faces.
    ///
    /// It counts the similarity of each pair twice, and of each face with itself once.
    pub(super) fn of_sum(squared: f64, faces: u32) -> Evidence {
        let count = f64::from(faces);
        let similarity = (squared - count) / (count * (count - 1.0)).max(1.0);
        Evidence {
            faces,
            spread: (1.0 - similarity).clamp(0.0, 2.0),
        }
    }

    /// An evidence by which [`Rule::between`] allows at least what it allows by any of these.
    pub(super) fn most_of<'a>(all: impl IntoIterator<Item = &'a Evidence>) -> Evidence {
        let none = Evidence {
            faces: 1,
            spread: PRIOR_SPREAD,
        };
        all.into_iter().fold(none, |most, one| Evidence {
            faces: most.faces.max(one.faces),
            spread: match one.faces {
                0 | 1 => most.spread,
                _ => most.spread.max(one.spread),
            },
        })
    }

    /// The mean distance within, as far as the group tells, else the usual one.
    fn expected_spread(&self) -> f64 {
        let faces = f64::from(self.faces);
        let known = faces - 1.0;
        (PRIOR_FACES * PRIOR_SPREAD + known * self.spread) / (PRIOR_FACES + known)
    }
}

/// A [`Cut`] for one collection.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Groups within this mean distance are joined, whatever their faces.
    pub(super) certain: f32,
    /// No groups further apart than this are.
    pub(super) max_distance: f32,
    /// Square of how many deviations below [`STRANGER_DISTANCE`] the cut between two single faces lies.
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
                // The Chernoff bound: more than z deviations below the mean are less than exp(-z² / 2) of all.
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

    /// Plain average linkage at one cut for all.
    pub(super) fn plain(cut: f32) -> Rule {
        Rule {
            certain: cut,
            max_distance: cut,
            deviations_squared: f64::INFINITY,
            excess: MAX_EXCESS_DISTANCE,
        }
    }

    /// By how much [`Rule::between`] can be more by this than by `other`, at most; below 0 where it is less by it. Each thing that limits
    /// it counts in full, or not at all.
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

    /// The largest mean distance at which groups `a` and `b` are one person; from `certain` to `max_distance`.
    pub fn between(&self, a: &Evidence, b: &Evidence) -> f32 {
        let pairs = f64::from(a.faces) * f64::from(b.faces);
        let squared = (self.deviations_squared - 2.0 * pairs.ln()).max(0.0);
        let by_chance = below_strangers(squared, a.faces, b.faces);
        let by_spread = (a.expected_spread() + b.expected_spread()) / 2.0 + self.excess;
        let cut = by_chance.min(by_spread);
        (cut as f32).clamp(self.certain, self.max_distance)
    }
}

/// Among so many faces.
fn max_distance(faces: f64) -> f64 {
    let squared = 2.0 * (faces / FACES_AT_MAX_DISTANCE).ln().max(0.0);
    MAX_DISTANCE.min(below_strangers(squared, 1, 1))
}

/// The distance between groups of `a` and `b` faces that lies so many deviations, squared, below that of strangers.
fn below_strangers(deviations_squared: f64, a: u32, b: u32) -> f64 {
    STRANGER_DISTANCE - (deviations_squared * variance(a, b)).sqrt()
}

/// Of the distance between groups of two strangers, of `a` and of `b` faces.
fn variance(a: u32, b: u32) -> f64 {
    VARIANCE_BETWEEN_PEOPLE + VARIANCE_PER_FACE * (1.0 / f64::from(a) + 1.0 / f64::from(b))
}

/// How far below that of strangers a distance between two single faces lies.
fn deviations_below(distance: f64) -> f64 {
    (STRANGER_DISTANCE - distance).max(0.0) / variance(1, 1).sqrt()
}
