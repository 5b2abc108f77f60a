//! Questions about the part of a group that fits it worst: a few faces at its edge, or half of a mixture.

use rayon::prelude::*;

use super::context::{Facts, Groups};
use super::groups::ReviewedGroup;
use super::known_faces::{KnownFace, KnownFaces};
use super::{LEAST_PROBABILITY, Question, Queued};
use crate::cluster::{Centre, LooseEnds};
use crate::library::FaceId;
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// A loose end of at most this many faces is looked at face by face; a larger one is a group of its own.
const EDGE_FACES: usize = 2;

/// At most one question for each group: its loosest end. How groups fall apart is kept with them.
pub(super) fn loose_end_questions(
    groups: &mut Groups,
    known: &KnownFaces,
    facts: &Facts,
    stop: &StopFlag,
) -> Result<Vec<Queued>, Stopped> {
    groups
        .par_iter_mut()
        .filter_map(|(_, group)| question(group, known, facts, stop).transpose())
        .collect()
}

fn question(
    group: &mut ReviewedGroup,
    known: &KnownFaces,
    facts: &Facts,
    stop: &StopFlag,
) -> Result<Option<Queued>, Stopped> {
    // Who named a group has looked at it, and what was added since is a suggestion.
    if group.faces.len() < 2 || facts.is_named(group) {
        return Ok(None);
    }
    // Where all are confirmed nothing is left to say.
    if group.faces.iter().all(KnownFace::is_confirmed) {
        return Ok(None);
    }
    let ends = match group.ends.take() {
        Some(ends) => ends,
        None => {
            stop.check()?;
            let embeddings: Vec<Centred> = group.embeddings(known).copied().collect();
            Box::new(LooseEnds::of(&embeddings, stop)?)
        }
    };
    let question = asked(group, &ends, known, facts);
    group.ends = Some(ends);
    Ok(question)
}

fn asked(
    group: &mut ReviewedGroup,
    ends: &LooseEnds,
    known: &KnownFaces,
    facts: &Facts,
) -> Option<Queued> {
    if 1.0 - ends.least_probability(&facts.sameness) < LEAST_PROBABILITY {
        return None;
    }
    let confirmed: Vec<bool> = group.faces.iter().map(KnownFace::is_confirmed).collect();
    let end = ends.loosest(&confirmed, &facts.sameness)?;
    let gain = 1.0 - end.probability;
    if gain < LEAST_PROBABILITY {
        return None;
    }
    let mut many = Vec::with_capacity(group.faces.len() - end.faces.len());
    let mut few = end.faces.iter().peekable();
    for place in 0..group.faces.len() {
        if few.next_if(|&&next| next == place).is_none() {
            many.push(place);
        }
    }
    let few = &end.faces;
    let ids = |places: &[usize]| -> Vec<FaceId> {
        let faces = places.iter().map(|&place| &group.faces[place]);
        faces.map(|face| face.face_id).collect()
    };
    let question = if few.len() <= EDGE_FACES {
        let held = many.iter().any(|&place| confirmed[place]);
        Question::Edge {
            group: group.group_id,
            faces: ids(few),
            rest: ids(&many),
            anchor: if held {
                None
            } else {
                anchor(group, few, &many, known)
            },
        }
    } else {
        Question::Mixture {
            group: group.group_id,
            pieces: [ids(&many), ids(few)],
        }
    };
    Some(Queued {
        question,
        faces: (many.len() as u32, few.len() as u32),
        distance: end.distance,
        probability: end.probability,
        gain,
    })
}

/// The face that is nearest to all of these; kept for the next time that `few` are the end.
fn anchor(
    group: &mut ReviewedGroup,
    few: &[usize],
    many: &[usize],
    known: &KnownFaces,
) -> Option<FaceId> {
    match &group.anchor {
        Some((of, anchor)) if of == few => *anchor,
        _ => {
            let anchor = middle(group, many, known);
            group.anchor = Some((few.to_vec(), anchor));
            anchor
        }
    }
}

/// The face that is nearest to all of these, the first of equals.
fn middle(group: &ReviewedGroup, places: &[usize], known: &KnownFaces) -> Option<FaceId> {
    let embedding = |place: usize| known.embedding(&group.faces[place]);
    let centre = Centre::of(places.iter().map(|&place| embedding(place)));
    let distances = places
        .iter()
        .map(|&place| (place, Centre::of([embedding(place)]).distance(&centre)));
    let (nearest, _) = distances.min_by(|one, other| one.1.total_cmp(&other.1))?;
    Some(group.faces[nearest].face_id)
}
