//! New faces into groups that stand: what the newcomers bring together, nearest first.
//!
//! The same merges by the same [`Rule`] and constraints as in grouping all faces, but groups that stand are whole from the
//! start, and only pairs with a newcomer on one side are candidates. So a face that has a group stays with all of it, and
//! two groups become one only through newcomers within reach of both. One search of all means of groups tells which groups
//! are near a newcomer; nothing is asked about the others.
//!
//! `docs/grouping.md` says what grouping everything anew would do besides.

use std::collections::HashMap;

use rayon::prelude::*;

use super::constraints::{Bounds, FaceToGroup};
use super::group::canonical_order;
use super::merge_components::{HAIR, Link, Near, Part, join_near, links};
use super::partition::members;
use crate::cluster::search::close_pairs::ClosePairs;
use crate::cluster::search::similarity::{Rows, Vector};
use crate::cluster::{Centre, Rule};
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// What belongs together now: new faces and the groups that they have joined, each by its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Union {
    /// Ascending, at least one.
    pub newcomers: Vec<usize>,
    /// Ascending; empty where the newcomers are a group of their own.
    pub standing: Vec<usize>,
}

/// Joins `newcomers` to the groups that are `standing` and to each other. Every newcomer is in one of the unions, which come
/// in the order of their first newcomers.
///
/// `faces` says how each newcomer is bound, `faces_of` how the faces of the group at a place are; faces pinned to one label are in one group. The
/// result depends neither on the order of the newcomers nor on the number of threads, nor, unless two groups have the same centre, on
/// the order of the groups.
///
/// # Panics
/// If `newcomers` and `faces` differ in length.
pub fn group_newcomers(
    standing: &[Centre],
    faces_of: impl Fn(usize) -> Vec<FaceToGroup> + Sync,
    newcomers: &[Centred],
    faces: &[FaceToGroup],
    rule: &Rule,
    stop: &StopFlag,
) -> Result<Vec<Union>, Stopped> {
    assert_eq!(newcomers.len(), faces.len(), "a bound for each newcomer");
    let order = canonical_order(newcomers, faces);
    let rows = Rows::gather(newcomers, &order);
    let mut links = links(&ClosePairs::within(&rows, rule.loosest + HAIR, stop))?;
    let with_standing = links_with_standing(standing, &rows, rule, stop)?;
    let near_places = in_canonical_order(standing, &with_standing);
    links.extend(numbered_on(with_standing, &near_places, order.len()));

    let mut parts: Vec<Part> = order
        .iter()
        .map(|&newcomer| {
            let (embedding, face) = (newcomers[newcomer].numbers(), &faces[newcomer]);
            Part::of([embedding].into_iter(), [face].into_iter())
        })
        .collect();
    parts.par_extend(near_places.par_iter().map(|&place| {
        let bounds = Bounds::of(faces_of(place).iter());
        Part::new(standing[place].clone(), bounds)
    }));
    let near = Near::of(parts.len(), links);
    let labels = join_near(parts, near, rule, stop)?;
    Ok(unions(&labels, &order, &near_places))
}

/// The places of groups within reach of a newcomer, with that newcomer's row.
fn links_with_standing(
    standing: &[Centre],
    newcomers: &Rows<'_>,
    rule: &Rule,
    stop: &StopFlag,
) -> Result<Vec<Vec<Link>>, Stopped> {
    if newcomers.len() == 0 {
        return Ok(Vec::new());
    }
    let means: Vec<Vector> = standing.par_iter().map(Centre::mean).collect();
    let rows = Rows::of_vectors(&means);
    let search = ClosePairs::between(&rows, newcomers, rule.loosest + HAIR, stop);
    links(&search)
}

/// The linked places, by centre, so that the order of the groups does not show where two distances are equal.
fn in_canonical_order(standing: &[Centre], links: &[Vec<Link>]) -> Vec<usize> {
    let mut places: Vec<usize> = links
        .iter()
        .flatten()
        .map(|&(place, _)| place as usize)
        .collect();
    places.sort_unstable();
    places.dedup();
    places.sort_by(|&a, &b| {
        let numbers = standing[a].sum().iter().zip(standing[b].sum());
        let mut orders = numbers.map(|(x, y)| x.total_cmp(y));
        let first_difference = orders.find(|order| order.is_ne());
        first_difference.unwrap_or(std::cmp::Ordering::Equal)
    });
    places
}

/// The links between parts where the first `newcomers` parts are those and the groups at `places` follow.
fn numbered_on(links: Vec<Vec<Link>>, places: &[usize], newcomers: usize) -> Vec<Vec<Link>> {
    let parts: HashMap<usize, u32> = places.iter().copied().zip(newcomers as u32..).collect();
    let renamed = |links: Vec<Link>| {
        let links = links.into_iter();
        links
            .map(|(place, row)| (row, parts[&(place as usize)]))
            .collect()
    };
    links.into_iter().map(renamed).collect()
}

/// The parts of each label that has a newcomer.
fn unions(labels: &[u32], order: &[usize], places: &[usize]) -> Vec<Union> {
    let with_newcomer = |parts: Vec<usize>| {
        let first_standing = parts.partition_point(|&part| part < order.len());
        let (newcomers, standing) = parts.split_at(first_standing);
        let mut union = Union {
            newcomers: newcomers.iter().map(|&part| order[part]).collect(),
            standing: standing
                .iter()
                .map(|&part| places[part - order.len()])
                .collect(),
        };
        union.newcomers.sort_unstable();
        union.standing.sort_unstable();
        (!union.newcomers.is_empty()).then_some(union)
    };
    let mut unions: Vec<Union> = members(labels)
        .into_iter()
        .filter_map(with_newcomer)
        .collect();
    unions.sort_unstable_by_key(|union| union.newcomers[0]);
    unions
}
