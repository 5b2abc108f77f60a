//! One person several times in one photo: a mirror, a screen, a collage, a sheet of passport photos.
//!
//! Two faces of one photo are two people, so they are never grouped together. Where they are nearly the same, that rule
//! would tear the other photos of the person into groups, one for each of the faces. So such faces are one unit, which
//! joins a group only after all other faces are grouped: the photos of the person stay together as they were without the
//! photo, and a unit never connects two groups.

use std::collections::BTreeMap;

use super::constraints::FaceToGroup;
use super::distances::Distances;
use super::kodama::Tree;
use super::merge_components::{Component, TOLERANCE, merge_components};
use super::partition::members;
use crate::cluster::Rule;
use crate::cluster::search::close_pairs::{ClosePairs, Side};
use crate::cluster::search::similarity::{Rows, Vector};
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// Faces of one photo within this mean distance are one person. Of 7,000 pairs of clear faces that are in one photo of the
/// labelled sets, those within .42 are of a split screen, and the nearest two people are .47 apart.
const MAX_DISTANCE: f32 = 0.45;

/// Faces by position, and the units among them: both in ascending order.
pub(super) struct Repeated {
    pub(super) units: Vec<Vec<usize>>,
    pub(super) others: Vec<usize>,
}

/// Finds the units of two faces or more among clear faces that nobody has decided about.
pub(super) fn repeated(
    embeddings: &[&Centred],
    faces: &[&FaceToGroup],
    stop: &StopFlag,
) -> Result<Repeated, Stopped> {
    let mut units = Vec::new();
    for together in by_photo(faces).values() {
        if has_close_pair(embeddings, together) {
            units.extend(units_of_photo(embeddings, together, stop)?);
        }
    }
    units.sort_unstable();
    let mut is_in_unit = vec![false; faces.len()];
    units
        .iter()
        .flatten()
        .for_each(|&face| is_in_unit[face] = true);
    let others = (0..faces.len()).filter(|&face| !is_in_unit[face]);
    Ok(Repeated {
        others: others.collect(),
        units,
    })
}

/// The clear, undecided faces of each photo with two or more of them.
fn by_photo(faces: &[&FaceToGroup]) -> BTreeMap<u32, Vec<usize>> {
    let mut photos: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (position, face) in faces.iter().enumerate() {
        if face.is_clear() && face.must_link.is_none() && face.cannot_link.is_empty() {
            photos.entry(face.photo).or_default().push(position);
        }
    }
    photos.retain(|_, together| together.len() > 1);
    photos
}

fn has_close_pair(embeddings: &[&Centred], together: &[usize]) -> bool {
    together.iter().enumerate().any(|(nth, &one)| {
        let others = together[..nth].iter();
        let mut distances =
            others.map(|&other| 1.0 - embeddings[one].similarity(embeddings[other]));
        distances.any(|distance| distance <= MAX_DISTANCE)
    })
}

fn units_of_photo(
    embeddings: &[&Centred],
    together: &[usize],
    stop: &StopFlag,
) -> Result<Vec<Vec<usize>>, Stopped> {
    let rows = Rows::of_each(together.iter().map(|&face| embeddings[face].numbers()));
    let tree = Tree::over(Distances::of(&rows, stop)?, vec![1; together.len()], stop)?;
    let clusters = members(&tree.cut_at(MAX_DISTANCE)).into_iter();
    let units = clusters.filter(|cluster| cluster.len() > 1);
    let faces = |cluster: Vec<usize>| cluster.into_iter().map(|place| together[place]).collect();
    Ok(units.map(faces).collect())
}

/// Where each unit goes: to a group, nearest pairs first, or to a new one with others (numbered from `groups` on). A group
/// that a unit has joined attracts no more than before, but takes no other faces of that photo.
pub(super) fn joined(
    units: Vec<Component>,
    mut groups: Vec<Component>,
    rule: &Rule,
    stop: &StopFlag,
) -> Result<Vec<usize>, Stopped> {
    let mut near = near_pairs(&units, &groups, rule, stop)?;
    near.sort_by(|one, other| {
        one.2
            .total_cmp(&other.2)
            .then((one.0, one.1).cmp(&(other.0, other.1)))
    });
    let mut group_of: Vec<Option<usize>> = vec![None; units.len()];
    for (unit, group, _) in near {
        let may_join = || units[unit].distance_if_one(&groups[group], rule).is_some();
        if group_of[unit].is_none() && may_join() {
            group_of[unit] = Some(group);
            groups[group].bind(&units[unit]);
        }
    }
    let (left, components): (Vec<usize>, Vec<Component>) = units
        .into_iter()
        .enumerate()
        .filter(|(unit, _)| group_of[*unit].is_none())
        .unzip();
    for (unit, label) in left
        .into_iter()
        .zip(merge_components(components, rule, stop)?)
    {
        group_of[unit] = Some(groups.len() + label as usize);
    }
    Ok(group_of.into_iter().flatten().collect())
}

/// The pairs of a unit and a group that are near enough, with their distance.
fn near_pairs(
    units: &[Component],
    groups: &[Component],
    rule: &Rule,
    stop: &StopFlag,
) -> Result<Vec<(usize, usize, f32)>, Stopped> {
    let [of_units, of_groups] = [units, groups].map(|components| {
        components
            .iter()
            .map(Component::mean)
            .collect::<Vec<Vector>>()
    });
    let (unit_rows, group_rows) = (Rows::of_vectors(&of_units), Rows::of_vectors(&of_groups));
    let (left, right) = (Side::of(&unit_rows), Side::of(&group_rows));
    let search = ClosePairs::between(&left, &right, rule.max_distance() + TOLERANCE, stop);
    let mut near = Vec::new();
    for block in 0..search.blocks() {
        for pair in search.of_block(block, |_| true)? {
            let (unit, group) = (pair.a as usize, pair.b as usize);
            let distance = units[unit].distance_if_one(&groups[group], rule);
            near.extend(distance.map(|distance| (unit, group, distance)));
        }
    }
    Ok(near)
}
