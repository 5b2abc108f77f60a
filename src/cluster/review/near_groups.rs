//! The pairs of groups of a library that are most probably one person, kept up to date while groups and the curve
//! change.
//!
//! All pairs are compared once, by blocked matrix products. Groups are divided into classes of similar size, because
//! the maximum distance of two groups depends on their numbers of faces, and most groups are small. More pairs are kept
//! than a queue needs, each with its distance. Only groups that change are compared with all others again. If the curve
//! changes, the log-odds of a pair that was not kept can only have risen by a bounded amount ([`Sameness::rise_from`]).
//! The most probable pairs are among the kept ones if enough of these are above that bound; otherwise all pairs are
//! compared again.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::sameness::{Sameness, log_odds_of, logistic};
use crate::cluster::search::close_pairs::{ClosePairs, Side};
use crate::cluster::search::similarity::{Rows, Vector, distance_of, largest_coordinate};
use crate::cluster::{Centre, Evidence};
use crate::stop::{StopFlag, Stopped};
use crate::vision::product;

/// A group as input of the search, identified by the caller's key.
#[derive(Clone, Copy, Debug)]
pub struct SearchedGroup<'a, K> {
    pub key: K,
    /// Mean of its embeddings.
    pub mean: &'a Vector,
    /// `None` for a group of one face, whose embedding is `mean`.
    pub centre: Option<&'a Centre>,
    pub evidence: Evidence,
}

impl<K> SearchedGroup<'_, K> {
    fn centre(&self) -> Cow<'_, Centre> {
        match self.centre {
            Some(centre) => Cow::Borrowed(centre),
            None => Cow::Owned(Centre::of_vectors([self.mean])),
        }
    }
}

/// Two groups (`a` < `b`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NearGroups<K> {
    pub a: K,
    pub b: K,
    /// Mean cosine distance over all pairs of faces of the two, 0 to 2.
    pub distance: f32,
    /// The probability that the two are one person, 0 to 1.
    pub probability: f64,
}

/// The most probable pairs of groups, more than a queue needs.
#[derive(Debug)]
pub struct NearPairs<K> {
    /// The curve by which `pairs` are sorted.
    curve: Sameness,
    /// Most probable first.
    pairs: Vec<Found<K>>,
    /// Upper bound of the log-odds, by `curve`, of the pairs that were not kept.
    floor: f64,
}

#[derive(Clone, Copy, Debug)]
struct Found<K> {
    a: K,
    b: K,
    distance: f32,
    /// The log-odds of being one person, by the curve of the search.
    log_odds: f64,
}

/// Parameters of a search.
#[derive(Clone, Copy)]
pub struct PairSearch<'a> {
    pub sameness: &'a Sameness,
    /// Minimum probability of the pairs that callers need.
    pub least: f64,
    pub stop: &'a StopFlag,
}

/// Maximum number of kept pairs (1.6 MB), a hundred times the size of a queue.
const MAX_KEPT: usize = 50_000;

/// Pairs are kept whose log-odds are up to this much below the minimum, so that the curve may change by an answer or
/// two.
const MARGIN: f64 = 0.5;

/// Maximum error of a distance that was computed from mean embeddings in f32.
const ROUNDING: f32 = 1e-4;

/// Maximum error of log-odds by rounding.
const ROUNDING_OF_LOG_ODDS: f64 = 0.01;

/// Changed groups are compared with all others one by one if there are at most this many, or at most one in
/// [`SHARE_ONE_BY_ONE`] groups has changed.
const MAX_ONE_BY_ONE: usize = 8;
const SHARE_ONE_BY_ONE: usize = 64;

/// Maximum number of faces of a group of each class.
const CLASSES: [u32; 5] = [1, 2, 5, 15, u32::MAX];

