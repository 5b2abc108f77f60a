//! Connected components at every distance: the minimum spanning forest of the pairs within a cut.
//!
//! For every distance d, two faces are connected by pairs within d exactly if they are connected by edges of this
//! forest within d. So one search over the pairs serves all smaller cuts, and at most one edge per face is kept.

use rayon::prelude::*;

use crate::cluster::search::close_pairs::{ClosePairs, Pair, Side};
use crate::cluster::search::similarity::Rows;
use crate::stop::{StopFlag, Stopped};

/// New pairs between two reductions to a forest: 100 MB.
const MAX_PAIRS: usize = 8_000_000;

/// The edges of the forest of all pairs within `cut`, shortest first. On equal distances the pair with the lower rows
/// comes first, so the forest is unique.
pub(super) fn spanning_forest(
    rows: &Rows<'_>,
    cut: f32,
    stop: &StopFlag,
) -> Result<Vec<Pair>, Stopped> {
    let side = Side::of(rows);
    let search = ClosePairs::within(&side, cut, stop);
    Forest::grown(rows.len(), &search)
}

struct Forest {
    edges: Vec<Pair>,
    linked: Linked,
}

impl Forest {
    fn new(rows: usize) -> Forest {
        Forest {
            edges: Vec::new(),
            linked: Linked::new(rows),
        }
    }

    /// Whether shorter edges already connect the two; then this pair is in no minimum spanning forest.
    fn links_below(&self, pair: Pair) -> bool {
        let top = |row| self.linked.top(row, pair.distance);
        top(pair.a) == top(pair.b)
    }

    /// The edges of the forest of the pairs of `search`; several of its blocks run at once.
    fn grown(rows: usize, search: &ClosePairs<'_>) -> Result<Vec<Pair>, Stopped> {
        let blocks = search.blocks();
        let mut forest = Forest::new(rows);
        let (mut first, mut at_once) = (0, rayon::current_num_threads());
        while first < blocks {
            let now = first..(first + at_once).min(blocks);
            let found = now
                .into_par_iter()
                .map(|block| search.of_block(block, |pair| !forest.links_below(pair)));
            let found = found.collect::<Result<Vec<Vec<Pair>>, Stopped>>()?;
            let pairs: usize = found.iter().map(Vec::len).sum();
            first += at_once;
            at_once = if pairs < MAX_PAIRS / 4 {
                at_once * 2
            } else {
                (at_once / 2).max(1)
            };
            forest.add(found);
        }
        Ok(forest.edges)
    }

    /// Kruskal's algorithm over the old edges and the new pairs: an edge that closes a cycle is the longest of the
    /// cycle.
    fn add(&mut self, found: Vec<Vec<Pair>>) {
        let mut edges = std::mem::take(&mut self.edges);
        found.into_iter().for_each(|pairs| edges.extend(pairs));
        edges.par_sort_unstable();
        self.linked = Linked::new(self.linked.rows.len());
        edges.retain(|edge| self.linked.link(edge));
        self.edges = edges;
    }
}

/// From which distance on rows are connected: a union-find forest without path compression, in which distances grow
/// from a row to the root. Smaller trees are attached to larger ones, so the depth is logarithmic.
struct Linked {
    rows: Vec<Above>,
    /// Number of rows in the tree of each root.
    sizes: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Above {
    parent: u32,
    /// The distance of the edge that attached the row to its parent; infinite at a root.
    since: f32,
}

impl Linked {
    fn new(rows: usize) -> Linked {
        let alone = |row| Above {
            parent: row,
            since: f32::INFINITY,
        };
        Linked {
            rows: (0..rows as u32).map(alone).collect(),
            sizes: vec![1; rows],
        }
    }

    /// Whether the edge connects two trees. Edges come shortest first.
    fn link(&mut self, edge: &Pair) -> bool {
        let [one, other] = [edge.a, edge.b].map(|row| self.top(row, f32::INFINITY));
        if one == other {
            return false;
        }
        let size = |row: u32| self.sizes[row as usize];
        let (low, high) = if size(one) <= size(other) {
            (one, other)
        } else {
            (other, one)
        };
        self.sizes[high as usize] += self.sizes[low as usize];
        self.rows[low as usize] = Above {
            parent: high,
            since: edge.distance,
        };
        true
    }

    /// The root of a row in the forest of the edges shorter than `distance`.
    fn top(&self, row: u32, distance: f32) -> u32 {
        let mut row = row;
        loop {
            let above = self.rows[row as usize];
            if above.since >= distance {
                return row;
            }
            row = above.parent;
        }
    }
}
