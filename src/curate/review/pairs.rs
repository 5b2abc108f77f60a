//! Questions about two groups that may be one person.

use std::collections::{HashMap, HashSet};

use super::facts::{Facts, ReviewedGroup};
use super::{LEAST_PROBABILITY, Question, Queued};
use crate::cluster::{Centre, NearGroups, near_groups};
use crate::stop::{StopFlag, Stopped};

/// Pairs looked at: far more than anybody answers before the queue is made anew.
const MOST_PAIRS: usize = 500;

pub(super) fn pair_questions(facts: &Facts, stop: &StopFlag) -> Result<Vec<Queued>, Stopped> {
    let centres: Vec<Centre> = facts
        .groups
        .iter()
        .map(|group| group.centre.clone())
        .collect();
    let near = near_groups(
        &centres,
        &facts.sameness,
        LEAST_PROBABILITY,
        MOST_PAIRS,
        |a, b| facts.may_be_one(a, b),
        stop,
    )?;
    let neighbours = neighbours(&near);
    let questions = near
        .iter()
        .map(|pair| question(facts, pair, unlocked(facts, pair, &neighbours)));
    Ok(questions.collect())
}

fn question(facts: &Facts, near: &NearGroups, unlocked: f64) -> Queued {
    let (one, other) = (&facts.groups[near.a], &facts.groups[near.b]);
    let weight = |group: &ReviewedGroup| (group.named, group.faces.len());
    let (into, from) = if weight(one) >= weight(other) {
        (one, other)
    } else {
        (other, one)
    };
    Queued {
        question: Question::SamePerson {
            into: into.group_id,
            from: from.group_id,
        },
        faces: (into.centre.faces(), from.centre.faces()),
        distance: near.distance,
        probability: near.probability,
        gain: near.probability * (1.0 + unlocked),
    }
}

fn neighbours(near: &[NearGroups]) -> HashMap<usize, Vec<usize>> {
    let mut neighbours: HashMap<usize, Vec<usize>> = HashMap::new();
    for pair in near {
        neighbours.entry(pair.a).or_default().push(pair.b);
        neighbours.entry(pair.b).or_default().push(pair.a);
    }
    neighbours
}

/// How many right merges grouping would make by itself once the two are one: third groups that are too far from either
/// but near enough to both together, each by its probability.
fn unlocked(facts: &Facts, near: &NearGroups, neighbours: &HashMap<usize, Vec<usize>>) -> f64 {
    let joins = |one: &Centre, other: &Centre| {
        let cut = facts.rule.between(&one.evidence(), &other.evidence());
        one.distance(other) <= cut
    };
    let (a, b) = (&facts.groups[near.a].centre, &facts.groups[near.b].centre);
    let united = a.with(b);
    let thirds: HashSet<usize> = [near.a, near.b]
        .iter()
        .filter_map(|group| neighbours.get(group))
        .flatten()
        .copied()
        .filter(|&third| third != near.a && third != near.b)
        .collect();
    let mut gains: Vec<f64> = thirds
        .into_iter()
        .filter(|&third| facts.may_be_one(third, near.a) && facts.may_be_one(third, near.b))
        .map(|third| &facts.groups[third])
        // Groups with confirmed faces are never joined unasked.
        .filter(|third| !third.has_confirmed())
        .map(|third| &third.centre)
        .filter(|third| joins(&united, third) && !joins(a, third) && !joins(b, third))
        .map(|third| {
            let distance = united.distance(third);
            facts
                .sameness
                .probability(distance, &united.evidence(), &third.evidence())
        })
        .collect();
    // In one order, so that the sum is the same in every run.
    gains.sort_unstable_by(f64::total_cmp);
    gains.iter().sum()
}
