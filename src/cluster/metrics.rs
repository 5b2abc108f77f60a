//! Scores of groupings and identifications against the truth.
//!
//! A grouping is one label per face, and so is the truth. The scores are precision and recall of pairs; BCubed (Amigo
//! et al. 2009, "A comparison of extrinsic clustering evaluation metrics"); and edits, the minimum number of splits and
//! merges that turn one into the other. The score of open-set identification is TPIR at a given FPIR (Günther et al.
//! 2017, arXiv 1705.01567).

use std::collections::HashMap;

use serde::Serialize;

/// From 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PrecisionRecall {
    pub precision: f64,
    pub recall: f64,
    /// Harmonic mean of the two; 0 if both are 0.
    pub f: f64,
}

impl PrecisionRecall {
    fn new(precision: f64, recall: f64) -> PrecisionRecall {
        let sum = precision + recall;
        let f = if sum > 0.0 {
            2.0 * precision * recall / sum
        } else {
            0.0
        };
        PrecisionRecall {
            precision,
            recall,
            f,
        }
    }
}

/// Scores of a grouping.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct GroupingScore {
    pub faces: usize,
    pub groups: usize,
    pub people: usize,
    /// Over pairs of faces: grouped together, and of one person.
    pub pairwise: PrecisionRecall,
    /// Over faces: the share of the face's group that is its person, and the share of its person that is in its group.
    pub bcubed: PrecisionRecall,
    /// Fewest splits of a group in two after which no group has two people.
    pub splits: usize,
    /// Fewest merges of two groups, after those splits, after which no person has two groups.
    pub merges: usize,
}

impl GroupingScore {
    /// Edits: the number of splits and merges that the user would have to make.
    pub fn edits(&self) -> usize {
        self.splits + self.merges
    }
}

/// Scores `groups` (the label of each face) against `people` (the person of each face).
///
/// # Panics
/// If the two slices differ in length.
pub fn score_grouping(people: &[u32], groups: &[u32]) -> GroupingScore {
    assert_eq!(
        people.len(),
        groups.len(),
        "a person and a group for each face"
    );
    let of_person = sizes(people.iter().copied());
    let of_group = sizes(groups.iter().copied());
    let of_both = sizes(people.iter().copied().zip(groups.iter().copied()));
    let right = pairs(of_both.values());
    let bcubed = |whole: &dyn Fn(&(u32, u32)) -> usize| {
        let sum: f64 = of_both
            .iter()
            .map(|(key, &n)| (n * n) as f64 / whole(key) as f64)
            .sum();
        share(sum, people.len() as f64)
    };
    GroupingScore {
        faces: people.len(),
        groups: of_group.len(),
        people: of_person.len(),
        pairwise: PrecisionRecall::new(
            share(right, pairs(of_group.values())),
            share(right, pairs(of_person.values())),
        ),
        bcubed: PrecisionRecall::new(
            bcubed(&|key| of_group[&key.1]),
            bcubed(&|key| of_person[&key.0]),
        ),
        splits: of_both.len() - of_group.len(),
        merges: of_both.len() - of_person.len(),
    }
}

fn sizes<K: std::hash::Hash + Eq>(keys: impl Iterator<Item = K>) -> HashMap<K, usize> {
    let mut sizes = HashMap::new();
    for key in keys {
        *sizes.entry(key).or_insert(0) += 1;
    }
    sizes
}

fn pairs<'a>(sizes: impl Iterator<Item = &'a usize>) -> f64 {
    sizes.map(|&n| n as f64 * (n as f64 - 1.0) / 2.0).sum()
}

/// `part` of `whole`; 1 if `whole` is 0.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 1.0 }
}

/// The best match of the face of somebody in the gallery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GenuineProbe {
    pub similarity: f32,
    /// Whether the match is the right person.
    pub right: bool,
}

/// Open-set identification at one false-positive rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OpenSetScore {
    /// True-positive identification rate: the share of genuine probes with the right best match above the threshold.
    pub tpir: f64,
    /// At most the requested share of impostors has a similarity above this.
    pub threshold: f32,
}

/// TPIR at the threshold that at most the share `fpir` (0 to 1) of `impostors` exceeds; `impostors` has the best
/// similarity of each impostor to anybody in the gallery. `None` without probes or without impostors.
pub fn score_open_set(
    probes: &[GenuineProbe],
    impostors: &[f32],
    fpir: f64,
) -> Option<OpenSetScore> {
    if probes.is_empty() || impostors.is_empty() {
        return None;
    }
    let mut highest_first = impostors.to_vec();
    highest_first.sort_unstable_by(|a, b| b.total_cmp(a));
    let let_through = (fpir * impostors.len() as f64) as usize;
    let threshold = highest_first.get(let_through).copied().unwrap_or(-2.0);
    let found = probes
        .iter()
        .filter(|probe| probe.right && probe.similarity > threshold)
        .count();
    Some(OpenSetScore {
        tpir: found as f64 / probes.len() as f64,
        threshold,
    })
}

/// The share of probes whose best match is right, whatever its similarity; 1 without probes.
pub fn rank_one(probes: &[GenuineProbe]) -> f64 {
    share(
        probes.iter().filter(|probe| probe.right).count() as f64,
        probes.len() as f64,
    )
}
