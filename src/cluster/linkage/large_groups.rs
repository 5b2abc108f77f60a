//! Very large groups of one person, found without comparing all their pairs.
//!
//! Nearly all pairs within such a group are close: 1.25 billion for 50,000 faces. A sample of all faces, grouped by
//! average linkage, shows which large groups exist, and their means. A face joins a large group if no other group of
//! the sample is nearer on average. The outermost faces, and all other faces, are then grouped as usual. Groups of at
//! most [`MIN_FACES`] faces are never treated this way.

use std::collections::{BTreeMap, HashSet};

use super::constraints::FaceToGroup;
use crate::cluster::Centre;
use crate::cluster::search::similarity::{Rows, Vector, distance_of, fold_over_gallery};
use crate::stop::{StopFlag, Stopped};

/// A large group has more faces than this.
pub(super) const MIN_FACES: usize = 10_000;

/// Maximum size of the sample; a large group has at least a few dozen faces in it.
const SAMPLE: usize = 4_096;

/// A face within this fraction of the cut from the mean of a large group certainly belongs to it.
const CERTAIN_SHARE: f32 = 0.85;

/// Of the faces further out, at most this many are left for ordinary grouping.
const MAX_LEFT: usize = 5_000;

/// Probes between two checks of the stop flag.
const BETWEEN_STOPS: usize = 8_192;

/// Ranks in ascending order.
type Ranks = Vec<usize>;

/// The faces of large groups, and the others.
pub(super) struct LargeGroups {
    pub(super) large_groups: Vec<Ranks>,
    pub(super) rest: Ranks,
}

/// A face whose nearest group in the sample is a large group.
struct NearFace {
    distance: f32,
    rank: usize,
}

/// The large groups of the faces in canonical order; `rows` and `faces` have one entry per face. `grouped` groups ranks
/// by average linkage up to `cut`.
pub(super) fn large_groups(
    rows: &Rows<'_>,
    faces: &[&FaceToGroup],
    cut: f32,
    grouped: impl Fn(&[usize]) -> Result<Vec<Ranks>, Stopped>,
    stop: &StopFlag,
) -> Result<LargeGroups, Stopped> {
    let (mut large_groups, mut rest) = must_link_groups(faces);
    loop {
        let found = large_groups_among(rows, faces, &rest, cut, &grouped, stop)?;
        if found.is_empty() {
            return Ok(LargeGroups { large_groups, rest });
        }
        let taken: HashSet<usize> = found.iter().flatten().copied().collect();
        rest.retain(|rank| !taken.contains(rank));
        large_groups.extend(found);
    }
}

/// The faces of each must-link label with very many faces, and all other faces.
fn must_link_groups(faces: &[&FaceToGroup]) -> (Vec<Ranks>, Ranks) {
    let mut by_pin: BTreeMap<u32, Ranks> = BTreeMap::new();
    for (rank, face) in faces.iter().enumerate() {
        if let Some(pin) = face.must_link {
            by_pin.entry(pin).or_default().push(rank);
        }
    }
    by_pin.retain(|_, ranks| ranks.len() > MIN_FACES);
    let is_in_large_group =
        |face: &FaceToGroup| matches!(face.must_link, Some(pin) if by_pin.contains_key(&pin));
    let rest = (0..faces.len()).filter(|&rank| !is_in_large_group(faces[rank]));
    let rest = rest.collect();
    (by_pin.into_values().collect(), rest)
}

