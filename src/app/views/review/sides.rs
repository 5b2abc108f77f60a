//! The two sets of faces that a question is about, and the faces shown for each.

use std::collections::HashSet;
use std::sync::Arc;

use crate::app::state::cached::{Cached, Version};
use crate::app::state::queries::{GroupDetails, MarkedFaces};
use crate::app::state::snapshot::Snapshot;
use crate::app::views::context::ViewContext;
use crate::app::widgets::counts::counted;
use crate::app::widgets::dates::years;
use crate::curate::{Question, QueuedQuestion};
use crate::library::{FaceId, FaceRow, GroupId};

/// Maximum number of faces shown for a side.
const MAX_SHOWN: usize = 6;

/// One side of a question.
#[derive(Debug)]
pub(super) struct Side {
    /// The person's name, if it has one.
    pub(super) name: Option<String>,
    /// The name, or the role of the faces in the question.
    pub(super) title: String,
    /// The group, if the side is a whole group.
    pub(super) whole: Option<GroupId>,
    /// "29 faces · 2009 – 2026".
    pub(super) summary: String,
    /// The faces of the best quality, the best first.
    pub(super) shown: Vec<FaceRow>,
}

/// The faces that a side is taken from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Faces {
    Group(Version<GroupDetails>),
    Ignored(Version<MarkedFaces>),
}

impl Faces {
    fn rows(&self) -> &[FaceRow] {
        match self {
            Faces::Group(details) => &details.0.faces,
            Faces::Ignored(marked) => &marked.0.ignored,
        }
    }
}

/// The source of the sides: the row in the queue, the library's version, the faces of the two.
type SidesSource = (Version<Vec<QueuedQuestion>>, usize, u64, [Faces; 2]);

/// The sides of the question drawn last.
pub(super) type KnownSides = Cached<SidesSource, Arc<[Side; 2]>>;

/// Both sides; `None` while they are being read.
pub(super) fn sides(
    cx: &mut ViewContext<'_>,
    known: &mut KnownSides,
    queue: &Arc<Vec<QueuedQuestion>>,
    row: usize,
) -> Option<Arc<[Side; 2]>> {
    let parts = parts(&queue[row].question);
    let [one, other] = parts.map(|part| match part.group_id {
        Some(group_id) => cx.queries.group(group_id).map(Version).map(Faces::Group),
        None => cx.queries.ignored().map(Version).map(Faces::Ignored),
    });
    let faces = [one?, other?];
    let snapshot = cx.snapshot;
    let source = (Version::of(queue), row, snapshot.version, faces);
    let sides = known.get(source, |(.., faces)| {
        Arc::new([0, 1].map(|number| side(snapshot, faces[number].rows(), parts[number])))
    });
    Some(sides.clone())
}

/// Queries what the question will show.
pub(super) fn read_ahead(
    cx: &mut ViewContext<'_>,
    known: &mut KnownSides,
    queue: &Arc<Vec<QueuedQuestion>>,
    row: usize,
) {
    for side in sides(cx, known, queue, row)
        .iter()
        .flat_map(|sides| sides.iter())
    {
        for face in &side.shown {
            cx.pictures.face(face.face_id);
        }
    }
}

/// The faces of a group, or of the ignored ones, that form one side.
#[derive(Clone, Copy)]
struct Part<'a> {
    /// `None`: ignored faces.
    group_id: Option<GroupId>,
    /// `None`: all of them.
    faces: Option<&'a [FaceId]>,
    untitled: &'static str,
}

fn parts(question: &Question) -> [Part<'_>; 2] {
    let whole = |group_id: &GroupId| Part {
        group_id: Some(*group_id),
        faces: None,
        untitled: "Unnamed",
    };
    let part = |group_id: &GroupId, faces, untitled| Part {
        group_id: Some(*group_id),
        faces: Some(faces),
        untitled,
    };
    match question {
        Question::SamePerson { into, from } => [whole(into), whole(from)],
        Question::MixedGroup {
            group,
            pieces: [larger, smaller],
        } => [
            part(group, larger, "These"),
            part(group, smaller, "And these"),
        ],
        Question::BorderlineFaces {
            group, faces, rest, ..
        } => [
            part(group, rest, "The others"),
            part(group, faces, those(faces)),
        ],
        Question::Suggestion { person, faces } => {
            [whole(person), part(person, faces, those(faces))]
        }
        Question::LikeIgnored { group, ignored, .. } => {
            let ignored = Part {
                group_id: None,
                faces: Some(ignored),
                untitled: "Ignored",
            };
            [ignored, whole(group)]
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

fn side(snapshot: &Snapshot, all: &[FaceRow], part: Part<'_>) -> Side {
    let is_whole = part.faces.is_none();
    let faces: Option<HashSet<FaceId>> = part.faces.map(|faces| faces.iter().copied().collect());
    let belongs = |face: &&FaceRow| {
        faces
            .as_ref()
            .is_none_or(|faces| faces.contains(&face.face_id))
    };
    let mut faces: Vec<&FaceRow> = all.iter().filter(belongs).collect();
    let dates = || faces.iter().filter_map(|face| face.taken.as_deref());
    let count = counted(faces.len() as u64, "face");
    let summary = match years(dates().min(), dates().max()) {
        Some(years) => format!("{count} · {years}"),
        None => count,
    };
    faces.sort_by(|one, other| other.quality.total_cmp(&one.quality));
    let group = part.group_id.filter(|_| is_whole);
    let group = group.and_then(|group_id| snapshot.group(group_id));
    let name = group.and_then(|group| group.name.clone());
    Side {
        title: name.clone().unwrap_or_else(|| part.untitled.to_owned()),
        name,
        whole: part.group_id.filter(|_| is_whole),
        summary,
        shown: faces.into_iter().take(MAX_SHOWN).cloned().collect(),
    }
}
