//! Questions about the outlier branch of a group: borderline faces, or one half of a mixed group.

use rayon::prelude::*;

use super::context::{Groups, ReviewContext};
use super::groups::ReviewedGroup;
use super::known_faces::{KnownFace, KnownFaces};
use super::{MIN_PROBABILITY, Question, QueuedQuestion};
use crate::cluster::{Centre, OutlierBranches};
use crate::library::FaceId;
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// A branch with at most this many faces is asked about as borderline faces, a larger one as a mixed group.
const MAX_BORDERLINE_FACES: usize = 2;

/// At most one question per group, about its least likely branch. The branches are kept with the groups.
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
    // The user has looked at a named group; faces added later are suggestions.
    if group.faces.len() < 2 || context.is_named(group) {
        return Ok(None);
    }
    // Nothing is left to ask if all faces are confirmed.
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
    if !few.iter().any(|&place| group.faces[place].is_clear()) {
        return None;
    }
    let ids = |places: &[usize]| -> Vec<FaceId> {
        let faces = places.iter().map(|&place| &group.faces[place]);
        faces.map(|face| face.face_id).collect()
    };
    let question = if few.len() <= MAX_BORDERLINE_FACES {
        let has_confirmed = many.iter().any(|&place| confirmed[place]);
        Question::BorderlineFaces {
            group: group.group_id,
            faces: ids(few),
            rest: ids(&many),
            anchor: if has_confirmed {
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

/// The face of `many` nearest to their centre; kept for the next question about the same `few`.
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

/// The face nearest to the centre of these; on a tie the first.
fn middle(group: &ReviewedGroup, places: &[usize], known: &KnownFaces) -> Option<FaceId> {
    let embedding = |place: usize| known.embedding(&group.faces[place]);
    let centre = Centre::of(places.iter().map(|&place| embedding(place)));
    let distances = places
        .iter()
        .map(|&place| (place, Centre::of([embedding(place)]).distance(&centre)));
    let (nearest, _) = distances.min_by(|one, other| one.1.total_cmp(&other.1))?;
    Some(group.faces[nearest].face_id)
}
