//! The review answered from labelled photos: how many corrections are left after each answer.
//!
//! A set of faces is who most of its labelled faces are. The oracle says "same" where both sides are one person, and
//! "different" where they are two; it passes over a side without a label. The groups are made anew after every few
//! answers, as the window does it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde::Serialize;

use super::error::CliError;
use super::label_file::read_labels;
use super::label_match::match_labels;
use super::terminal;
use crate::cluster::metrics::score_grouping;
use crate::curate::{self, Answer, CurateError, Question, QuestionKey};
use crate::library::{FaceId, GroupId, Library};

/// The groups are made anew after so many answers.
const ANSWERS_BETWEEN_GROUPINGS: usize = 5;

/// What is left after some answers.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Point {
    pub answers: usize,
    /// Splits and merges that lie between the groups and the labels, over the labelled faces.
    pub edits: usize,
    /// Groups that labelled faces are in.
    pub groups: usize,
}

/// Answers up to `answers` questions, or all there are; the first point is before any.
pub fn curve(library: &mut Library, truth: &Path, answers: usize) -> Result<Vec<Point>, CliError> {
    let oracle = Oracle::read(library, truth)?;
    let mut points = vec![oracle.point(library, 0)?];
    let mut passed = HashSet::new();
    let bar = terminal::progress_bar(Some(answers as u64));
    for answer in 1..=answers {
        if !oracle.answer_next(library, &mut passed)? {
            break;
        }
        if answer % ANSWERS_BETWEEN_GROUPINGS == 0 {
            curate::group_again(library)?;
        }
        points.push(oracle.point(library, answer)?);
        bar.set_position(answer as u64);
    }
    bar.finish_and_clear();
    Ok(points)
}

/// Who the labelled faces are.
struct Oracle {
    people: HashMap<FaceId, u32>,
}

impl Oracle {
    fn read(library: &Library, truth: &Path) -> Result<Oracle, CliError> {
        let matched = match_labels(library, read_labels(truth)?)?;
        let mut people = HashMap::new();
        for (person, faces) in matched.faces.values().enumerate() {
            people.extend(faces.iter().map(|face| (face.face_id, person as u32)));
        }
        if people.is_empty() {
            return Err(CliError::Failed(format!(
                "no row of {truth:?} matches a face: scan the photos first, and give paths relative to the scanned folder"
            )));
        }
        Ok(Oracle { people })
    }

    fn point(&self, library: &Library, answers: usize) -> Result<Point, CliError> {
        let mut people = Vec::new();
        let mut groups = Vec::new();
        let mut numbers: HashMap<GroupId, u32> = HashMap::new();
        let mut given = 0;
        for face in library.all_faces()? {
            let Some(&person) = self.people.get(&face.face_id) else {
                continue;
            };
            people.push(person);
            // A face in no group is one of its own.
            let next = given;
            let group = face
                .group
                .map_or(next, |group| *numbers.entry(group).or_insert(next));
            given += u32::from(group == next);
            groups.push(group);
        }
        let score = score_grouping(&people, &groups);
        Ok(Point {
            answers,
            edits: score.edits(),
            groups: score.groups,
        })
    }

    /// Answers the first question of the queue that it knows the answer of; false when there is none.
    fn answer_next(
        &self,
        library: &mut Library,
        passed: &mut HashSet<QuestionKey>,
    ) -> Result<bool, CliError> {
        for queued in curate::review_queue(library, passed)? {
            if let Some(answer) = self.answer(library, &queued.question)? {
                match curate::execute(library, queued.question.command(answer)) {
                    Ok(_) => return Ok(true),
                    Err(CurateError::NothingToDo) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            passed.insert(queued.question.key());
        }
        Ok(false)
    }

    fn answer(&self, library: &Library, question: &Question) -> Result<Option<Answer>, CliError> {
        let of_group = |group: &GroupId| -> Result<Vec<FaceId>, CliError> {
            let faces = library.faces_of_group(*group)?;
            Ok(faces.iter().map(|face| face.face_id).collect())
        };
        let (one, other) = match question {
            Question::SamePerson { into, from } => (of_group(into)?, of_group(from)?),
            Question::Mixture {
                pieces: [one, other],
                ..
            } => (one.clone(), other.clone()),
            Question::Edge { faces, rest, .. } => (rest.clone(), faces.clone()),
            Question::Suggestion { person, faces } => {
                let mut known = of_group(person)?;
                known.retain(|face| !faces.contains(face));
                (known, faces.clone())
            }
        };
        Ok(match (self.most(&one), self.most(&other)) {
            (Some(one), Some(other)) if one == other => Some(Answer::Same),
            (Some(_), Some(_)) => Some(Answer::Different),
            _ => None,
        })
    }

    /// Who most of the labelled faces among these are; of equals the first by name.
    fn most(&self, faces: &[FaceId]) -> Option<u32> {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for person in faces.iter().filter_map(|face| self.people.get(face)) {
            *counts.entry(*person).or_default() += 1;
        }
        let ranked = counts.into_iter().rev();
        ranked
            .max_by_key(|(_, count)| *count)
            .map(|(person, _)| person)
    }
}
