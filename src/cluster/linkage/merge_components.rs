//! Average linkage between groups of faces, however many faces they hold.
//!
//! The mean cosine distance of all pairs between two groups is one less the product of their mean embeddings, so a
//! group is its mean and its size, and no matrix of pairs is kept. Two unions of groups can only be as near as some pair
//! of their components; so pairs that start further apart than the max_distance cut are never looked at again, and the nearest
//! of the others are joined first: the same merges as average linkage over all faces makes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::constraints::{Constraints, FaceToGroup};
use super::partition::DisjointSets;
use crate::cluster::search::close_pairs::{ClosePairs, Pair, Side};
use crate::cluster::search::similarity::{Rows, Vector};
use crate::cluster::{Centre, Evidence, Rule};
use crate::stop::{StopFlag, Stopped};

/// A group of faces as a component of others to come.
#[derive(Clone, Debug)]
pub(super) struct Component {
    /// In a box, so that what has gone into another component leaves no room behind.
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
        embeddings: impl Iterator<Item = &'a Vector>,
        faces: impl Iterator<Item = &'a FaceToGroup>,
    ) -> Component {
        Component::new(Centre::of_vectors(embeddings), Constraints::of(faces))
    }

    fn joined(&self, other: &Component) -> Component {
        Component::new(
            self.centre.with(&other.centre),
            self.constraints.joined(&other.constraints),
        )
    }
}

/// Joins `components` nearest first while their mean distance is within what `rule` says of them, and returns one label per component.
/// Of equal distances the oldest components go first.
pub(super) fn merge_components(
    components: Vec<Component>,
    rule: &Rule,
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    let means: Vec<Vector> = components
        .iter()
        .map(|component| component.centre.mean())
        .collect();
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

/// [`merge_components`] where it is known which components are near enough to be joined one day.
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

/// The rows of all pairs of `search`, in the order of its blocks.
pub(super) fn links(search: &ClosePairs<'_>) -> Result<Vec<Vec<Link>>, Stopped> {
    let of_block = |block| {
        let pairs = search.of_block(block, |_| true)?;
        Ok(pairs.iter().map(|pair| (pair.a, pair.b)).collect())
    };
    (0..search.blocks()).into_par_iter().map(of_block).collect()
}

/// A hair wider than the cut: the exact distance, of sums in f64, decides afterwards.
pub(super) const TOLERANCE: f32 = 1e-4;

/// For each component those that are, or were when it was merged, near enough to be joined one day. Some have gone into others
/// since and stand for those.
pub(super) struct Adjacency(Vec<Vec<u32>>);

impl Adjacency {
    /// From links between `components` components, each once; of a component with itself none.
    pub(super) fn of(components: usize, links: Vec<Vec<Link>>) -> Adjacency {
        let mut counts = vec![0; components];
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
        Adjacency(near)
    }
}

/// Joining on its way. Parts that merges make are relabelled on.
struct Merging<'a> {
    /// Those that have gone into another are gone.
    components: Vec<Option<Component>>,
    near: Adjacency,
    /// What each component has gone into; itself if it lives.
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
        let mut merge_components = Merging {
            into: (0..components.len() as u32).collect(),
            components: components.into_iter().map(Some).collect(),
            near,
            queue: BinaryHeap::new(),
            rule,
            stop,
        };
        let begun = &merge_components;
        let possible: Vec<Reverse<Pair>> = (0..begun.components.len())
            .into_par_iter()
            .flat_map_iter(|a| {
                let near: &[u32] = if stop.is_set() { &[] } else { &begun.near.0[a] };
                let later = near.iter().filter(move |&&b| b as usize > a);
                later.filter_map(move |&b| begun.possible(a as u32, b))
            })
            .collect();
        stop.check()?;
        merge_components.queue = BinaryHeap::from(possible);
        Ok(merge_components)
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

    /// The merge of two current components, if the rule and the constraints allow it.
    fn possible(&self, a: u32, b: u32) -> Option<Reverse<Pair>> {
        let component_a = self.components[a as usize].as_ref()?;
        let component_b = self.components[b as usize].as_ref()?;
        let distance = component_a.centre.distance(&component_b.centre);
        let cut = self
            .rule
            .between(&component_a.evidence, &component_b.evidence);
        let allowed = distance <= cut && !component_a.constraints.forbid(&component_b.constraints);
        allowed.then_some(Reverse(Pair { distance, a, b }))
    }

    /// Nothing where one of the two has gone into another since.
    fn merge(&mut self, a: u32, b: u32) {
        let merged = self.components.len() as u32;
        let (Some(component_a), Some(component_b)) =
            (&self.components[a as usize], &self.components[b as usize])
        else {
            return;
        };
        let joined = component_a.joined(component_b);
        for gone in [a, b] {
            self.components[gone as usize] = None;
            self.into[gone as usize] = merged;
        }
        self.components.push(Some(joined));
        self.into.push(merged);
        let near = self.near_of_both(a, b, merged);
        self.queue.extend(
            near.iter()
                .filter_map(|&other| self.possible(other, merged))
                .collect::<Vec<_>>(),
        );
        self.near.0.push(near);
    }

    /// The current neighbours of both.
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
