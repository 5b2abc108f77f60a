//! Answers the review from labelled photos: how many edits remain after each answer.
//!
//! A set of faces is the person of most of its labelled faces. The oracle answers "same" if both sides are one person
//! and "different" if they are two people; it skips a side without a label. The faces are grouped again after every few
//! answers, as in the window.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde::Serialize;

use super::error::CliError;
use super::labels::{match_labels, read_labels};
use super::terminal;
use crate::cluster::metrics::{GroupingScore, score_grouping};
use crate::curate::{self, Answer, CurateError, Question, QuestionKey, ReviewCache};
use crate::library::{FaceId, GroupId, Library};
use crate::stop::StopFlag;

/// The faces are grouped again after this many answers.
const ANSWERS_BETWEEN_GROUPINGS: usize = 5;

/// The state after some answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    pub answers: usize,
    /// Splits and merges that would turn the groups into the labels, over the labelled faces.
    pub edits: usize,
    /// Groups with labelled faces.
    pub groups: usize,
    /// The edits among the faces that no question so far was about, now and before the first answer.
    pub rest: usize,
    pub rest_before: usize,
}

/// Answers at most `answers` questions. The first point is before any answer.
pub fn curve(library: &mut Library, truth: &Path, answers: usize) -> Result<Vec<Point>, CliError> {
    let mut oracle = Oracle::read(library, truth)?;
    let mut points = vec![oracle.point(library, 0)?];
    let bar = terminal::progress_bar(Some(answers as u64));
    for answer in 1..=answers {
        if !oracle.answer_next(library)? {
            break;
        }
        if answer % ANSWERS_BETWEEN_GROUPINGS == 0 {
            curate::group_again(library, &StopFlag::default())?;
        }
        points.push(oracle.point(library, answer)?);
        bar.set_position(answer as u64);
    }
    bar.finish_and_clear();
    Ok(points)
}

/// A number for each labelled face; faces of one group have the same number.
type Labels = BTreeMap<FaceId, u32>;

/// The people of the labelled faces, and the questions asked so far.
struct Oracle {
    people: HashMap<FaceId, u32>,
    groups_before: Labels,
    /// Faces that the answered questions were about.
    asked: HashSet<FaceId>,
    passed: HashSet<QuestionKey>,
    review: ReviewCache,
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
        Ok(Oracle {
            groups_before: groups_of(library, &people)?,
            people,
            asked: HashSet::new(),
            passed: HashSet::new(),
            review: ReviewCache::default(),
        })
    }

    fn point(&self, library: &Library, answers: usize) -> Result<Point, CliError> {
        let groups = groups_of(library, &self.people)?;
        let all = self.score(&groups, |_| true);
        let unasked = |face| !self.asked.contains(&face);
        Ok(Point {
            answers,
            edits: all.edits(),
            groups: all.groups,
            rest: self.score(&groups, unasked).edits(),
            rest_before: self.score(&self.groups_before, unasked).edits(),
        })
    }

    fn score(&self, groups: &Labels, counts: impl Fn(FaceId) -> bool) -> GroupingScore {
        let scored = groups.iter().filter(|(face, _)| counts(**face));
        let (people, groups): (Vec<u32>, Vec<u32>) = scored
            .filter_map(|(face, group)| Some((*self.people.get(face)?, *group)))
            .unzip();
        score_grouping(&people, &groups)
    }

    /// Answers the first question of the queue whose answer it knows; false if there is none.
    fn answer_next(&mut self, library: &mut Library) -> Result<bool, CliError> {
        for queued in self
            .review
            .queue(library, &self.passed, &StopFlag::default())?
        {
            let [one, other] = sides(library, &queued.question)?;
            if let Some(answer) = self.answer(&one, &other) {
                match curate::execute(library, queued.question.command(answer)) {
                    Ok(_) => {
                        self.asked.extend(one);
                        self.asked.extend(other);
                        return Ok(true);
                    }
                    Err(CurateError::NothingToDo) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            self.passed.insert(queued.question.key());
        }
        Ok(false)
    }

    fn answer(&self, one: &[FaceId], other: &[FaceId]) -> Option<Answer> {
        match (self.most(one), self.most(other)) {
            (Some(one), Some(other)) if one == other => Some(Answer::Same),
            (Some(_), Some(_)) => Some(Answer::Different),
            _ => None,
        }
    }

    /// The person of most of the labelled faces among these; the first by name if several have as many.
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

/// The groups of the labelled faces; a face without a group is one of its own.
fn groups_of(library: &Library, people: &HashMap<FaceId, u32>) -> Result<Labels, CliError> {
    let mut numbers: HashMap<GroupId, u32> = HashMap::new();
    let mut labels = Labels::new();
    let labelled = library.all_faces()?.into_iter();
    for (next, face) in labelled
        .filter(|face| people.contains_key(&face.face_id))
        .enumerate()
    {
        let next = next as u32;
        let label = face
            .group
            .map_or(next, |group| *numbers.entry(group).or_insert(next));
        labels.insert(face.face_id, label);
    }
    Ok(labels)
}

/// The faces of the two sides of a question.
fn sides(library: &Library, question: &Question) -> Result<[Vec<FaceId>; 2], CliError> {
    let of_group = |group: &GroupId| -> Result<Vec<FaceId>, CliError> {
        let faces = library.faces_of_group(*group)?;
        Ok(faces.iter().map(|face| face.face_id).collect())
    };
    Ok(match question {
        Question::SamePerson { into, from } => [of_group(into)?, of_group(from)?],
        Question::MixedGroup { pieces, .. } => pieces.clone(),
        Question::BorderlineFaces { faces, rest, .. } => [rest.clone(), faces.clone()],
        Question::Suggestion { person, faces } => {
            let mut known = of_group(person)?;
            known.retain(|face| !faces.contains(face));
            [known, faces.clone()]
        }
        // Nobody who is ignored has a label worth an edit.
        Question::LikeIgnored { .. } => [Vec::new(), Vec::new()],
    })
}
