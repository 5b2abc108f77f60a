//! LargeGroups: the faces of somebody of whom there are very many, taken together without looking at their pairs.
//!
//! Nearly all pairs of such faces lie within reach of each other: a billion and a quarter of 50,000. A sample of all faces,
//! grouped as the whole would be, shows where large_groups are and their means. A face goes to a large_group where nothing else in the
//! sample is nearer to it on average; the outermost faces of a large_group, and everything else, are left to be grouped face by
//! face. Only what holds more than [`MIN_FACES`] is a large_group: in smaller groups each face counts by itself, as ever.

use std::collections::{BTreeMap, HashSet};

use super::constraints::FaceToGroup;
use crate::cluster::Centre;
use crate::cluster::search::similarity::{Rows, Vector, distance_of, fold_over_gallery};
use crate::stop::{StopFlag, Stopped};

/// Faces that a large_group holds at least.
pub(super) const MIN_FACES: usize = 10_000;

/// Faces in a sample, at most: of a large_group at least a few dozen, however many faces there are.
const SAMPLE: usize = 4_096;

/// A face this near the mean of a large_group, to the cut, is surely of it ...
const CERTAIN_SHARE: f32 = 0.85;

/// ... and of those further out, up to the cut, so many are left to be grouped face by face.
const MAX_LEFT: usize = 5_000;

/// Probes between two looks at the stop flag.
const BETWEEN_STOPS: usize = 8_192;

/// Ranks, ascending.
type Ranks = Vec<usize>;

/// What is in a large_group, and what is not.
pub(super) struct LargeGroups {
    pub(super) large_groups: Vec<Ranks>,
    pub(super) rest: Ranks,
}

/// A face whose nearest group in the sample is a large_group.
struct NearFace {
    distance: f32,
    rank: usize,
}

/// The large_groups of faces; the two slices speak of the same faces, in their canonical order. `grouped` groups some ranks by
/// average linkage up to `cut`.
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

/// The faces of each pin that holds very many, and all other faces.
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

/// LargeGroups of faces that nothing but their photos binds.
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
    // Largest first: the large_groups come before all else.
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

/// Some of these, spread evenly.
fn sample(ranks: &[usize]) -> Ranks {
    let count = ranks.len().min(SAMPLE);
    (0..count)
        .map(|nth| ranks[nth * ranks.len() / count])
        .collect()
}

/// For each of the first `count` means the faces within `cut` of it that are nearer to it than to any other.
fn near_large_groups(
    rows: &Rows<'_>,
    ranks: &[usize],
    means: &[Vector],
    count: usize,
    cut: f32,
    stop: &StopFlag,
) -> Result<Vec<Vec<NearFace>>, Stopped> {
    // Few means first: most faces of a large collection are near no large_group.
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

/// For each probe the nearest mean, of equals the first, and how far away it is.
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

/// What of the faces near a large_group goes into it, nearest first and no two of one photo.
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
