//! What is kept between two queues of a library, so that the next question does not wait for a full computation.
//!
//! A first queue reads all faces, compares all pairs of groups and computes the branches of every group. An answer only
//! affects this for the groups that it changes, so only those are read and compared again. Probabilities depend on
//! every answer ([`Sameness`](crate::cluster::Sameness)) and are computed for each queue from the stored distances. So
//! the queue is the same as that of a new cache.

use std::collections::HashSet;

use rayon::prelude::*;

use super::context::{Groups, ReviewContext};
use super::groups::ReviewedGroup;
use super::known_faces::{ChangedGroups, KnownFaces};
use super::like_ignored::{IgnoredSets, like_ignored_questions};
use super::outliers::outlier_questions;
use super::pairs::{KeptPairs, pair_questions};
use super::suggestions::suggestion_questions;
use super::{QuestionKey, QueuedQuestion};
use crate::curate::CurateError;
use crate::curate::pair_answers::AnswerLog;
use crate::library::{Library, LibraryError};
use crate::stop::StopFlag;

/// Makes the queues of one library; may be used with any connection to that library, but with no other library.
#[derive(Default)]
pub struct ReviewCache {
    faces: Option<KnownFaces>,
    groups: Groups,
    pairs: KeptPairs,
    ignored: IgnoredSets,
    answers: AnswerLog,
}

impl ReviewCache {
    /// The questions, most useful first, without those in `skipped`. Answered questions are never asked again.
    ///
    /// # Errors
    /// [`CurateError::Stopped`] once `stop` is set; what was computed until then is kept.
    pub fn queue(
        &mut self,
        library: &Library,
        skipped: &HashSet<QuestionKey>,
        stop: &StopFlag,
    ) -> Result<Vec<QueuedQuestion>, CurateError> {
        stop.check()?;
        self.bring_up_to_date(library)?;
        let Some(known) = &self.faces else {
            return Ok(Vec::new());
        };
        stop.check()?;
        let answers = self.answers.in_force(library)?;
        let context = ReviewContext::read(library, known, &answers)?;
        let mut queue = pair_questions(&mut self.pairs, &self.groups, known, &context, stop)?;
        stop.check()?;
        queue.extend(outlier_questions(&mut self.groups, known, &context, stop)?);
        stop.check()?;
        queue.extend(suggestion_questions(&mut self.groups, known, &context));
        let (ignored, groups) = (&mut self.ignored, &mut self.groups);
        queue.extend(like_ignored_questions(
            ignored, groups, known, &context, stop,
        )?);
        if !skipped.is_empty() {
            queue.retain(|queued| !skipped.contains(&queued.question.key()));
        }
        queue.par_sort_by(|one, other| {
            let gains = other.gain.total_cmp(&one.gain);
            gains.then_with(|| one.question.key().cmp(&other.question.key()))
        });
        Ok(queue)
    }

    fn bring_up_to_date(&mut self, library: &Library) -> Result<(), LibraryError> {
        if let Some(known) = &mut self.faces {
            let groups = &self.groups;
            let members = |group_id| groups.get(&group_id).map_or(&[][..], |group| &group.faces);
            match known.bring_up_to_date(library, members) {
                Ok(Some((touched, changed))) => {
                    self.ignored.note(&touched, known);
                    self.take(changed);
                    return self.ignored.bring_up_to_date(library);
                }
                Ok(None) => {}
                Err(error) => return Err(error),
            }
        }
        // The first queue, or too many changes to be remembered.
        self.faces = None;
        self.groups.clear();
        self.pairs.forget();
        self.ignored.forget();
        let known = KnownFaces::read(library)?;
        let made = known.by_group().into_par_iter().map(|(group_id, faces)| {
            let group = ReviewedGroup::new(group_id, faces, &known);
            (group_id, group)
        });
        self.groups = made.collect();
        self.faces = Some(known);
        self.ignored.bring_up_to_date(library)
    }

    fn take(&mut self, changed: ChangedGroups) {
        let Some(known) = &self.faces else {
            return;
        };
        let mut others = Vec::new();
        for (group_id, faces) in changed {
            let group = self.groups.get_mut(&group_id);
            if group.is_some_and(|group| group.update_places(&faces)) {
                continue;
            }
            others.push(group_id);
            if faces.is_empty() {
                self.groups.remove(&group_id);
            } else {
                let group = ReviewedGroup::new(group_id, faces, known);
                self.groups.insert(group_id, group);
            }
        }
        self.pairs.mark_stale(others);
    }
}
