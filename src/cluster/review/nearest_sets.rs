//! The nearest of some sets of faces to each of many groups, by blocked products of their means.

use rayon::prelude::*;

use crate::cluster::search::close_pairs::{ClosePairs, Side};
use crate::cluster::search::similarity::{BLOCK, Rows, Vector};
use crate::stop::{StopFlag, Stopped};

/// For each of the groups, given by the means of their centred embeddings, the index of the nearest set and their mean
/// cosine distance (0 to 2), if it is at most `reach`; on a tie the first set.
///
/// # Errors
/// [`Stopped`] once `stop` is set.
pub fn nearest_sets(
    groups: &[&Vector],
    sets: &[&Vector],
    reach: f32,
    stop: &StopFlag,
) -> Result<Vec<Option<(usize, f32)>>, Stopped> {
    let mut nearest = vec![None; groups.len()];
    if groups.is_empty() || sets.is_empty() {
        return Ok(nearest);
    }
    let (group_rows, set_rows) = (
        Rows::of_each(groups.iter().copied()),
        Rows::of_each(sets.iter().copied()),
    );
    let (left, right) = (Side::of(&group_rows), Side::of(&set_rows));
    let search = ClosePairs::between(&left, &right, reach, stop);
    nearest
        .par_chunks_mut(BLOCK)
        .enumerate()
        .try_for_each(|(block, nearest)| {
            let near = search.of_block(block, |pair| pair.distance <= reach)?;
            for pair in near {
                let best = &mut nearest[pair.a as usize - block * BLOCK];
                let found = (pair.b as usize, pair.distance);
                let is_nearer =
                    |(index, distance): &(usize, f32)| (found.1, found.0) < (*distance, *index);
                if best.as_ref().is_none_or(is_nearer) {
                    *best = Some(found);
                }
            }
            Ok(())
        })?;
    Ok(nearest)
}
