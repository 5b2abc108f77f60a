//! Average linkage between groups of faces, however many faces they hold.
//!
//! The mean cosine distance of all pairs between two groups is one less the product of their mean embeddings, so a
//! group is its mean and its size, and no matrix of pairs is kept. Two unions of groups can only be as near as some pair
//! of their parts; so pairs that start further apart than the loosest cut are never looked at again, and the nearest
//! of the others are joined first: the same merges as average linkage over all faces makes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::constraints::{Bounds, FaceToGroup};
use super::partition::DisjointSets;
use crate::cluster::search::close_pairs::{ClosePairs, Pair};
use crate::cluster::search::similarity::{Rows, Vector};
use crate::cluster::{Centre, Evidence, Rule};
use crate::stop::{StopFlag, Stopped};

/// A group of faces as a part of others to come.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// In a box, so that what has gone into another part leaves no room behind.
    centre: Box<Centre>,
    evidence: Evidence,
    bounds: Bounds,
}

impl Part {
    pub(super) fn new(centre: Centre, bounds: Bounds) -> Part {
        Part {
            evidence: centre.evidence(),
            centre: Box::new(centre),
            bounds,
        }
    }

    pub(super) fn of<'a>(
        embeddings: impl Iterator<Item = &'a Vector>,
        faces: impl Iterator<Item = &'a FaceToGroup>,
    ) -> Part {
        Part::new(Centre::of_vectors(embeddings), Bounds::of(faces))
    }

    fn joined(&self, other: &Part) -> Part {
        Part::new(
            self.centre.with(&other.centre),
            self.bounds.joined(&other.bounds),
        )
    }
}

/// Joins `parts` nearest first while their mean distance is within what `rule` says of them, and returns one label per part.
/// Of equal distances the oldest parts go first.
pub(super) fn join(parts: Vec<Part>, rule: &Rule, stop: &StopFlag) -> Result<Vec<u32>, Stopped> {
    let means: Vec<Vector> = parts.iter().map(|part| part.centre.mean()).collect();
    let rows = Rows::of_vectors(&means);
    let links = links(&ClosePairs::within(&rows, rule.loosest + HAIR, stop))?;
    drop(rows);
    drop(means);
    let near = Near::of(parts.len(), links);
    join_near(parts, near, rule, stop)
}

/// [`join`] where it is known which parts are near enough to be joined one day.
pub(super) fn join_near(
    parts: Vec<Part>,
    near: Near,
    rule: &Rule,
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    Join::new(parts, near, rule, stop)?.run()
}

/// Two parts, or rows.
pub(super) type Link = (u32, u32);

/// The rows of all pairs of `search`, in the order of its blocks.
pub(super) fn links(search: &ClosePairs<'_>) -> Result<Vec<Vec<Link>>, Stopped> {
    let of_block = |block| {
        let pairs = search.of_block(block, |_| true)?;
        Ok(pairs.iter().map(|pair| (pair.a, pair.b)).collect())
    };
    (0..search.blocks()).into_par_iter().map(of_block).collect()
}

/// A hair wider than the cut: the exact distance, of sums in f64, decides afterwards.
pub(super) const HAIR: f32 = 1e-4;

/// For each part those that are, or were when it was made, near enough to be joined one day. Some have gone into others
/// since and stand for those.
pub(super) struct Near(Vec<Vec<u32>>);

impl Near {
    /// From links between `parts` parts, each once; of a part with itself none.
    pub(super) fn of(parts: usize, links: Vec<Vec<Link>>) -> Near {
        let mut counts = vec![0; parts];
        for &(a, b) in links.iter().flatten() {
            counts[a as usize] += 1;
            counts[b as usize] += 1;
        }
        // Made as long as they become: lists that grow hold up to twice as much.
        let mut near: Vec<Vec<u32>> = counts.into_iter().map(Vec::with_capacity).collect();
        for (a, b) in links.into_iter().flatten() {
            near[a as usize].push(b);
            near[b as usize].push(a);
        }
        near.par_iter_mut().for_each(|near| near.sort_unstable());
        Near(near)
    }
}

