//! Groups new faces into existing groups: merges that involve a new face, nearest first.
//!
//! The rule and the constraints are those of grouping all faces, but existing groups are never divided, and only pairs
//! with a new face on one side are candidates. So a face that has a group stays with its whole group, and two groups
//! become one only if a new face is close to both. One search over the means of all groups finds those near a new face;
//! the other groups are ignored.
//!
//! `docs/grouping.md` says what grouping all faces again would do differently.

use std::collections::HashMap;

use rayon::prelude::*;

use super::constraints::{Constraints, FaceToGroup};
use super::group::canonical_order;
use super::merge_components::{Adjacency, Component, Link, TOLERANCE, links, merge_linked};
use super::partition::{members, relabelled};
use super::repeated::{Repeated, joined, repeated};
use crate::cluster::search::close_pairs::{ClosePairs, Side};
use crate::cluster::search::similarity::{Rows, Vector};
use crate::cluster::{Centre, Rule};
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// New faces, and the existing groups that they join, as indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Union {
    /// Ascending, at least one.
    pub new_faces: Vec<usize>,
    /// Ascending; empty if the new faces form a group of their own.
    pub existing: Vec<usize>,
}

/// Joins `new_faces` to the groups with the centres `existing` and to each other. Every new face is in exactly one
/// union; the unions are sorted by their first new face.
///
/// `faces` has the constraints of each new face, `faces_of` returns those of the faces of an existing group; the faces
/// of one must-link label are in one group. The result depends neither on the order of the new faces nor on the number
/// of threads, nor, unless two groups have the same centre, on the order of the groups.
///
/// # Panics
/// If `new_faces` and `faces` differ in length.
pub fn group_new_faces(
    existing: &[Centre],
    faces_of: impl Fn(usize) -> Vec<FaceToGroup> + Sync,
    new_faces: &[Centred],
    faces: &[FaceToGroup],
    rule: &Rule,
    stop: &StopFlag,
) -> Result<Vec<Union>, Stopped> {
    assert_eq!(
        new_faces.len(),
        faces.len(),
        "constraints for each new face"
    );
    let order = canonical_order(new_faces, faces);
    let rows = Rows::gather(new_faces, &order);
    let side = Side::of(&rows);
    let mut links = links(&ClosePairs::within(
        &side,
        rule.max_distance + TOLERANCE,
        stop,
    ))?;
    let to_existing = links_to_existing(existing, &side, rule, stop)?;
    let near_places = in_canonical_order(existing, &to_existing);
    links.extend(renumbered(to_existing, &near_places, order.len()));

    let ordered: Vec<&Centred> = order.iter().map(|&face| &new_faces[face]).collect();
    let of_ordered: Vec<&FaceToGroup> = order.iter().map(|&face| &faces[face]).collect();
    let Repeated { units, .. } = repeated(&ordered, &of_ordered, stop)?;
    let mut components: Vec<Component> = ordered
        .iter()
        .zip(of_ordered)
        .map(|(&embedding, face)| Component::of([embedding].into_iter(), [face].into_iter()))
        .collect();
    components.par_extend(near_places.par_iter().map(|&place| {
        let constraints = Constraints::of(faces_of(place).iter());
        Component::new(existing[place].clone(), constraints)
    }));
    // The faces of units join at last, so nothing is linked with them before.
    let is_in_unit = in_units(&units, components.len());
    for links in &mut links {
        links.retain(|&(a, b)| !is_in_unit[a as usize] && !is_in_unit[b as usize]);
    }
    let near = Adjacency::of(components.len(), links);
    let before = (!units.is_empty()).then(|| components.clone());
    let mut labels = merge_linked(components, near, rule, stop)?;
    if let Some(components) = before {
        labels = with_units(&labels, &units, &components, rule, stop)?;
    }
    Ok(unions(&labels, &order, &near_places))
}

/// Which of `count` components are faces of these units.
fn in_units(units: &[Vec<usize>], count: usize) -> Vec<bool> {
    let mut is_in_unit = vec![false; count];
    units
        .iter()
        .flatten()
        .for_each(|&face| is_in_unit[face] = true);
    is_in_unit
}

