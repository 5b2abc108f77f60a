//! Average linkage between groups of faces of any size.
//!
//! The mean cosine distance over all pairs of two groups is one minus the dot product of their mean embeddings. So a
//! group is represented by its mean and size, without a distance matrix. The union of two groups can only be as near to
//! a third as one of the two is. So pairs that start above the maximum distance are ignored, and the nearest of the
//! others are merged first. The merges are those of average linkage over all faces.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::constraints::{Constraints, FaceToGroup};
use super::partition::DisjointSets;
use crate::cluster::search::close_pairs::{ClosePairs, Pair, Side};
use crate::cluster::search::similarity::{Rows, Vector};
use crate::cluster::{Centre, Evidence, Rule};
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// A group of faces that may be merged with others.
#[derive(Clone, Debug)]
pub(super) struct Component {
    /// Boxed, so that the slot of a component that was merged takes little memory.
    centre: Box<Centre>,
    evidence: Evidence,
    constraints: Constraints,
}

impl Component {
    pub(super) fn new(centre: Centre, constraints: Constraints) -> Component {
        Component {
            evidence: centre.evidence(),
            centre: Box::new(centre),
            constraints,
        }
    }

    pub(super) fn of<'a>(
        embeddings: impl Iterator<Item = &'a Centred>,
        faces: impl Iterator<Item = &'a FaceToGroup>,
    ) -> Component {
        Component::new(Centre::of(embeddings), Constraints::of(faces))
    }

    pub(super) fn mean(&self) -> Vector {
        self.centre.mean()
    }

    /// The mean distance of two components that may be merged.
    pub(super) fn distance_if_one(&self, other: &Component, rule: &Rule) -> Option<f32> {
        let distance = self.centre.distance(&other.centre);
        let cut = rule.between(&self.evidence, &other.evidence);
        (distance <= cut && !self.constraints.forbid(&other.constraints)).then_some(distance)
    }

    /// Takes over the constraints of a component that joins it, but not its embeddings.
    pub(super) fn bind(&mut self, other: &Component) {
        self.constraints = self.constraints.union(&other.constraints);
    }

    pub(super) fn union(&self, other: &Component) -> Component {
        Component::new(
            self.centre.with(&other.centre),
            self.constraints.union(&other.constraints),
        )
    }
}

/// Merges `components`, nearest first, while their mean distance is within what `rule` allows, and returns one label
/// per component. On equal distances the oldest components come first.
pub(super) fn merge_components(
    components: Vec<Component>,
    rule: &Rule,
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    let means: Vec<Vector> = components.iter().map(Component::mean).collect();
    let rows = Rows::of_vectors(&means);
    let side = Side::of(&rows);
    let links = links(&ClosePairs::within(
        &side,
        rule.max_distance + TOLERANCE,
        stop,
    ))?;
    drop(side);
    drop(rows);
    drop(means);
    let near = Adjacency::of(components.len(), links);
    merge_linked(components, near, rule, stop)
}

/// [`merge_components`], given the components that may be close enough at some point.
pub(super) fn merge_linked(
    components: Vec<Component>,
    near: Adjacency,
    rule: &Rule,
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    Merging::new(components, near, rule, stop)?.run()
}

/// Two components, or rows.
pub(super) type Link = (u32, u32);

/// The rows of all pairs of `search`, block by block.
pub(super) fn links(search: &ClosePairs<'_>) -> Result<Vec<Vec<Link>>, Stopped> {
    let of_block = |block| {
        let pairs = search.of_block(block, |_| true)?;
        Ok(pairs.iter().map(|pair| (pair.a, pair.b)).collect())
    };
    (0..search.blocks()).into_par_iter().map(of_block).collect()
}

/// Added to the cut of the f32 search; the exact distance, from sums in f64, decides afterwards.
pub(super) const TOLERANCE: f32 = 1e-4;

/// For each component, those that are, or were when it was made, close enough to be merged at some point. Components
/// that were merged since stand for the result.
pub(super) struct Adjacency(Vec<Vec<u32>>);

