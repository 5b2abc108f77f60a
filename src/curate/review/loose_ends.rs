//! Questions about the part of a group that fits it worst: a few faces at its edge, or half of a mixture.

use rayon::prelude::*;

use super::facts::{Facts, ReviewedGroup};
use super::{LEAST_PROBABILITY, Question, Queued};
use crate::cluster::{Centre, loosest_end};
use crate::library::FaceId;
use crate::stop::{StopFlag, Stopped};

/// A loose end of at most this many faces is looked at face by face; a larger one is a group of its own.
const EDGE_FACES: usize = 2;

/// At most one question for each group: its loosest end.
pub(super) fn loose_end_questions(facts: &Facts, stop: &StopFlag) -> Result<Vec<Queued>, Stopped> {
    facts
        .groups
        .par_iter()
        .filter_map(|group| question(facts, group, stop).transpose())
        .collect()
}

fn question(
    facts: &Facts,
    group: &ReviewedGroup,
    stop: &StopFlag,
) -> Result<Option<Queued>, Stopped> {
    // Who named a group has looked at it, and what was added since is a suggestion.
    if group.named || group.faces.len() < 2 {
        return Ok(None);
    }
    let confirmed: Vec<bool> = (0..group.faces.len())
        .map(|position| group.is_confirmed(position))
        .collect();
    let photos: Vec<u32> = (0..group.faces.len() as u32).collect();
    let (embeddings, sameness) = (&group.embeddings, &facts.sameness);
    let Some(end) = loosest_end(embeddings, &photos, &confirmed, sameness, stop)? else {
        return Ok(None);
    };
    let gain = 1.0 - end.probability;
    if gain < LEAST_PROBABILITY {
        return Ok(None);
    }
    let (few, many): (Vec<usize>, Vec<usize>) =
        (0..group.faces.len()).partition(|position| end.faces.binary_search(position).is_ok());
    let ids = |positions: &[usize]| -> Vec<FaceId> {
        let ids = positions.iter();
        ids.map(|&position| group.faces[position].face_id).collect()
    };
    let question = if few.len() <= EDGE_FACES {
        let held = many.iter().any(|&position| confirmed[position]);
        Question::Edge {
            group: group.group_id,
            faces: ids(&few),
            rest: ids(&many),
            anchor: if held { None } else { middle(group, &many) },
        }
    } else {
        Question::Mixture {
            group: group.group_id,
            pieces: [ids(&many), ids(&few)],
        }
    };
    Ok(Some(Queued {
        question,
        faces: (many.len() as u32, few.len() as u32),
        distance: end.distance,
        probability: end.probability,
        gain,
    }))
}

/// The face that is nearest to all of these, the first of equals.
fn middle(group: &ReviewedGroup, positions: &[usize]) -> Option<FaceId> {
    let centre = Centre::of(
        positions
            .iter()
            .map(|&position| &group.embeddings[position]),
    );
    let distance = |position: &usize| Centre::of([&group.embeddings[*position]]).distance(&centre);
    let nearest = positions
        .iter()
        .min_by(|one, other| distance(one).total_cmp(&distance(other)))?;
    Some(group.faces[*nearest].face_id)
}