/// The labels of components after the units, of which each face has a label of its own, have joined the others.
fn with_units(
    labels: &[u32],
    units: &[Vec<usize>],
    components: &[Component],
    rule: &Rule,
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    let is_in_unit = in_units(units, components.len());
    let united = |parts: &[usize]| {
        let parts = parts.iter().map(|&part| components[part].clone());
        parts.reduce(|one, other| one.union(&other))
    };
    let mut groups = members(labels);
    groups.retain(|parts| !is_in_unit[parts[0]]);
    let of_units = units.iter().filter_map(|unit| united(unit)).collect();
    let of_groups = groups.iter().filter_map(|group| united(group)).collect();
    let group_of = joined(of_units, of_groups, rule, stop)?;
    for (unit, group) in units.iter().zip(group_of) {
        groups.resize(groups.len().max(group + 1), Vec::new());
        groups[group].extend(unit);
    }
    let mut labels = vec![0; components.len()];
    for (label, group) in (0..).zip(groups) {
        group.into_iter().for_each(|part| labels[part] = label);
    }
    Ok(relabelled(&labels))
}

/// The existing groups within reach of a new face, each with the row of that face.
fn links_to_existing(
    existing: &[Centre],
    new_faces: &Side<'_>,
    rule: &Rule,
    stop: &StopFlag,
) -> Result<Vec<Vec<Link>>, Stopped> {
    if new_faces.is_empty() {
        return Ok(Vec::new());
    }
    let means: Vec<Vector> = existing.par_iter().map(Centre::mean).collect();
    let rows = Rows::of_vectors(&means);
    let existing = Side::of(&rows);
    let search = ClosePairs::between(&existing, new_faces, rule.max_distance + TOLERANCE, stop);
    links(&search)
}

/// The linked groups sorted by centre, so that their order does not matter on equal distances.
fn in_canonical_order(existing: &[Centre], links: &[Vec<Link>]) -> Vec<usize> {
    let mut places: Vec<usize> = links
        .iter()
        .flatten()
        .map(|&(place, _)| place as usize)
        .collect();
    places.sort_unstable();
    places.dedup();
    places.sort_by(|&a, &b| {
        let numbers = existing[a].sum().iter().zip(existing[b].sum());
        let mut orders = numbers.map(|(x, y)| x.total_cmp(y));
        let first_difference = orders.find(|order| order.is_ne());
        first_difference.unwrap_or(std::cmp::Ordering::Equal)
    });
    places
}

/// The links between components, of which the first `new_faces` are the new faces and the groups at `places` follow.
fn renumbered(links: Vec<Vec<Link>>, places: &[usize], new_faces: usize) -> Vec<Vec<Link>> {
    let components: HashMap<usize, u32> = places.iter().copied().zip(new_faces as u32..).collect();
    let renamed = |links: Vec<Link>| {
        let links = links.into_iter();
        links
            .map(|(place, row)| (row, components[&(place as usize)]))
            .collect()
    };
    links.into_iter().map(renamed).collect()
}

/// The components of each label that has a new face.
fn unions(labels: &[u32], order: &[usize], places: &[usize]) -> Vec<Union> {
    let with_new_face = |components: Vec<usize>| {
        let first_existing = components.partition_point(|&component| component < order.len());
        let (new_faces, existing) = components.split_at(first_existing);
        let mut union = Union {
            new_faces: new_faces
                .iter()
                .map(|&component| order[component])
                .collect(),
            existing: existing
                .iter()
                .map(|&component| places[component - order.len()])
                .collect(),
        };
        union.new_faces.sort_unstable();
        union.existing.sort_unstable();
        (!union.new_faces.is_empty()).then_some(union)
    };
    let mut unions: Vec<Union> = members(labels)
        .into_iter()
        .filter_map(with_new_face)
        .collect();
    unions.sort_unstable_by_key(|union| union.new_faces[0]);
    unions
}
