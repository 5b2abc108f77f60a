//! How good a grouping or an identification is, against the truth.
//!
//! A grouping is one label per face, the truth another. Precision and recall of pairs; BCubed (Amigo et al. 2009, "A
//! comparison of extrinsic clustering evaluation metrics"); the fewest splits and merges that turn one into the other.
//! Open-set identification: TPIR at a given FPIR (Günther et al. 2017, arXiv 1705.01567).

use std::collections::HashMap;

use serde::Serialize;

/// Shares from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PrecisionRecall {
    pub precision: f64,
    pub recall: f64,
    /// Harmonic mean of the two; 0 where both are.
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

/// A grouping against the truth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct GroupingScore {
    pub faces: usize,
    pub groups: usize,
    pub people: usize,
    /// Over pairs of faces put together, and pairs of one person.
    pub pairwise: PrecisionRecall,
    /// Over faces: the share of its group that is its person, and of its person that is in its group.
    pub bcubed: PrecisionRecall,
    /// Cuts of a group in two that leave no group with two people.
    pub splits: usize,
    /// Unions of two groups, after those, that leave no person with two groups.
    pub merges: usize,
}

impl GroupingScore {
    /// Splits and merges: corrections a person would have to make.
    pub fn edits(&self) -> usize {
        self.splits + self.merges
    }
}

/// Scores `groups` (a label per face) against `people` (who it is).
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

/// `part` of `whole`; of nothing, all.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 1.0 }
}

/// The best answer for the face of somebody whom the gallery knows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GenuineProbe {
    pub similarity: f32,
    /// The answer is the right person.
    pub right: bool,
}

/// Open-set identification at one false-positive rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OpenSetScore {
    /// True positive identification rate: probes of known people whose best answer is right and above the threshold.
    pub tpir: f64,
    /// Similarity above which at most the asked-for share of impostors lies.
    pub threshold: f32,
}

/// TPIR at the threshold that lets at most the share `fpir` (0 to 1) of `impostors` through: their best similarity to
/// anyone in the gallery. `None` without probes or without impostors.
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

/// The share of probes whose best answer is right, whatever its similarity; 1 without probes.
pub fn rank_one(probes: &[GenuineProbe]) -> f64 {
    share(
        probes.iter().filter(|probe| probe.right).count() as f64,
        probes.len() as f64,
    )
}
