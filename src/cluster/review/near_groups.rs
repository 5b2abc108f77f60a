//! The pairs of groups that are most likely one person, among all pairs of a library, and kept while groups and curve change.
//!
//! All pairs are looked at once, by blocked matrix products, groups of like size together: how far apart two groups may lie
//! depends on their faces, and most groups have few. More pairs are kept than are asked for, each with its distance. A
//! group that changes is compared with all others again, and no others are. Where the curve changes, the pairs that were
//! left out can only have become so much likelier ([`Sameness::rise_from`]): as long as enough of those that are kept
//! are likelier than that, the likeliest are among them; else all pairs are looked at again.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::sameness::{Sameness, log_odds_of, logistic};
use crate::cluster::search::close_pairs::{ClosePairs, Side};
use crate::cluster::search::similarity::{Rows, Vector, distance_of};
use crate::cluster::{Centre, Evidence};
use crate::stop::{StopFlag, Stopped};
use crate::vision::product;

/// A group as the search sees it, by a key of its own.
#[derive(Clone, Copy, Debug)]
pub struct SearchedGroup<'a, K> {
    pub key: K,
    /// Mean of its embeddings.
    pub mean: &'a Vector,
    /// None for a group of one face, whose embedding is `mean`.
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
    /// That the two are one person, 0 to 1.
    pub probability: f64,
}

/// The likeliest pairs of groups, and more than anybody asks for.
#[derive(Debug)]
pub struct NearPairs<K> {
    /// The curve that `pairs` are ordered by.
    curve: Sameness,
    /// Likeliest first.
    pairs: Vec<Found<K>>,
    /// No pair that is left out has larger log-odds by `curve`.
    floor: f64,
}

#[derive(Clone, Copy, Debug)]
struct Found<K> {
    a: K,
    b: K,
    distance: f32,
    /// Of being one person, by the curve of the search.
    log_odds: f64,
}

/// What a search goes by.
#[derive(Clone, Copy)]
pub struct PairSearch<'a> {
    pub sameness: &'a Sameness,
    /// Pairs that are less likely are never asked for.
    pub least: f64,
    pub stop: &'a StopFlag,
}

/// Pairs kept (1.6 MB): a hundred times as many as the review asks for.
const MAX_KEPT: usize = 50_000;

/// Log-odds below the least that are kept as well: so the curve may change by an answer or two.
const MARGIN: f64 = 0.5;

/// How far a distance by means of f32 may be from the exact one.
const ROUNDING: f32 = 1e-4;

/// Log-odds that rounding may count for.
const ROUNDING_OF_LOG_ODDS: f64 = 0.01;

/// Groups are compared with all others one by one while they are no more than this, or than this share of all.
const MAX_ONE_BY_ONE: usize = 8;
const SHARE_ONE_BY_ONE: usize = 64;

/// The most faces of a group of each class; the last has no bound.
const CLASSES: [u32; 5] = [1, 2, 5, 15, u32::MAX];

impl<K: Copy + Ord + Hash + Send + Sync> NearPairs<K> {
    /// Looks at all pairs of `groups`.
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
        // The largest first: those are the likeliest, and raise the floor, by which later pairs reach less far.
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

    /// Brings the pairs up to date: of all groups there are now, `changed` are new or not what they were; others of
    /// `changed` are gone.
    ///
    /// # Errors
    /// [`Stopped`] once the search's flag is set; the pairs are as they were then.
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
                    // Of two that changed the lower one finds the other.
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

    /// The `most` likeliest of the pairs that `may_be_one` and are one person with at least the probability `least`, likeliest
    /// first, then by key. `None` where pairs that are not kept may be among them.
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
    // Of sums in f64, by which means of f32 are corrected.
    let distance = low.centre().distance(&high.centre());
    Found {
        a: low.key,
        b: high.key,
        distance,
        log_odds: curve.log_odds(distance, &low.evidence, &high.evidence),
    }
}

/// Groups of like size.
struct Class<'a, K> {
    groups: Vec<&'a SearchedGroup<'a, K>>,
    rows: Rows<'a>,
    /// As near as any of them can be asked to be.
    bound: Evidence,
}

fn classes<'a, K>(groups: &'a [SearchedGroup<'a, K>]) -> Vec<Class<'a, K>> {
    let mut classes: [Vec<&SearchedGroup<'_, K>>; CLASSES.len()] = Default::default();
    for group in groups {
        let class = CLASSES.partition_point(|&most| most < group.evidence.faces);
        classes[class].push(group);
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

/// The likeliest pairs so far.
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

/// The best pairs so far, and no worse ones than needed.
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