impl Adjacency {
    /// From links between `components` components, each given once; no component is linked with itself.
    pub(super) fn of(components: usize, links: Vec<Vec<Link>>) -> Adjacency {
        let mut counts = vec![0; components];
        for &(a, b) in links.iter().flatten() {
            counts[a as usize] += 1;
            counts[b as usize] += 1;
        }
        // With exact capacity: growing lists would take up to twice the memory.
        let mut near: Vec<Vec<u32>> = counts.into_iter().map(Vec::with_capacity).collect();
        for (a, b) in links.into_iter().flatten() {
            near[a as usize].push(b);
            near[b as usize].push(a);
        }
        near.par_iter_mut().for_each(|near| near.sort_unstable());
        Adjacency(near)
    }
}

/// The state of merging. Merged components are numbered after the original ones.
struct Merging<'a> {
    /// `None` once merged into another.
    components: Vec<Option<Component>>,
    near: Adjacency,
    /// What each component was merged into; itself if it still exists.
    into: Vec<u32>,
    queue: BinaryHeap<Reverse<Pair>>,
    rule: &'a Rule,
    stop: &'a StopFlag,
}

impl<'a> Merging<'a> {
    fn new(
        components: Vec<Component>,
        near: Adjacency,
        rule: &'a Rule,
        stop: &'a StopFlag,
    ) -> Result<Merging<'a>, Stopped> {
        let mut merging = Merging {
            into: (0..components.len() as u32).collect(),
            components: components.into_iter().map(Some).collect(),
            near,
            queue: BinaryHeap::new(),
            rule,
            stop,
        };
        let begun = &merging;
        let possible: Vec<Reverse<Pair>> = (0..begun.components.len())
            .into_par_iter()
            .flat_map_iter(|a| {
                let near: &[u32] = if stop.is_set() { &[] } else { &begun.near.0[a] };
                let later = near.iter().filter(move |&&b| b as usize > a);
                later.filter_map(move |&b| begun.possible(a as u32, b))
            })
            .collect();
        stop.check()?;
        merging.queue = BinaryHeap::from(possible);
        Ok(merging)
    }

    fn run(mut self) -> Result<Vec<u32>, Stopped> {
        let count = self.components.len();
        while let Some(Reverse(merge)) = self.queue.pop() {
            self.stop.check()?;
            self.merge(merge.a, merge.b);
        }
        let mut sets = DisjointSets::new(count);
        let mut first = std::collections::HashMap::new();
        for component in 0..count {
            let current = self.current(component as u32);
            sets.join(component, *first.entry(current).or_insert(component));
        }
        Ok(sets.labels())
    }

    /// The merge of two existing components, if the rule and the constraints allow it.
    fn possible(&self, a: u32, b: u32) -> Option<Reverse<Pair>> {
        let one = self.components[a as usize].as_ref()?;
        let other = self.components[b as usize].as_ref()?;
        let distance = one.distance_if_one(other, self.rule)?;
        Some(Reverse(Pair { distance, a, b }))
    }

    /// Does nothing if one of the two was merged since.
    fn merge(&mut self, a: u32, b: u32) {
        let merged = self.components.len() as u32;
        let (Some(one), Some(other)) = (&self.components[a as usize], &self.components[b as usize])
        else {
            return;
        };
        let union = one.union(other);
        for gone in [a, b] {
            self.components[gone as usize] = None;
            self.into[gone as usize] = merged;
        }
        self.components.push(Some(union));
        self.into.push(merged);
        let near = self.near_of_both(a, b, merged);
        self.queue.extend(
            near.iter()
                .filter_map(|&other| self.possible(other, merged))
                .collect::<Vec<_>>(),
        );
        self.near.0.push(near);
    }

    /// The existing neighbours of both.
    fn near_of_both(&mut self, a: u32, b: u32, merged: u32) -> Vec<u32> {
        let mut near = std::mem::take(&mut self.near.0[a as usize]);
        near.append(&mut self.near.0[b as usize]);
        for component in &mut near {
            *component = self.current(*component);
        }
        near.sort_unstable();
        near.dedup();
        near.retain(|&component| component != merged);
        near
    }

    fn current(&mut self, component: u32) -> u32 {
        let mut component = component;
        while self.into[component as usize] != component {
            let next = self.into[component as usize];
            self.into[component as usize] = self.into[next as usize];
            component = next;
        }
        component
    }
}