impl<K: Copy + Ord + Hash + Send + Sync> NearPairs<K> {
    /// Compares all pairs of `groups`.
    ///
    /// # Errors
    /// [`Stopped`] once the search's flag is set.
    pub fn among(
        groups: &[SearchedGroup<'_, K>],
        search: &PairSearch<'_>,
    ) -> Result<NearPairs<K>, Stopped> {
        let kept = Mutex::new(Kept {
            pairs: Vec::new(),
            floor: log_odds_of(search.least) - MARGIN,
        });
        let classes = classes(groups);
        let sides: Vec<Side<'_>> = classes.iter().map(|class| Side::of(&class.rows)).collect();
        let classes: Vec<(&Class<'_, K>, &Side<'_>)> = classes.iter().zip(&sides).collect();
        // Large groups first: their pairs are the most probable and raise the floor, which lowers the maximum distance
        // of later pairs.
        for (number, one) in classes.iter().enumerate().rev() {
            for other in classes[number..].iter().rev() {
                let pair = ClassPair::new(*one, *other, lock(&kept).floor, search);
                (0..pair.close.blocks())
                    .into_par_iter()
                    .try_for_each(|block| {
                        let floor = lock(&kept).floor;
                        let found = pair.of_block(block, floor, search)?;
                        lock(&kept).take(found);
                        Ok::<(), Stopped>(())
                    })?;
            }
        }
        let mut kept = kept.into_inner().unwrap_or_else(PoisonError::into_inner);
        kept.prune();
        Ok(NearPairs {
            curve: *search.sameness,
            pairs: kept.pairs,
            floor: kept.floor,
        })
    }

    /// Brings the pairs up to date. `groups` are all current groups. Those of them in `changed` are new or have
    /// changed; all other keys in `changed` are those of deleted groups.
    ///
    /// # Errors
    /// [`Stopped`] once the search's flag is set; the pairs are unchanged then.
    pub fn update(
        &mut self,
        groups: &[SearchedGroup<'_, K>],
        changed: &HashSet<K>,
        search: &PairSearch<'_>,
    ) -> Result<(), Stopped> {
        let are_changed = groups.iter().filter(|group| changed.contains(&group.key));
        let probes: Vec<&SearchedGroup<'_, K>> = are_changed.collect();
        if probes.len() > MAX_ONE_BY_ONE.max(groups.len() / SHARE_ONE_BY_ONE) {
            *self = NearPairs::among(groups, search)?;
            return Ok(());
        }
        let bound = Evidence::most_of(groups.iter().map(|group| &group.evidence));
        let found: Vec<Vec<Found<K>>> = probes
            .par_iter()
            .map(|probe| {
                let reach = self.curve.reach(self.floor, &probe.evidence, &bound) + ROUNDING;
                let others = groups.par_iter().filter(|other| {
                    // A pair of two changed groups is found by the one with the lower key.
                    other.key != probe.key
                        && (other.key > probe.key || !changed.contains(&other.key))
                        && distance_of(product(probe.mean, other.mean)) <= reach
                });
                let found = others.map(|other| found(probe, other, &self.curve));
                search.stop.check()?;
                Ok(found.filter(|found| found.log_odds >= self.floor).collect())
            })
            .collect::<Result<_, Stopped>>()?;
        self.pairs
            .retain(|pair| !changed.contains(&pair.a) && !changed.contains(&pair.b));
        self.pairs.extend(found.into_iter().flatten());
        let mut kept = Kept {
            pairs: std::mem::take(&mut self.pairs),
            floor: self.floor,
        };
        kept.prune();
        (self.pairs, self.floor) = (kept.pairs, kept.floor);
        Ok(())
    }

    /// At most `most` pairs for which `may_be_one` is true and whose probability is at least `least`: the most probable
    /// ones, most probable first, then by key. `None` if pairs that were not kept may be among them.
    pub fn best(
        &self,
        sameness: &Sameness,
        least: f64,
        most: usize,
        evidence: impl Fn(K) -> Evidence,
        may_be_one: impl Fn(K, K) -> bool,
    ) -> Option<Vec<NearGroups<K>>> {
        let rise = sameness.rise_from(&self.curve) + ROUNDING_OF_LOG_ODDS;
        let mut best = Best {
            pairs: Vec::new(),
            most,
            floor: least,
        };
        for found in &self.pairs {
            if logistic(found.log_odds + rise) < best.floor {
                return Some(best.finished());
            }
            let Found { a, b, distance, .. } = *found;
            let probability = sameness.probability(distance, &evidence(a), &evidence(b));
            if probability >= best.floor && may_be_one(a, b) {
                best.take(NearGroups {
                    a,
                    b,
                    distance,
                    probability,
                });
            }
        }
        best.prune();
        (logistic(self.floor + rise) < best.floor).then(|| best.finished())
    }
}

fn found<K: Copy + Ord>(
    one: &SearchedGroup<'_, K>,
    other: &SearchedGroup<'_, K>,
    curve: &Sameness,
) -> Found<K> {
    let (low, high) = if one.key < other.key {
        (one, other)
    } else {
        (other, one)
    };
    // Computed from sums in f64, and so more exact than the search.
    let distance = low.centre().distance(&high.centre());
    Found {
        a: low.key,
        b: high.key,
        distance,
        log_odds: curve.log_odds(distance, &low.evidence, &high.evidence),
    }
}

/// Groups of similar size.
struct Class<'a, K> {
    groups: Vec<&'a SearchedGroup<'a, K>>,
    rows: Rows<'a>,
    /// An evidence for which the maximum distance is at least that of any of the groups.
    bound: Evidence,
}

fn classes<'a, K: Sync>(groups: &'a [SearchedGroup<'a, K>]) -> Vec<Class<'a, K>> {
    let mut classes: [Vec<&SearchedGroup<'_, K>>; CLASSES.len()] = Default::default();
    for group in groups {
        let class = CLASSES.partition_point(|&most| most < group.evidence.faces);
        classes[class].push(group);
    }
    for class in &mut classes {
        // The bits of numbers from 0 on are in the order of the numbers.
        class.par_sort_by_cached_key(|group| largest_coordinate(group.mean).to_bits());
    }
    let some = classes.into_iter().filter(|groups| !groups.is_empty());
    some.map(|groups| Class {
        rows: Rows::of_each(groups.iter().map(|group| group.mean)),
        bound: Evidence::most_of(groups.iter().map(|group| &group.evidence)),
        groups,
    })
    .collect()
}

/// The pairs of a group of one class with a group of another, or within one.
struct ClassPair<'a, K> {
    one: &'a Class<'a, K>,
    other: &'a Class<'a, K>,
    close: ClosePairs<'a>,
}

impl<'a, K: Copy + Ord> ClassPair<'a, K> {
    fn new(
        (one, one_side): (&'a Class<'a, K>, &'a Side<'a>),
        (other, other_side): (&'a Class<'a, K>, &'a Side<'a>),
        floor: f64,
        search: &PairSearch<'a>,
    ) -> ClassPair<'a, K> {
        let reach = search.sameness.reach(floor, &one.bound, &other.bound) + ROUNDING;
        let close = if std::ptr::eq(one, other) {
            ClosePairs::within(one_side, reach, search.stop)
        } else {
            ClosePairs::between(one_side, other_side, reach, search.stop)
        };
        ClassPair { one, other, close }
    }

    fn of_block(
        &self,
        block: usize,
        floor: f64,
        search: &PairSearch<'_>,
    ) -> Result<Vec<Found<K>>, Stopped> {
        let (one, other) = (self.one, self.other);
        let reach = search.sameness.reach(floor, &one.bound, &other.bound) + ROUNDING;
        let near = self.close.of_block(block, |pair| pair.distance <= reach)?;
        let found = near.iter().map(|pair| {
            let (one, other) = (one.groups[pair.a as usize], other.groups[pair.b as usize]);
            found(one, other, search.sameness)
        });
        Ok(found.filter(|found| found.log_odds >= floor).collect())
    }
}

/// The most probable pairs so far.
struct Kept<K> {
    pairs: Vec<Found<K>>,
    floor: f64,
}

fn lock<K>(kept: &Mutex<Kept<K>>) -> MutexGuard<'_, Kept<K>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Copy + Ord> Kept<K> {
    fn take(&mut self, found: Vec<Found<K>>) {
        self.pairs.extend(found);
        if self.pairs.len() > 2 * MAX_KEPT {
            self.prune();
        }
    }