/// The large groups among faces whose only constraint is their photo.
fn large_groups_among(
    rows: &Rows<'_>,
    faces: &[&FaceToGroup],
    ranks: &[usize],
    cut: f32,
    grouped: &impl Fn(&[usize]) -> Result<Vec<Ranks>, Stopped>,
    stop: &StopFlag,
) -> Result<Vec<Ranks>, Stopped> {
    let is_free =
        |rank: &usize| faces[*rank].must_link.is_none() && faces[*rank].cannot_link.is_empty();
    let free: Ranks = ranks.iter().copied().filter(is_free).collect();
    if free.len() <= MIN_FACES {
        return Ok(Vec::new());
    }
    let sample = sample(&free);
    // Largest first, so that the large groups come before the others.
    let mut groups = grouped(&sample)?;
    groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
    let stands_for = |group: &Ranks| group.len() * free.len() / sample.len();
    let count = groups
        .iter()
        .take_while(|group| stands_for(group) >= MIN_FACES)
        .count();
    if count == 0 {
        return Ok(Vec::new());
    }
    let means: Vec<Vector> = groups
        .iter()
        .map(|group| Centre::of_vectors(group.iter().map(|&rank| rows.row(rank))).mean())
        .collect();
    let near = near_large_groups(rows, &free, &means, count, cut, stop)?;
    let large_groups = near.into_iter().map(|near| large_group(near, faces, cut));
    Ok(large_groups
        .filter(|large_group| large_group.len() > MIN_FACES)
        .collect())
}

/// A sample with even spacing.
fn sample(ranks: &[usize]) -> Ranks {
    let count = ranks.len().min(SAMPLE);
    (0..count)
        .map(|nth| ranks[nth * ranks.len() / count])
        .collect()
}

/// For each of the first `count` means, the faces within `cut` that have no nearer mean.
fn near_large_groups(
    rows: &Rows<'_>,
    ranks: &[usize],
    means: &[Vector],
    count: usize,
    cut: f32,
    stop: &StopFlag,
) -> Result<Vec<Vec<NearFace>>, Stopped> {
    // The few means of large groups first: most faces of a large collection are near none of them.
    let of_large_groups = nearest(&rows.some(ranks), &means[..count], stop)?;
    let within = |(&rank, (_, distance)): (&usize, (usize, f32))| (distance <= cut).then_some(rank);
    let ranks: Ranks = ranks
        .iter()
        .zip(of_large_groups)
        .filter_map(within)
        .collect();
    let mut near: Vec<Vec<NearFace>> = (0..count).map(|_| Vec::new()).collect();
    for (&rank, (mean, distance)) in ranks.iter().zip(nearest(&rows.some(&ranks), means, stop)?) {
        if let Some(near) = near.get_mut(mean) {
            near.push(NearFace { distance, rank });
        }
    }
    Ok(near)
}

/// The nearest mean of each probe (on a tie the first) and its distance.
pub(super) fn nearest(
    probes: &Rows<'_>,
    means: &[Vector],
    stop: &StopFlag,
) -> Result<Vec<(usize, f32)>, Stopped> {
    let places: Vec<usize> = (0..probes.len()).collect();
    let mut found = Vec::with_capacity(places.len());
    for places in places.chunks(BETWEEN_STOPS) {
        stop.check()?;
        found.extend(nearest_of_some(&probes.some(places), means));
    }
    Ok(found)
}

fn nearest_of_some(probes: &Rows<'_>, means: &[Vector]) -> impl Iterator<Item = (usize, f32)> {
    let blocks = fold_over_gallery(
        probes,
        &Rows::of_vectors(means),
        |_, probes| vec![(usize::MAX, f32::NEG_INFINITY); probes],
        |nearest, probe, first, similarities| {
            for (offset, &similarity) in similarities.iter().enumerate() {
                if similarity > nearest[probe].1 {
                    nearest[probe] = (first + offset, similarity);
                }
            }
        },
    );
    let nearest = blocks.into_iter().flatten();
    nearest.map(|(mean, similarity)| (mean, distance_of(similarity)))
}

/// The faces that join a large group: nearest first, and no two of one photo.
fn large_group(mut near: Vec<NearFace>, faces: &[&FaceToGroup], cut: f32) -> Ranks {
    near.sort_unstable_by(|one, other| {
        let distances = one.distance.total_cmp(&other.distance);
        distances.then(one.rank.cmp(&other.rank))
    });
    let surely = near.partition_point(|near| near.distance <= CERTAIN_SHARE * cut);
    near.truncate(surely.max(near.len().saturating_sub(MAX_LEFT)));
    let mut photos = HashSet::new();
    near.retain(|near| photos.insert(faces[near.rank].photo));
    let mut ranks: Ranks = near.into_iter().map(|near| near.rank).collect();
    ranks.sort_unstable();
    ranks
}
