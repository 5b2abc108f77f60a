//! Which new group continues which old one, so that ids and names stay with their faces.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// For each label of `labels` (0 to the number of groups), the id that the group inherits, or `None` for a new group.
///
/// A group with a face in `fixed` has that id, whatever else it holds. Every other id goes to the group with most of
/// the faces that had it `before`; a group that could inherit several takes the one it shares most faces with. On a tie
/// the lower id comes first, and goes to the group whose first face comes first. The three slices have one entry per
/// face.
pub fn inherited_ids<Id: Copy + Ord + Hash>(
    labels: &[u32],
    before: &[Option<Id>],
    fixed: &[Option<Id>],
) -> Vec<Option<Id>> {
    let groups = labels.iter().max().map_or(0, |&last| last as usize + 1);
    let mut inherited: Vec<Option<Id>> = vec![None; groups];
    let mut taken: HashSet<Id> = HashSet::new();
    for (&label, &id) in labels.iter().zip(fixed) {
        if let Some(id) = id {
            inherited[label as usize] = Some(id);
            taken.insert(id);
        }
    }
    for (id, label) in by_overlap(labels, before) {
        if inherited[label as usize].is_none() && taken.insert(id) {
            inherited[label as usize] = Some(id);
        }
    }
    inherited
}

/// The pairs of an old id and a new label with common faces: most faces first, then by id, then by label.
fn by_overlap<Id: Copy + Ord + Hash>(labels: &[u32], before: &[Option<Id>]) -> Vec<(Id, u32)> {
    let mut overlaps: HashMap<(Id, u32), usize> = HashMap::new();
    for (&label, &id) in labels.iter().zip(before) {
        if let Some(id) = id {
            *overlaps.entry((id, label)).or_insert(0) += 1;
        }
    }
    let mut ordered: Vec<((Id, u32), usize)> = overlaps.into_iter().collect();
    ordered.sort_unstable_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then(a.cmp(b)));
    ordered.into_iter().map(|(pair, _)| pair).collect()
}
