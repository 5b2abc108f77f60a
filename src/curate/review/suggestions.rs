//! Questions about suggested faces of people.

use rayon::prelude::*;

use super::context::{Groups, ReviewContext};
use super::groups::{ReviewedGroup, Suggested};
use super::known_faces::{KnownFace, KnownFaces};
use super::{Question, QueuedQuestion};
use crate::cluster::Centre;

/// One question per person with suggestions.
pub(super) fn suggestion_questions(
    groups: &mut Groups,
    known: &KnownFaces,
    context: &ReviewContext,
) -> Vec<QueuedQuestion> {
    groups
        .par_iter_mut()
        .filter_map(|(_, group)| question(group, known, context))
        .collect()
}

fn question(
    group: &mut ReviewedGroup,
    known: &KnownFaces,
    context: &ReviewContext,
) -> Option<QueuedQuestion> {
    if !context.is_named(group) {
        return None;
    }
    if group.suggested.is_none() {
        group.suggested = suggested(group, known).map(Box::new);
    }
    let suggested = group.suggested.as_deref()?;
    let sameness = &context.sameness;
    // Each suggestion of another person is an edit saved.
    let gain = suggested
        .each
        .iter()
        .map(|(distance, face)| {
            1.0 - sameness.probability_in_group(*distance, &suggested.known, face)
        })
        .sum();
    let Suggested {
        distance,
        added,
        known,
        ..
    } = suggested;
    Some(QueuedQuestion {
        question: Question::Suggestion {
            person: group.group_id,
            faces: suggested.faces.clone(),
        },
        faces: (known.faces, added.faces),
        distance: *distance,
        probability: sameness.probability_in_group(*distance, known, added),
        gain,
    })
}

/// `None` if no face is confirmed, or all clear ones are.
fn suggested(group: &ReviewedGroup, known: &KnownFaces) -> Option<Suggested> {
    let clear = group.faces.iter().filter(|face| face.is_clear());
    let (confirmed, added): (Vec<&KnownFace>, Vec<&KnownFace>) =
        clear.partition(|face| face.is_confirmed());
    if confirmed.is_empty() || added.is_empty() {
        return None;
    }
    let centre = |faces: &[&KnownFace]| Centre::of(faces.iter().map(|face| known.embedding(face)));
    let (with, of_added) = (centre(&confirmed), centre(&added));
    let each = added.iter().map(|face| {
        let face = Centre::of([known.embedding(face)]);
        (with.distance(&face), face.evidence())
    });
    Some(Suggested {
        each: each.collect(),
        faces: added.iter().map(|face| face.face_id).collect(),
        distance: with.distance(&of_added),
        added: of_added.evidence(),
        known: with.evidence(),
    })
}
