//! The two sets of faces that a question is about, and the faces that stand for each.

use std::collections::HashSet;

use crate::app::context::ViewContext;
use crate::app::widgets::dates::{counted, years};
use crate::curate::Question;
use crate::library::{FaceId, FaceRow, GroupId};

/// Faces shown of one side, at most.
const MOST_SHOWN: usize = 6;

/// One side of a question.
#[derive(Debug)]
pub(super) struct Side {
    /// Who it is, if it has a name.
    pub(super) name: Option<String>,
    /// What stands over it: the name, or what it is of the question.
    pub(super) title: String,
    /// The group that it is the whole of.
    pub(super) whole: Option<GroupId>,
    /// "29 faces · 2009 – 2026".
    pub(super) summary: String,
    /// The best to know somebody by, the best first.
    pub(super) shown: Vec<FaceRow>,
}

/// Both sides; `None` while they are being read.
pub(super) fn sides(cx: &mut ViewContext<'_>, question: &Question) -> Option<[Side; 2]> {
    Some(match question {
        Question::SamePerson { into, from } => [
            side(cx, *into, None, "Unnamed")?,
            side(cx, *from, None, "Unnamed")?,
        ],
        Question::Mixture {
            group,
            pieces: [larger, smaller],
        } => [
            side(cx, *group, Some(larger), "These")?,
            side(cx, *group, Some(smaller), "And these")?,
        ],
        Question::Edge {
            group, faces, rest, ..
        } => [
            side(cx, *group, Some(rest), "The others")?,
            side(cx, *group, Some(faces), those(faces))?,
        ],
        Question::Suggestion { person, faces } => [
            side(cx, *person, None, "Unnamed")?,
            side(cx, *person, Some(faces), those(faces))?,
        ],
    })
}

/// Asks for what the question will show.
pub(super) fn read_ahead(cx: &mut ViewContext<'_>, question: &Question) {
    for side in sides(cx, question).into_iter().flatten() {
        for face in &side.shown {
            cx.textures.face(face.face_id);
        }
    }
}

fn those(faces: &[FaceId]) -> &'static str {
    if faces.len() == 1 {
        "This face"
    } else {
        "These faces"
    }
}

fn side(
    cx: &mut ViewContext<'_>,
    group_id: GroupId,
    part: Option<&[FaceId]>,
    untitled: &str,
) -> Option<Side> {
    let details = cx.details.group(group_id)?;
    let is_whole = part.is_none();
    let part: Option<HashSet<FaceId>> = part.map(|faces| faces.iter().copied().collect());
    let belongs = |face: &&FaceRow| {
        part.as_ref()
            .is_none_or(|part| part.contains(&face.face_id))
    };
    let mut faces: Vec<&FaceRow> = details.faces.iter().filter(belongs).collect();
    let dates = || faces.iter().filter_map(|face| face.taken.as_deref());
    let count = counted(faces.len() as u64, "face", "faces");
    let summary = match years(dates().min(), dates().max()) {
        Some(years) => format!("{count} · {years}"),
        None => count,
    };
    faces.sort_by(|one, other| other.quality.total_cmp(&one.quality));
    let group = cx.snapshot.group(group_id).filter(|_| is_whole);
    let name = group.and_then(|group| group.name.clone());
    Some(Side {
        title: name.clone().unwrap_or_else(|| untitled.to_owned()),
        name,
        whole: is_whole.then_some(group_id),
        summary,
        shown: faces.into_iter().take(MOST_SHOWN).cloned().collect(),
    })
}
