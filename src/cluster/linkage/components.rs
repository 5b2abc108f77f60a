//! Which faces hang together at every distance: the minimum spanning forest of the pairs within a cut.
//!
//! Faces are linked by pairs within d exactly where they are linked by edges of this forest within d, whatever d. So one
//! search over the pairs serves every cut below, and only as many edges as faces are kept.

use rayon::prelude::*;

use crate::cluster::search::close_pairs::{ClosePairs, Pair, Side};
use crate::cluster::search::neighbours::Neighbours;
use crate::cluster::search::similarity::Rows;
use crate::stop::{StopFlag, Stopped};

/// New pairs between two reductions to a forest: 100 MB.
const MAX_PAIRS: usize = 8_000_000;

/// The edges of the forest of all pairs within `cut`, shortest first. Of equal distances the pair with the lower rows goes
/// first, so it is unique.
pub(super) fn spanning_forest(
    rows: &Rows<'_>,
    cut: f32,
    stop: &StopFlag,
) -> Result<Vec<Pair>, Stopped> {
    let side = Side::of(rows);
    let search = ClosePairs::within(&side, cut, stop);
    Forest::grown(rows.len(), search.blocks(), |forest, block| {
        search.of_block(block, |pair| !forest.links_below(pair))
    })
}

/// The same of each row's near neighbours only: nearly all edges, in a small part of the time where there are very many rows.
/// Rows that are equal lie beside each other.
pub(super) fn spanning_forest_of_neighbours(
    rows: &Rows<'_>,
    cut: f32,
    stop: &StopFlag,
) -> Result<Vec<Pair>, Stopped> {
    let Some(neighbours) = Neighbours::of(rows) else {
        return spanning_forest(rows, cut, stop);
    };
    Forest::grown(rows.len(), neighbours.blocks(), |forest, block| {
        stop.check()?;
        Ok(neighbours.of_block(block, cut, |pair| !forest.links_below(pair)))
    })
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

    /// Whether shorter edges link the two already: then this one is in no minimum spanning forest.
    fn links_below(&self, pair: Pair) -> bool {
        let top = |row| self.linked.top(row, pair.distance);
        top(pair.a) == top(pair.b)
    }

    /// The edges of the forest of the pairs that `find` finds in each block, given those of earlier blocks; some blocks at once.
    fn grown(
        rows: usize,
        blocks: usize,
        find: impl Fn(&Forest, usize) -> Result<Vec<Pair>, Stopped> + Sync,
    ) -> Result<Vec<Pair>, Stopped> {
        let mut forest = Forest::new(rows);
        let (mut first, mut at_once) = (0, rayon::current_num_threads());
        while first < blocks {
            let now = first..(first + at_once).min(blocks);
            let found = now.into_par_iter().map(|at| find(&forest, at));
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

    /// Kruskal's algorithm over the edges so far and the new ones: an edge that closes a circle is the longest of it.
    fn add(&mut self, found: Vec<Vec<Pair>>) {
        let mut edges = std::mem::take(&mut self.edges);
        found.into_iter().for_each(|pairs| edges.extend(pairs));
        edges.par_sort_unstable();
        self.linked = Linked::new(self.linked.rows.len());
        edges.retain(|edge| self.linked.link(edge));
        self.edges = edges;
    }
}

/// From which distance on rows are linked: trees in which the way up from a row passes what it was linked to, at ever larger
/// distances. Smaller trees go below larger ones, so no way is longer than the logarithm of the rows.
struct Linked {
    rows: Vec<Above>,
    /// Rows in the tree of each that is at the top.
    sizes: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Above {
    parent: u32,
    /// The distance of the edge that put the row below its parent; infinite at the top.
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

    /// Whether the edge links what was not linked until now. Edges come shortest first.
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

    /// What is at the top of the tree of a row, made of edges shorter than `distance`.
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
