//! Questions about groups that look like ignored faces: strangers who are in new photos, too.
//!
//! Ignored faces form sets: those that were in one group, and single ones. A group is asked about if its mean distance to
//! the nearest set is within the rule of grouping ([`Rule::between`](crate::cluster::Rule::between)): had the faces not
//! been ignored, grouping would have put both into one group. The nearest sets are kept with the groups until a set
//! changes.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::context::{Groups, ReviewContext};
use super::groups::{NearestSet, ReviewedGroup, SetKey};
use super::known_faces::{KnownFace, KnownFaces};
use super::{Question, QueuedQuestion};
use crate::cluster::{Centre, Evidence, nearest_sets, share_item};
use crate::library::{FaceId, IgnoredFace, Library, LibraryError, PhotoId, Touched};
use crate::stop::{StopFlag, Stopped};
use crate::vision::EMBEDDING_LEN;

/// Ignored faces that a question names, more than it shows.
const MAX_NAMED: usize = 12;

/// The search reaches this much further than the rule, so that it need not be repeated for every answer that changes the
/// rule; in distance.
const REACH_MARGIN: f32 = 0.02;

#[derive(PartialEq)]
struct IgnoredSet {
    /// By id.
    faces: Vec<FaceId>,
    /// Sorted.
    photos: Vec<PhotoId>,
    mean: [f32; EMBEDDING_LEN],
    evidence: Evidence,
}

impl IgnoredSet {
    fn new(faces: &[IgnoredFace]) -> IgnoredSet {
        let centre = Centre::of(faces.iter().map(|face| &face.centred));
        let mut photos: Vec<PhotoId> = faces.iter().map(|face| face.photo_id).collect();
        photos.sort_unstable();
        IgnoredSet {
            faces: faces.iter().map(|face| face.face_id).collect(),
            photos,
            mean: centre.mean(),
            evidence: centre.evidence(),
        }
    }
}

/// The sets as last read.
#[derive(Default)]
pub(super) struct IgnoredSets {
    sets: BTreeMap<SetKey, IgnoredSet>,
    faces: HashSet<FaceId>,
    is_read: bool,
    /// Sets that are new, gone or different since the groups were compared with them.
    changed: BTreeSet<SetKey>,
    /// The distance up to which the nearest sets are known.
    reach: f32,
}

impl IgnoredSets {
    /// Nothing of what was read is to be used any more.
    pub(super) fn forget(&mut self) {
        *self = IgnoredSets::default();
    }

    /// These were touched, and `known` was brought up to date.
    pub(super) fn note(&mut self, touched: &Touched, known: &KnownFaces) {
        // A face that is not among the known ones is marked, or gone.
        let concerns = |face: &FaceId| self.faces.contains(face) || !known.has(*face);
        if !touched.photos.is_empty() || touched.faces.iter().any(concerns) {
            self.is_read = false;
        }
    }

    pub(super) fn bring_up_to_date(&mut self, library: &Library) -> Result<(), LibraryError> {
        if self.is_read {
            return Ok(());
        }
        let mut members: BTreeMap<SetKey, Vec<IgnoredFace>> = BTreeMap::new();
        let faces = library.ignored_faces()?;
        self.faces = faces.iter().map(|face| face.face_id).collect();
        for face in faces {
            let key = face.group.map_or(SetKey::Face(face.face_id), SetKey::Group);
            members.entry(key).or_default().push(face);
        }
        let sets = members.into_iter();
        let sets: BTreeMap<SetKey, IgnoredSet> = sets
            .map(|(key, faces)| (key, IgnoredSet::new(&faces)))
            .collect();
        let keys = sets.keys().chain(self.sets.keys());
        let differ = keys.filter(|key| sets.get(key) != self.sets.get(key));
        self.changed.extend(differ.copied());
        self.sets = sets;
        self.is_read = true;
        Ok(())
    }
}

