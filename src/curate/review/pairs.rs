//! Questions about two groups that may be one person.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::context::{Groups, ReviewContext};
use super::groups::ReviewedGroup;
use super::known_faces::KnownFaces;
use super::{MIN_PROBABILITY, Question, QueuedQuestion};
use crate::cluster::{Centre, NearGroups, NearPairs, PairSearch, SearchedGroup};
use crate::library::GroupId;
use crate::stop::{StopFlag, Stopped};

/// Maximum number of pairs in a queue, many more than a user answers before the next queue.
const MAX_PAIRS: usize = 500;

/// The pairs of near groups, kept between queues.
#[derive(Default)]
pub(super) struct KeptPairs {
    /// `None` before the first search, and if a necessary search was stopped.
    near: Option<NearPairs<GroupId>>,
    /// Groups that have changed since.
    stale: HashSet<GroupId>,
}

type Pair = NearGroups<GroupId>;

impl KeptPairs {
    pub(super) fn forget(&mut self) {
        *self = KeptPairs::default();
    }

    /// The faces of these groups have changed.
    pub(super) fn mark_stale(&mut self, groups: impl IntoIterator<Item = GroupId>) {
        if self.near.is_some() {
            self.stale.extend(groups);
        }
    }

    /// The most probable pairs.
    fn best(
        &mut self,
        groups: &Groups,
        known: &KnownFaces,
        context: &ReviewContext,
        stop: &StopFlag,
    ) -> Result<Vec<Pair>, Stopped> {
        let search = PairSearch {
            sameness: &context.sameness,
            least: MIN_PROBABILITY,
            stop,
        };
        let searched = || -> Vec<SearchedGroup<'_, GroupId>> {
            let clear = groups.values().filter(|group| group.is_clear());
            clear.map(|group| group.searched(known)).collect()
        };
        if let Some(near) = &mut self.near {
            if !self.stale.is_empty() {
                near.update(&searched(), &self.stale, &search)?;
                self.stale.clear();
            }
            if let Some(best) = likeliest(near, groups, context) {
                return Ok(best);
            }
        }
        let near = NearPairs::among(&searched(), &search)?;
        let best = likeliest(&near, groups, context);
        self.stale.clear();
        self.near = Some(near);
        Ok(best.unwrap_or_default())
    }
}

fn likeliest(
    near: &NearPairs<GroupId>,
    groups: &Groups,
    context: &ReviewContext,
) -> Option<Vec<Pair>> {
    near.best(
        &context.sameness,
        MIN_PROBABILITY,
        MAX_PAIRS,
        |group| groups[&group].evidence,
        |a, b| context.may_be_one(&groups[&a], &groups[&b]),
    )
}

pub(super) fn pair_questions(
    kept: &mut KeptPairs,
    groups: &Groups,
    known: &KnownFaces,
    context: &ReviewContext,
    stop: &StopFlag,
) -> Result<Vec<QueuedQuestion>, Stopped> {
    let near = kept.best(groups, known, context, stop)?;
    let unlocking = Unlocking {
        groups,
        context,
        neighbours: neighbours(&near),
        centres: centres(&near, groups, known),
    };
    let questions = near
        .iter()
        .map(|pair| question(groups, context, pair, unlocking.by(pair)));
    Ok(questions.collect())
}

fn question(
    groups: &Groups,
    context: &ReviewContext,
    near: &Pair,
    unlocked: f64,
) -> QueuedQuestion {
    let (one, other) = (&groups[&near.a], &groups[&near.b]);
    let weight = |group: &ReviewedGroup| (context.is_named(group), group.faces.len());
    let (into, from) = if weight(one) >= weight(other) {
        (one, other)
    } else {
        (other, one)
    };
    QueuedQuestion {
        question: Question::SamePerson {
            into: into.group_id,
            from: from.group_id,
        },
        faces: (into.evidence.faces, from.evidence.faces),
        distance: near.distance,
        probability: near.probability,
        gain: near.probability * (1.0 + unlocked),
    }
}

fn neighbours(near: &[Pair]) -> HashMap<GroupId, Vec<GroupId>> {
    let mut neighbours: HashMap<GroupId, Vec<GroupId>> = HashMap::new();
    for pair in near {
        neighbours.entry(pair.a).or_default().push(pair.b);
        neighbours.entry(pair.b).or_default().push(pair.a);
    }
    neighbours
}

fn centres<'a>(
    near: &[Pair],
    groups: &'a Groups,
    known: &KnownFaces,
) -> BTreeMap<GroupId, Cow<'a, Centre>> {
    let both = near.iter().flat_map(|pair| [pair.a, pair.b]);
    both.map(|group| (group, groups[&group].centre(known)))
        .collect()
}

/// Computes the merges that follow from a merge.
struct Unlocking<'a> {
    groups: &'a Groups,
    context: &'a ReviewContext,
    neighbours: HashMap<GroupId, Vec<GroupId>>,
    /// The centres of all groups in the pairs.
    centres: BTreeMap<GroupId, Cow<'a, Centre>>,
}

impl Unlocking<'_> {
    /// The expected number of correct merges that grouping makes by itself after this one, with third groups that are
    /// too far from both groups but close enough to their union.
    fn by(&self, near: &Pair) -> f64 {
        let joins = |one: &Centre, other: &Centre| {
            let cut = self
                .context
                .rule
                .between(&one.evidence(), &other.evidence());
            one.distance(other) <= cut
        };
        let (a, b) = (&self.centres[&near.a], &self.centres[&near.b]);
        let united = a.with(b);
        let thirds: HashSet<GroupId> = [near.a, near.b]
            .iter()
            .filter_map(|group| self.neighbours.get(group))
            .flatten()
            .copied()
            .filter(|&third| third != near.a && third != near.b)
            .collect();
        let may_be_one = |third: GroupId, group: GroupId| {
            self.context
                .may_be_one(&self.groups[&third], &self.groups[&group])
        };
        let mut gains: Vec<f64> = thirds
            .into_iter()
            .filter(|&third| may_be_one(third, near.a) && may_be_one(third, near.b))
            // Grouping never merges groups with confirmed faces.
            .filter(|third| !self.groups[third].has_confirmed())
            .map(|third| &self.centres[&third])
            .filter(|third| joins(&united, third) && !joins(a, third) && !joins(b, third))
            .map(|third| {
                let distance = united.distance(third);
                self.context
                    .sameness
                    .probability(distance, &united.evidence(), &third.evidence())
            })
            .collect();
        // In a fixed order, so that the sum is reproducible.
        gains.sort_unstable_by(f64::total_cmp);
        gains.iter().sum()
    }
}