/// Joining on its way. Parts that merges make are numbered on.
struct Join<'a> {
    /// Those that have gone into another are gone.
    parts: Vec<Option<Part>>,
    near: Near,
    /// What each part has gone into; itself if it lives.
    into: Vec<u32>,
    queue: BinaryHeap<Reverse<Pair>>,
    rule: &'a Rule,
    stop: &'a StopFlag,
}

impl<'a> Join<'a> {
    fn new(
        parts: Vec<Part>,
        near: Near,
        rule: &'a Rule,
        stop: &'a StopFlag,
    ) -> Result<Join<'a>, Stopped> {
        let mut join = Join {
            into: (0..parts.len() as u32).collect(),
            parts: parts.into_iter().map(Some).collect(),
            near,
            queue: BinaryHeap::new(),
            rule,
            stop,
        };
        let begun = &join;
        let possible: Vec<Reverse<Pair>> = (0..begun.parts.len())
            .into_par_iter()
            .flat_map_iter(|a| {
                let near: &[u32] = if stop.is_set() { &[] } else { &begun.near.0[a] };
                let later = near.iter().filter(move |&&b| b as usize > a);
                later.filter_map(move |&b| begun.possible(a as u32, b))
            })
            .collect();
        stop.check()?;
        join.queue = BinaryHeap::from(possible);
        Ok(join)
    }

    fn run(mut self) -> Result<Vec<u32>, Stopped> {
        let count = self.parts.len();
        while let Some(Reverse(merge)) = self.queue.pop() {
            self.stop.check()?;
            self.merge(merge.a, merge.b);
        }
        let mut sets = DisjointSets::new(count);
        let mut first = std::collections::HashMap::new();
        for part in 0..count {
            let living = self.living(part as u32);
            sets.join(part, *first.entry(living).or_insert(part));
        }
        Ok(sets.labels())
    }

    /// The merge of two living parts, if the rule and the constraints allow it.
    fn possible(&self, a: u32, b: u32) -> Option<Reverse<Pair>> {
        let part_a = self.parts[a as usize].as_ref()?;
        let part_b = self.parts[b as usize].as_ref()?;
        let distance = part_a.centre.distance(&part_b.centre);
        let cut = self.rule.between(&part_a.evidence, &part_b.evidence);
        let allowed = distance <= cut && !part_a.bounds.forbid(&part_b.bounds);
        allowed.then_some(Reverse(Pair { distance, a, b }))
    }

    /// Nothing where one of the two has gone into another since.
    fn merge(&mut self, a: u32, b: u32) {
        let made = self.parts.len() as u32;
        let (Some(part_a), Some(part_b)) = (&self.parts[a as usize], &self.parts[b as usize])
        else {
            return;
        };
        let joined = part_a.joined(part_b);
        for gone in [a, b] {
            self.parts[gone as usize] = None;
            self.into[gone as usize] = made;
        }
        self.parts.push(Some(joined));
        self.into.push(made);
        let near = self.near_of_both(a, b, made);
        self.queue.extend(
            near.iter()
                .filter_map(|&other| self.possible(other, made))
                .collect::<Vec<_>>(),
        );
        self.near.0.push(near);
    }

    /// The living neighbours of both.
    fn near_of_both(&mut self, a: u32, b: u32, made: u32) -> Vec<u32> {
        let mut near = std::mem::take(&mut self.near.0[a as usize]);
        near.append(&mut self.near.0[b as usize]);
        for part in &mut near {
            *part = self.living(*part);
        }
        near.sort_unstable();
        near.dedup();
        near.retain(|&part| part != made);
        near
    }

    fn living(&mut self, part: u32) -> u32 {
        let mut part = part;
        while self.into[part as usize] != part {
            let next = self.into[part as usize];
            self.into[part as usize] = self.into[next as usize];
            part = next;
        }
        part
    }
}
