//! A question of the review, and the commands that its answers stand for.

use serde::Serialize;

use crate::curate::Command;
use crate::library::{FaceId, GroupId};

/// Every question asks whether two sets of faces are one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Are these two groups one person? The answer "same" merges `from` into `into`.
    SamePerson { into: GroupId, from: GroupId },
    /// Is this group two people?
    MixedGroup {
        group: GroupId,
        /// The larger one first.
        pieces: [Vec<FaceId>; 2],
    },
    /// Do these few faces belong to their group?
    BorderlineFaces {
        group: GroupId,
        faces: Vec<FaceId>,
        /// The other faces of the group.
        rest: Vec<FaceId>,
        /// A face of `rest` that is confirmed with the answer "same", if none of them is confirmed yet.
        anchor: Option<FaceId>,
    },
    /// Are these suggested faces the person?
    Suggestion { person: GroupId, faces: Vec<FaceId> },
    /// Is this group the strangers of some ignored faces? The answer "same" ignores it, too; "different" confirms it, so
    /// that it is not asked about again.
    LikeIgnored {
        group: GroupId,
        faces: Vec<FaceId>,
        /// Some of the ignored faces.
        ignored: Vec<FaceId>,
    },
}

/// Whether the two sets are one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Same,
    Different,
}

/// The kind of a question; the names appear in tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionKind {
    SamePerson,
    // The printed names are part of the documented output.
    #[serde(rename = "mixture")]
    MixedGroup,
    #[serde(rename = "edge")]
    BorderlineFaces,
    Suggestion,
    #[serde(rename = "ignored")]
    LikeIgnored,
}

impl QuestionKind {
    pub fn as_str(self) -> &'static str {
        match self {
            QuestionKind::SamePerson => "same-person",
            QuestionKind::MixedGroup => "mixture",
            QuestionKind::BorderlineFaces => "edge",
            QuestionKind::Suggestion => "suggestion",
            QuestionKind::LikeIgnored => "ignored",
        }
    }
}

/// Identifies a skipped question; does not change when faces join its groups.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuestionKey {
    kind: QuestionKind,
    groups: Vec<GroupId>,
    /// The lowest of the faces in question, for questions about a part of a group.
    face: Option<FaceId>,
}

impl Question {
    pub fn kind(&self) -> QuestionKind {
        match self {
            Question::SamePerson { .. } => QuestionKind::SamePerson,
            Question::MixedGroup { .. } => QuestionKind::MixedGroup,
            Question::BorderlineFaces { .. } => QuestionKind::BorderlineFaces,
            Question::Suggestion { .. } => QuestionKind::Suggestion,
            Question::LikeIgnored { .. } => QuestionKind::LikeIgnored,
        }
    }

    pub fn key(&self) -> QuestionKey {
        let mut groups = self.groups();
        groups.sort_unstable();
        let face = match self {
            Question::MixedGroup {
                pieces: [_, smaller],
                ..
            } => smaller.iter().min(),
            Question::BorderlineFaces { faces, .. } => faces.iter().min(),
            Question::SamePerson { .. }
            | Question::Suggestion { .. }
            | Question::LikeIgnored { .. } => None,
        };
        QuestionKey {
            kind: self.kind(),
            groups,
            face: face.copied(),
        }
    }

    /// The groups that the question is about.
    pub fn groups(&self) -> Vec<GroupId> {
        match self {
            Question::SamePerson { into, from } => vec![*into, *from],
            Question::MixedGroup { group, .. }
            | Question::BorderlineFaces { group, .. }
            | Question::LikeIgnored { group, .. } => vec![*group],
            Question::Suggestion { person, .. } => vec![*person],
        }
    }

    /// The command that an answer stands for.
    pub fn command(&self, answer: Answer) -> Command {
        match (self, answer) {
            (Question::SamePerson { into, from }, Answer::Same) => Command::Merge {
                from: vec![*from],
                into: *into,
            },
            (Question::SamePerson { into, from }, Answer::Different) => Command::DifferentPeople {
                groups: (*into, *from),
            },
            (
                Question::MixedGroup {
                    pieces: [larger, smaller],
                    ..
                },
                Answer::Same,
            ) => Command::Belong {
                faces: smaller.clone(),
                with: larger.clone(),
            },
            (Question::MixedGroup { group, pieces }, Answer::Different) => Command::SplitAt {
                group: *group,
                pieces: pieces.to_vec(),
            },
            // A single confirmed face would keep the group's id if the other faces left.
            (Question::BorderlineFaces { faces, anchor, .. }, Answer::Same) => Command::Belong {
                faces: faces.clone(),
                with: anchor.iter().copied().collect(),
            },
            (Question::Suggestion { faces, .. }, Answer::Same)
            | (Question::LikeIgnored { faces, .. }, Answer::Different) => Command::Confirm {
                faces: faces.clone(),
            },
            (Question::LikeIgnored { faces, .. }, Answer::Same) => Command::Ignore {
                faces: faces.clone(),
            },
            (
                Question::BorderlineFaces { faces, .. } | Question::Suggestion { faces, .. },
                Answer::Different,
            ) => Command::Reject {
                faces: faces.clone(),
            },
        }
    }
}
