//! Questions about faces that the program added to people.

use super::facts::{Facts, ReviewedGroup};
use super::{Question, Queued};
use crate::cluster::Centre;

/// One question for each person with suggestions.
pub(super) fn suggestion_questions(facts: &Facts) -> Vec<Queued> {
    facts
        .groups
        .iter()
        .filter(|group| group.named)
        .filter_map(|group| question(facts, group))
        .collect()
}

fn question(facts: &Facts, group: &ReviewedGroup) -> Option<Queued> {
    let (confirmed, suggested): (Vec<usize>, Vec<usize>) =
        (0..group.faces.len()).partition(|&position| group.is_confirmed(position));
    if confirmed.is_empty() || suggested.is_empty() {
        return None;
    }
    let known = Centre::of(
        confirmed
            .iter()
            .map(|&position| &group.embeddings[position]),
    );
    let added = Centre::of(
        suggested
            .iter()
            .map(|&position| &group.embeddings[position]),
    );
    // Each face that is somebody else's is a correction saved.
    let gain = suggested
        .iter()
        .map(|&position| {
            let face = Centre::of([&group.embeddings[position]]);
            let distance = known.distance(&face);
            1.0 - facts
                .sameness
                .probability_inside(distance, &known.evidence(), &face.evidence())
        })
        .sum();
    let distance = known.distance(&added);
    Some(Queued {
        question: Question::Suggestion {
            person: group.group_id,
            faces: suggested
                .iter()
                .map(|&position| group.faces[position].face_id)
                .collect(),
        },
        faces: (known.faces(), added.faces()),
        distance,
        probability: facts.sameness.probability_inside(
            distance,
            &known.evidence(),
            &added.evidence(),
        ),
        gain,
    })
}
