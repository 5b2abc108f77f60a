//! What a person's commands add about likeness: which sets of faces are one person, and which are not.
//!
//! Every merge, split, rejection and "different people" is a answer on two sets of faces at some mean distance. It is
//! entered into the journal with its command, so an undone command teaches nothing. This library's cut is derived from
//! the answers that stand ([`library_cut`]) and stored nowhere.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::Command;
use crate::cluster::{Centre, Cut, PairAnswer, learned_cut};
use crate::library::{EntryId, FaceId, GroupId, Library, LibraryError};
use crate::vision::Centred;

/// A command as the journal keeps it.
#[derive(Serialize)]
pub(super) struct RecordedCommand<'a> {
    #[serde(flatten)]
    pub(super) command: &'a Command,
    #[serde(rename = "verdicts", skip_serializing_if = "Vec::is_empty")]
    pub(super) answers: Vec<PairAnswer>,
}

/// The part of it that is read back.
#[derive(Deserialize)]
struct RecordedAnswers {
    #[serde(rename = "verdicts", default)]
    answers: Vec<PairAnswer>,
}

/// The field of [`RecordedCommand`], as it stands in JSON.
const ANSWERS_FIELD: &str = "\"verdicts\":[";

/// The cut for grouping this library: the default, moved by what its owner has said so far.
pub fn library_cut(library: &Library) -> Result<Cut, LibraryError> {
    cut_among(library, library.embedded_faces()? as usize)
}

/// [`library_cut`] where it is known that so many faces can be compared.
pub(super) fn cut_among(library: &Library, faces: usize) -> Result<Cut, LibraryError> {
    Ok(learned_cut(&answers_in_force(library)?, faces))
}

/// The answers of all commands that are not undone, oldest first.
pub(super) fn answers_in_force(library: &Library) -> Result<Vec<PairAnswer>, LibraryError> {
    AnswerLog::default().in_force(library)
}

/// Verdicts as read so far: an entry of the journal never changes but for being undone.
#[derive(Default)]
pub(super) struct AnswerLog {
    /// Of each command that has some, by entry, undone ones too.
    commands: Vec<(EntryId, Vec<PairAnswer>)>,
    /// All entries up to this one were read.
    read_to: Option<EntryId>,
}

impl AnswerLog {
    /// [`answers_in_force`], reading only what was entered since the last time.
    pub(super) fn in_force(&mut self, library: &Library) -> Result<Vec<PairAnswer>, LibraryError> {
        let done = library.done_entries()?;
        let after = self.read_to.unwrap_or(EntryId(0));
        for (entry, command) in library.commands_with(ANSWERS_FIELD, after)? {
            // A command that a later version wrote in another way teaches nothing.
            if let Ok(taught) = serde_json::from_str::<RecordedAnswers>(&command) {
                self.commands.push((entry, taught.answers));
            }
            self.read_to = self.read_to.max(Some(entry));
        }
        self.read_to = self.read_to.max(done.last().copied());
        let stand = self
            .commands
            .iter()
            .filter(|(entry, _)| done.binary_search(entry).is_ok());
        Ok(stand.flat_map(|(_, answers)| answers).copied().collect())
    }
}

/// What a command says, before it is carried out. Faces without an embedding add nothing.
pub(super) fn answers(
    library: &Library,
    command: &Command,
) -> Result<Vec<PairAnswer>, LibraryError> {
    let mut collected = Collected {
        library,
        groups: HashMap::new(),
        answers: Vec::new(),
    };
    match command {
        Command::Merge { from, into } => {
            for group in from.iter().filter(|group| *group != into) {
                let (one, other) = (collected.whole(*group)?, collected.whole(*into)?);
                collected.add(&one, &other, true, false);
            }
        }
        Command::KeepApart {
            groups: (one, other),
        } => {
            let (one, other) = (collected.whole(*one)?, collected.whole(*other)?);
            collected.add(&one, &other, false, false);
        }
        Command::SplitFaces { group, faces } => collected.part(*group, faces, false)?,
        Command::Belong { faces, .. } | Command::Confirm { faces } => {
            for (group, faces) in by_group(library, faces)? {
                collected.part(group, &faces, true)?;
            }
        }
        Command::SplitAt { group, pieces } => {
            // Two at a time would let one split into many pieces outweigh everything else said.
            if let Some(smallest) = pieces.iter().min_by_key(|piece| piece.len()) {
                collected.part(*group, smallest, false)?;
            }
        }
        Command::Reject { faces } => {
            for (group, faces) in by_group(library, faces)? {
                collected.part(group, &faces, false)?;
            }
        }
        _ => {}
    }
    Ok(collected.answers)
}

struct Collected<'a> {
    library: &'a Library,
    groups: HashMap<GroupId, Vec<(FaceId, Centred)>>,
    answers: Vec<PairAnswer>,
}

impl Collected<'_> {
    fn faces_of(&mut self, group: GroupId) -> Result<&[(FaceId, Centred)], LibraryError> {
        if !self.groups.contains_key(&group) {
            let read = self.library.embeddings_of_group(group)?.into_iter();
            let read = read.map(|(face_id, embedding)| (face_id, embedding.centred()));
            self.groups.insert(group, read.collect());
        }
        Ok(self.groups.get(&group).map_or(&[], Vec::as_slice))
    }

    fn whole(&mut self, group: GroupId) -> Result<Centre, LibraryError> {
        let faces = self.faces_of(group)?;
        Ok(Centre::of(faces.iter().map(|(_, embedding)| embedding)))
    }

    /// These faces are, or are not, the person whom the others of their group are.
    fn part(
        &mut self,
        group: GroupId,
        faces: &[FaceId],
        same_person: bool,
    ) -> Result<(), LibraryError> {
        let faces: HashSet<FaceId> = faces.iter().copied().collect();
        let all = self.faces_of(group)?;
        let side = |out: bool| {
            let faces = all.iter().filter(|(face, _)| faces.contains(face) == out);
            Centre::of(faces.map(|(_, embedding)| embedding))
        };
        let (out, rest) = (side(true), side(false));
        self.add(&out, &rest, same_person, true);
        Ok(())
    }

    fn add(&mut self, one: &Centre, other: &Centre, same_person: bool, within_group: bool) {
        if one.faces() > 0 && other.faces() > 0 {
            self.answers.push(PairAnswer {
                distance: one.distance(other),
                sides: (one.evidence(), other.evidence()),
                same_person,
                within_group,
            });
        }
    }
}

fn by_group(
    library: &Library,
    faces: &[FaceId],
) -> Result<BTreeMap<GroupId, Vec<FaceId>>, LibraryError> {
    let mut groups: BTreeMap<GroupId, Vec<FaceId>> = BTreeMap::new();
    for &face in faces {
        if let Some(group) = library.face(face)?.and_then(|row| row.group) {
            groups.entry(group).or_default().push(face);
        }
    }
    Ok(groups)
}
