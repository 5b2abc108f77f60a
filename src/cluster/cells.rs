//! An index of many vectors, by which most pairs that are near are found without looking at all: an inverted file (Sivic and
//! Zisserman, ICCV 2003; Jégou, Douze and Schmid, PAMI 2011, section IV).
//!
//! Some of the vectors are centres of cells. Each vector lies in the cell of the centre that is most similar to it, and is
//! compared with what lies there and in the cells of the centres that come next. Two vectors are missed where neither's cell
//! is among those that the other looks into. The centres are vectors picked at even steps: faces lie dense where one person
//! has many photos, and so do centres picked from them. Nothing depends on chance or on the number of threads.

use rayon::prelude::*;

use super::close_pairs::{ClosePairs, Pair};
use super::similarity::{BLOCK, Block, Rows};

/// Cells for each root of the number of vectors: 4,000 of 250 vectors each for a million. FAISS takes 4 to 16.
const CELLS_PER_ROOT: f64 = 4.0;

/// Cells that a vector is compared with, its own among them. `docs/grouping.md` has what more and fewer find.
const LOOKED_INTO: usize = 32;

/// Vectors by cell: rows, ascending.
pub(super) struct Cells<'a> {
    rows: &'a Rows<'a>,
    inside: Vec<Vec<u32>>,
    /// Those in other cells that look into each.
    beside: Vec<Vec<u32>>,
}

impl<'a> Cells<'a> {
    pub(super) fn of(rows: &'a Rows<'a>) -> Cells<'a> {
        let root = (rows.len() as f64).sqrt();
        let count = ((CELLS_PER_ROOT * root) as usize).min(rows.len());
        let picked: Vec<usize> = (0..count).map(|cell| cell * rows.len() / count).collect();
        let centres = rows.some(&picked);
        let starts: Vec<usize> = (0..rows.len()).step_by(BLOCK).collect();
        let nearest: Vec<Vec<u32>> = starts
            .into_par_iter()
            .map(|start| nearest_of_block(rows, &centres, start))
            .collect();
        let looked_into = LOOKED_INTO.min(count);
        let of_rows = || nearest.iter().flat_map(|of| of.chunks_exact(looked_into));
        Cells {
            rows,
            inside: by_cell(count, || of_rows().map(|cells| &cells[..1])),
            beside: by_cell(count, || of_rows().map(|cells| &cells[1..])),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.inside.len()
    }

    /// What lies in a cell: its rows, and the vectors themselves.
    pub(super) fn inside(&self, cell: usize) -> (&[u32], Rows<'a>) {
        self.side(&self.inside[cell])
    }

    /// The pairs of what lies in a cell with what looks into it from others, at a cosine distance of at most `cut` and of which
    /// `keep` is true, as in [`ClosePairs::of_block`].
    pub(super) fn across(&self, cell: usize, cut: f32, keep: impl Fn(Pair) -> bool) -> Vec<Pair> {
        let (inside, members) = self.inside(cell);
        let (beside, lookers) = self.side(&self.beside[cell]);
        let named = |pair: Pair| {
            let (one, other) = (beside[pair.a as usize], inside[pair.b as usize]);
            Pair {
                a: one.min(other),
                b: one.max(other),
                ..pair
            }
        };
        let search = ClosePairs::between(&lookers, &members, cut);
        (0..search.blocks())
            .flat_map(|block| search.of_block(block, |pair| keep(named(pair))))
            .map(named)
            .collect()
    }

    fn side<'r>(&self, rows: &'r [u32]) -> (&'r [u32], Rows<'a>) {
        let positions: Vec<usize> = rows.iter().map(|&row| row as usize).collect();
        (rows, self.rows.some(&positions))
    }
}

/// The rows of each of `count` cells, from the cells of each row.
fn by_cell<'c, R: Iterator<Item = &'c [u32]>>(
    count: usize,
    of_rows: impl Fn() -> R,
) -> Vec<Vec<u32>> {
    let mut sizes = vec![0; count];
    for &cell in of_rows().flatten() {
        sizes[cell as usize] += 1;
    }
    // Made as long as they become: lists that grow hold up to twice as much.
    let mut by_cell: Vec<Vec<u32>> = sizes.into_iter().map(Vec::with_capacity).collect();
    for (row, cells) in (0u32..).zip(of_rows()) {
        for &cell in cells {
            by_cell[cell as usize].push(row);
        }
    }
    by_cell
}

/// The most similar centres of one vector, most similar first; of equals the first.
#[derive(Clone)]
struct Nearest(Vec<(f32, u32)>);

impl Nearest {
    fn meet(&mut self, cell: u32, similarity: f32) {
        let Nearest(best) = self;
        if best.len() == LOOKED_INTO && best.last().is_some_and(|last| similarity <= last.0) {
            return;
        }
        best.truncate(LOOKED_INTO - 1);
        let place = best.partition_point(|other| other.0 >= similarity);
        best.insert(place, (similarity, cell));
    }

    fn cells(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|&(_, cell)| cell)
    }
}

/// The most similar centres of each row of a block, row after row.
fn nearest_of_block(rows: &Rows<'_>, centres: &Rows<'_>, start: usize) -> Vec<u32> {
    let count = (rows.len() - start).min(BLOCK);
    let mut nearest = vec![Nearest(Vec::with_capacity(LOOKED_INTO)); count];
    for first in (0..centres.len()).step_by(BLOCK) {
        let block = Block::compute(rows, centres, start, first);
        for (row, similarities) in block.rows() {
            for (cell, &similarity) in (first as u32..).zip(similarities) {
                // What is not a number is far from everything.
                nearest[row - start].meet(cell, similarity.max(-1.0));
            }
        }
    }
    let mut cells = Vec::with_capacity(count * LOOKED_INTO.min(centres.len()));
    cells.extend(nearest.iter().flat_map(Nearest::cells));
    cells
}
