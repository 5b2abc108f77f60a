//! Which faces hang together at every distance: the minimum spanning forest of the pairs within a cut.
//!
//! Faces are linked by pairs within d exactly where they are linked by edges of this forest within d, whatever d. So one
//! search over all pairs serves every cut below, and only as many edges as faces are kept.

use rayon::prelude::*;

use super::close_pairs::{ClosePairs, Pair};
use super::partition::DisjointSets;
use super::similarity::Rows;

/// New pairs between two reductions to a forest: 100 MB.
const MOST_PAIRS: usize = 8_000_000;

/// Distances at which it is kept which faces are linked so far.
const LEVELS: [f32; 16] = [
    0.1, 0.125, 0.15, 0.175, 0.2, 0.225, 0.25, 0.275, 0.3, 0.325, 0.35, 0.375, 0.4, 0.425, 0.45,
    0.475,
];

/// The forest's edges, shortest first. Of equal distances the pair with the lower rows goes first, so it is unique.
pub(super) fn spanning_forest(rows: &Rows<'_>, cut: f32) -> Vec<Pair> {
    let search = ClosePairs::within(rows, cut);
    let mut forest = Forest::new(rows.len());
    let (mut first, mut at_once) = (0, rayon::current_num_threads());
    while first < search.blocks() {
        let blocks = first..(first + at_once).min(search.blocks());
        let found: Vec<Vec<Pair>> = blocks
            .into_par_iter()
            .map(|block| search.of_block(block, |pair| !forest.links_below(pair)))
            .collect();
        let pairs: usize = found.iter().map(Vec::len).sum();
        first += at_once;
        at_once = if pairs < MOST_PAIRS / 4 {
            at_once * 2
        } else {
            (at_once / 2).max(1)
        };
        forest.add(found);
    }
    forest.edges
}

struct Forest {
    edges: Vec<Pair>,
    /// For each level a label per row: those linked by edges up to that level have the same.
    linked: Vec<Vec<u32>>,
    rows: usize,
}

impl Forest {
    fn new(rows: usize) -> Forest {
        Forest {
            edges: Vec::new(),
            linked: Vec::new(),
            rows,
        }
    }

    /// Whether shorter edges link the two already: then this one is in no minimum spanning forest.
    fn links_below(&self, pair: Pair) -> bool {
        let below = LEVELS.iter().rposition(|&level| level < pair.distance);
        let Some(labels) = below.and_then(|level| self.linked.get(level)) else {
            return false;
        };
        labels[pair.a as usize] == labels[pair.b as usize]
    }

    /// Kruskal's algorithm over the edges so far and the new ones: an edge that closes a circle is the longest of it.
    fn add(&mut self, found: Vec<Vec<Pair>>) {
        let mut edges = std::mem::take(&mut self.edges);
        found.into_iter().for_each(|pairs| edges.extend(pairs));
        edges.par_sort_unstable();
        let mut sets = DisjointSets::new(self.rows);
        self.linked.clear();
        for edge in edges {
            while LEVELS
                .get(self.linked.len())
                .is_some_and(|&level| level < edge.distance)
            {
                self.linked.push(sets.roots());
            }
            if sets.join(edge.a as usize, edge.b as usize) {
                self.edges.push(edge);
            }
        }
        while self.linked.len() < LEVELS.len() {
            self.linked.push(sets.roots());
        }
    }
}
