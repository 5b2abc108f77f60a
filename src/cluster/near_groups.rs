//! The pairs of groups that are most likely one person, among all pairs of a library, by blocked matrix products.

use std::sync::Mutex;

use rayon::prelude::*;

use super::centre::Centre;
use super::close_pairs::ClosePairs;
use super::sameness::Sameness;
use super::similarity::{Rows, Vector};
use crate::stop::{StopFlag, Stopped};

/// Two groups, by their places in the list of groups (`a` < `b`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NearGroups {
    pub a: usize,
    pub b: usize,
    /// Mean cosine distance over all pairs of faces of the two, 0 to 2.
    pub distance: f32,
    /// That the two are one person, 0 to 1.
    pub probability: f64,
}

/// The `most` likeliest of the pairs that `may_be_one` and are one person with at least the probability `least`, likeliest
/// first, then by place. Keeps a small multiple of `most` pairs in memory, however many groups there are.
pub fn near_groups(
    groups: &[Centre],
    sameness: &Sameness,
    least: f64,
    most: usize,
    may_be_one: impl Fn(usize, usize) -> bool + Sync,
    stop: &StopFlag,
) -> Result<Vec<NearGroups>, Stopped> {
    let means: Vec<Vector> = groups.iter().map(Centre::mean).collect();
    let rows = Rows::of_vectors(&means);
    // A hair wider: the exact distance, of sums in f64, decides.
    let search = ClosePairs::within(&rows, sameness.reach(least) + 1e-4, stop);
    let best = Mutex::new(Best::new(most));
    let blocks = (0..search.blocks()).into_par_iter();
    blocks.try_for_each(|block| {
        let mut found: Vec<NearGroups> = search
            .of_block(block, |_| true)?
            .iter()
            .map(|near| pair(groups, sameness, near.a as usize, near.b as usize))
            .filter(|near| near.probability >= least)
            .collect();
        let floor = lock(&best).floor;
        found.retain(|near| near.probability >= floor && may_be_one(near.a, near.b));
        lock(&best).take(found);
        Ok::<(), Stopped>(())
    })?;
    let best = best
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    Ok(best.finished())
}

fn lock<'a>(best: &'a Mutex<Best>) -> std::sync::MutexGuard<'a, Best> {
    best.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn pair(groups: &[Centre], sameness: &Sameness, a: usize, b: usize) -> NearGroups {
    let distance = groups[a].distance(&groups[b]);
    let probability = sameness.probability(distance, &groups[a].evidence(), &groups[b].evidence());
    NearGroups {
        a,
        b,
        distance,
        probability,
    }
}

/// The best pairs so far, and no worse ones than needed.
struct Best {
    pairs: Vec<NearGroups>,
    most: usize,
    /// Pairs below this are not among the best.
    floor: f64,
}

impl Best {
    fn new(most: usize) -> Best {
        Best {
            pairs: Vec::new(),
            most,
            floor: 0.0,
        }
    }

    fn take(&mut self, found: Vec<NearGroups>) {
        self.pairs.extend(found);
        if self.pairs.len() > 2 * self.most.max(1) {
            self.prune();
        }
    }

    fn prune(&mut self) {
        self.pairs.sort_unstable_by(|one, other| {
            let places = (one.a, one.b).cmp(&(other.a, other.b));
            other.probability.total_cmp(&one.probability).then(places)
        });
        self.pairs.truncate(self.most);
        if self.pairs.len() == self.most {
            self.floor = self.pairs.last().map_or(0.0, |worst| worst.probability);
        }
    }

    fn finished(mut self) -> Vec<NearGroups> {
        self.prune();
        self.pairs
    }
}
