//! Questions about the part of a group that fits it worst: a few faces at its edge, or half of a mixture.

use rayon::prelude::*;

use super::context::{Groups, ReviewContext};
use super::groups::ReviewedGroup;
use super::known_faces::{KnownFace, KnownFaces};
use super::{MIN_PROBABILITY, Question, QueuedQuestion};
use crate::cluster::{Centre, OutlierBranches};
use crate::library::FaceId;
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// A loose branch of at most this many faces is looked at face by face; a larger one is a group of its own.
const MAX_BORDERLINE_FACES: usize = 2;

/// At most one question for each group: its least_likely branch. How groups fall apart is kept with them.
pub(super) fn outlier_questions(
    groups: &mut Groups,
    known: &KnownFaces,
    context: &ReviewContext,
    stop: &StopFlag,
) -> Result<Vec<QueuedQuestion>, Stopped> {
    groups
        .par_iter_mut()
        .filter_map(|(_, group)| question(group, known, context, stop).transpose())
        .collect()
}

fn question(
    group: &mut ReviewedGroup,
    known: &KnownFaces,
    context: &ReviewContext,
    stop: &StopFlag,
) -> Result<Option<QueuedQuestion>, Stopped> {
    // Who named a group has looked at it, and what was added since is a suggestion.
    if group.faces.len() < 2 || context.is_named(group) {
        return Ok(None);
    }
    // Where all are confirmed nothing is left to say.
    if group.faces.iter().all(KnownFace::is_confirmed) {
        return Ok(None);
    }
    let branches = match group.branches.take() {
        Some(branches) => branches,
        None => {
            stop.check()?;
            let embeddings: Vec<Centred> = group.embeddings(known).copied().collect();
            Box::new(OutlierBranches::of(&embeddings, stop)?)
        }
    };
    let question = asked(group, &branches, known, context);
    group.branches = Some(branches);
    Ok(question)
}

fn asked(
    group: &mut ReviewedGroup,
    branches: &OutlierBranches,
    known: &KnownFaces,
    context: &ReviewContext,
) -> Option<QueuedQuestion> {
    if 1.0 - branches.min_probability(&context.sameness) < MIN_PROBABILITY {
        return None;
    }
    let confirmed: Vec<bool> = group.faces.iter().map(KnownFace::is_confirmed).collect();
    let branch = branches.least_likely(&confirmed, &context.sameness)?;
    let gain = 1.0 - branch.probability;
    if gain < MIN_PROBABILITY {
        return None;
    }
    let mut many = Vec::with_capacity(group.faces.len() - branch.faces.len());
    let mut few = branch.faces.iter().peekable();
    for place in 0..group.faces.len() {
        if few.next_if(|&&next| next == place).is_none() {
            many.push(place);
        }
    }
    let few = &branch.faces;
    let ids = |places: &[usize]| -> Vec<FaceId> {
        let faces = places.iter().map(|&place| &group.faces[place]);
        faces.map(|face| face.face_id).collect()
    };
    let question = if few.len() <= MAX_BORDERLINE_FACES {
        let held = many.iter().any(|&place| confirmed[place]);
        Question::BorderlineFaces {
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
        Question::MixedGroup {
            group: group.group_id,
            pieces: [ids(&many), ids(few)],
        }
    };
    Some(QueuedQuestion {
        question,
        faces: (many.len() as u32, few.len() as u32),
        distance: branch.distance,
        probability: branch.probability,
        gain,
    })
}

/// The face that is nearest to all of these; kept for the next time that `few` are the branch.
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
