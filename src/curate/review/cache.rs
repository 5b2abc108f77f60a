//! What is known of a library from queue to queue, so that the next question does not wait for all of it again.
//!
//! What a queue costs first is reading the faces, comparing all pairs of groups and taking every group apart. None of it depends
//! on what was answered but through the groups that an answer changes: those alone are read, compared and taken apart
//! again. How likely a question is right depends on every answer ([`Sameness`](crate::cluster::Sameness)), and is worked out for each queue from the
//! distances kept. So the queue is the one that a new cache would make.

use std::collections::HashSet;

use rayon::prelude::*;

use super::context::{Groups, ReviewContext};
use super::groups::ReviewedGroup;
use super::known_faces::{ChangedGroups, KnownFaces};
use super::outliers::outlier_questions;
use super::pairs::{KeptPairs, pair_questions};
use super::suggestions::suggestion_questions;
use super::{QuestionKey, QueuedQuestion};
use crate::curate::CurateError;
use crate::curate::pair_answers::AnswerLog;
use crate::library::{Library, LibraryError};
use crate::stop::StopFlag;

/// Makes the queues of one library; it must be asked of no other, but may be asked over any connection of it.
#[derive(Default)]
pub struct ReviewCache {
    faces: Option<KnownFaces>,
    groups: Groups,
    pairs: KeptPairs,
    answers: AnswerLog,
}

impl ReviewCache {
    /// The questions, the most useful first, without those `skipped`. What was answered is never asked again.
    ///
    /// # Errors
    /// [`CurateError::Stopped`] once `stop` is set: what was worked out until then is kept.
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
                Ok(Some(changed)) => {
                    self.take(changed);
                    return Ok(());
                }
                Ok(None) => {}
                Err(error) => return Err(error),
            }
        }
        // The first time, or too late to know what has changed.
        self.faces = None;
        self.groups.clear();
        self.pairs.forget();
        let known = KnownFaces::read(library)?;
        let made = known.by_group().into_par_iter().map(|(group_id, faces)| {
            let group = ReviewedGroup::new(group_id, faces, &known);
            (group_id, group)
        });
        self.groups = made.collect();
        self.faces = Some(known);
        Ok(())
    }

    fn take(&mut self, changed: ChangedGroups) {
        let Some(known) = &self.faces else {
            return;
        };
        let mut others = Vec::new();
        for (group_id, faces) in changed {
            let group = self.groups.get_mut(&group_id);
            if group.is_some_and(|group| group.takes(&faces)) {
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
        self.pairs.have_changed(others);
    }
}
