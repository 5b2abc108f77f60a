//! Answers that commands give about pairs of sets of faces: whether they are one person.
//!
//! Every merge, split, rejection, confirmation and "different people" is an answer about two sets of faces at some mean
//! distance. It is stored in the journal with its command, so undoing a command also removes its effect. The library's
//! cut is computed from the answers that are not undone ([`library_cut`]) and is not stored.
//!
//! The distances are those of the model that the library had then; the notes of migrations tell which. Distances of other
//! models than today's say nothing about today's: they stay in the journal, and count again if the library goes back.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::Command;
use crate::cluster::{Centre, Cut, PairAnswer, learned_cut};
use crate::library::{EntryId, FaceId, GroupId, Library, LibraryError};
use crate::vision::{Centred, ModelName};

/// A command as stored in the journal.
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

/// The field of [`RecordedCommand`] in JSON.
const ANSWERS_FIELD: &str = "\"verdicts\":[";

/// The note that a migration leaves in the journal: the former model and the new one.
#[derive(Deserialize)]
struct RecordedSwitch {
    migrated: [ModelName; 2],
}

/// The field of [`RecordedSwitch`] in JSON.
const SWITCH_FIELD: &str = "\"migrated\":[";

/// The cut for grouping this library: the default, adjusted by its owner's answers.
pub fn library_cut(library: &Library) -> Result<Cut, LibraryError> {
    cut_among(library, library.embedded_faces()? as usize)
}

/// [`library_cut`] for a known number of comparable faces.
pub(super) fn cut_among(library: &Library, faces: usize) -> Result<Cut, LibraryError> {
    Ok(learned_cut(&AnswerLog::default().in_force(library)?, faces))
}

/// The answers read so far; journal entries only change by being undone or redone.
#[derive(Default)]
pub(super) struct AnswerLog {
    /// The answers of each command that has some, by entry, including undone ones.
    commands: Vec<(EntryId, Vec<PairAnswer>)>,
    /// The last entry that was read for answers.
    read_to: Option<EntryId>,
    /// The migrations, oldest first.
    switches: Vec<(EntryId, RecordedSwitch)>,
}

impl AnswerLog {
    /// The answers of all commands that are not undone, oldest first, as far as they were given with the library's present
    /// model. Reads only entries added since the last call.
    pub(super) fn in_force(&mut self, library: &Library) -> Result<Vec<PairAnswer>, LibraryError> {
        let done = library.done_entries()?;
        let after = self.read_to.unwrap_or(EntryId(0));
        for (entry, command) in library.commands_with(ANSWERS_FIELD, after)? {
            // A command in the format of a later version has no answers.
            if let Ok(recorded) = serde_json::from_str::<RecordedAnswers>(&command) {
                self.commands.push((entry, recorded.answers));
            }
            self.read_to = self.read_to.max(Some(entry));
        }
        self.read_to = self.read_to.max(done.last().copied());
        // Read after the answers: a migration before one of them is in the journal by now.
        self.read_switches(library)?;
        let current = library.embedding_model()?;
        let in_force = self.commands.iter().filter(|(entry, _)| {
            let of_another_model = self.model_at(*entry).is_some_and(|model| *model != current);
            !of_another_model && done.binary_search(entry).is_ok()
        });
        Ok(in_force.flat_map(|(_, answers)| answers).copied().collect())
    }

    fn read_switches(&mut self, library: &Library) -> Result<(), LibraryError> {
        let after = self.switches.last().map_or(EntryId(0), |(entry, _)| *entry);
        for (entry, note) in library.commands_with(SWITCH_FIELD, after)? {
            // A command that only contains such a text, in a name, is none.
            if let Ok(switch) = serde_json::from_str(&note) {
                self.switches.push((entry, switch));
            }
        }
        Ok(())
    }

    /// The model that the library had at an entry; `None` if it has had the present one all along.
    fn model_at(&self, entry: EntryId) -> Option<&ModelName> {
        let before = self.switches.partition_point(|(switch, _)| *switch < entry);
        match before.checked_sub(1) {
            Some(last) => self
                .switches
                .get(last)
                .map(|(_, switch)| &switch.migrated[1]),
            None => self.switches.first().map(|(_, switch)| &switch.migrated[0]),
        }
    }
}

/// The answers that a command gives, before it is executed. Faces without an embedding are ignored.
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
        Command::DifferentPeople {
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
            // A split gives only one answer. One answer for every two of many pieces would outweigh all other answers.
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
            let read = self.library.centred_of_group(group)?;
            self.groups.insert(group, read);
        }
        Ok(self.groups.get(&group).map_or(&[], Vec::as_slice))
    }

    fn whole(&mut self, group: GroupId) -> Result<Centre, LibraryError> {
        let faces = self.faces_of(group)?;
        Ok(Centre::of(faces.iter().map(|(_, embedding)| embedding)))
    }

    /// Adds an answer about these faces and the others of their group.
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