/// One question per group that looks like ignored faces.
pub(super) fn like_ignored_questions(
    ignored: &mut IgnoredSets,
    groups: &mut Groups,
    known: &KnownFaces,
    context: &ReviewContext,
    stop: &StopFlag,
) -> Result<Vec<QueuedQuestion>, Stopped> {
    find_nearest(ignored, groups, known, context, stop)?;
    let questions = groups
        .values()
        .filter(|group| is_asked_about(group, context))
        .filter_map(|group| question(group, ignored, context));
    Ok(questions.collect())
}

/// A person has suggestions of their own, confirmed faces are somebody, and poor ones could be anybody.
fn is_asked_about(group: &ReviewedGroup, context: &ReviewContext) -> bool {
    !context.is_named(group) && !group.has_confirmed() && group.is_clear()
}

/// Brings the nearest sets of the groups that may be asked about up to date.
fn find_nearest(
    ignored: &mut IgnoredSets,
    groups: &mut Groups,
    known: &KnownFaces,
    context: &ReviewContext,
    stop: &StopFlag,
) -> Result<(), Stopped> {
    let everything = context.rule.max_distance() > ignored.reach;
    if everything {
        ignored.reach = context.rule.max_distance() + REACH_MARGIN;
    }
    // With all sets, or with the changed ones only.
    let (mut anew, mut updated) = (Vec::new(), Vec::new());
    for (group_id, group) in groups.iter_mut() {
        let is_asked_about = is_asked_about(group, context);
        if everything || !is_asked_about {
            group.nearest_ignored = None;
        }
        if !is_asked_about {
            continue;
        }
        match &group.nearest_ignored {
            None => anew.push(*group_id),
            Some(Some(nearest)) if ignored.changed.contains(&nearest.key) => anew.push(*group_id),
            Some(_) if !ignored.changed.is_empty() => updated.push(*group_id),
            Some(_) => {}
        }
    }
    let all: Vec<SetKey> = ignored.sets.keys().copied().collect();
    let changed = ignored.changed.iter().copied();
    let changed: Vec<SetKey> = changed
        .filter(|key| ignored.sets.contains_key(key))
        .collect();
    for (compared, keys) in [(anew, &all), (updated, &changed)] {
        let means: Vec<_> = compared
            .iter()
            .map(|group_id| groups[group_id].searched(known).mean)
            .collect();
        let sets: Vec<_> = keys.iter().map(|key| &ignored.sets[key].mean).collect();
        let found = nearest_sets(&means, &sets, ignored.reach, stop)?;
        for (group_id, found) in compared.iter().zip(found) {
            let found = found.map(|(index, distance)| NearestSet {
                key: keys[index],
                distance,
            });
            if let Some(group) = groups.get_mut(group_id) {
                let before = group.nearest_ignored.take().flatten();
                let before = before.filter(|nearest| !ignored.changed.contains(&nearest.key));
                group.nearest_ignored = Some(nearer(before, found));
            }
        }
    }
    ignored.changed.clear();
    Ok(())
}

/// On a tie the one with the lower key.
fn nearer(one: Option<NearestSet>, other: Option<NearestSet>) -> Option<NearestSet> {
    one.into_iter().chain(other).min_by(|a, b| {
        let distances = a.distance.total_cmp(&b.distance);
        distances.then(a.key.cmp(&b.key))
    })
}

fn question(
    group: &ReviewedGroup,
    ignored: &IgnoredSets,
    context: &ReviewContext,
) -> Option<QueuedQuestion> {
    let nearest = group.nearest_ignored.flatten()?;
    let set = ignored.sets.get(&nearest.key)?;
    let cut = context.rule.between(&group.evidence, &set.evidence);
    if nearest.distance > cut || share_item(&set.photos, group.photos()) {
        return None;
    }
    let sameness = &context.sameness;
    let probability = sameness.probability(nearest.distance, &group.evidence, &set.evidence);
    Some(QueuedQuestion {
        question: Question::LikeIgnored {
            group: group.group_id,
            faces: group.faces.iter().map(KnownFace::id).collect(),
            ignored: set.faces.iter().take(MAX_NAMED).copied().collect(),
        },
        faces: (set.evidence.faces, group.evidence.faces),
        distance: nearest.distance,
        probability,
        // Ignoring the group.
        gain: probability,
    })
}