    fn prune(&mut self) {
        self.pairs.sort_unstable_by(|one, other| {
            let keys = (one.a, one.b).cmp(&(other.a, other.b));
            other.log_odds.total_cmp(&one.log_odds).then(keys)
        });
        if let Some(first_out) = self.pairs.get(MAX_KEPT) {
            self.floor = self.floor.max(first_out.log_odds);
            self.pairs.truncate(MAX_KEPT);
        }
    }
}

/// The best pairs so far, without those that can no longer be among the result.
struct Best<K> {
    pairs: Vec<NearGroups<K>>,
    most: usize,
    /// Pairs below this are not among the best.
    floor: f64,
}

impl<K: Copy + Ord> Best<K> {
    fn take(&mut self, pair: NearGroups<K>) {
        self.pairs.push(pair);
        if self.pairs.len() > self.most + self.most / 4 {
            self.prune();
        }
    }

    fn prune(&mut self) {
        self.pairs.sort_unstable_by(|one, other| {
            let keys = (one.a, one.b).cmp(&(other.a, other.b));
            other.probability.total_cmp(&one.probability).then(keys)
        });
        self.pairs.truncate(self.most);
        if self.pairs.len() == self.most {
            let worst = self.pairs.last();
            self.floor = worst.map_or(self.floor, |worst| worst.probability);
        }
    }

    fn finished(mut self) -> Vec<NearGroups<K>> {
        self.prune();
        self.pairs
    }
}
