//! The commands of the user on groups and faces: one variant per command, used by the window, the command line and the
//! journal.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::library::{EntryId, FaceId, GroupId};

/// A command of the user. Every command can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Names a group, or renames a person. Naming an unnamed group confirms its faces, because the user has looked at
    /// them; those whose photo is away, or no longer shows them, stay in the group as suggestions.
    Name { group: GroupId, name: String },
    /// Merges groups of one person. `into` stays; it keeps its name, or takes the first one among `from`. The faces of
    /// unnamed groups become confirmed; suggestions of people stay suggestions, as do faces that cannot be looked at.
    Merge { from: Vec<GroupId>, into: GroupId },
    /// Says that two groups are two people. Grouping then never moves the faces of the smaller group to the other (or
    /// of the unnamed group to the person); they may still join third groups.
    #[serde(rename = "keep_apart")]
    DifferentPeople { groups: (GroupId, GroupId) },
    /// Moves some faces of a group to a new one. Grouping never merges the two again.
    SplitFaces { group: GroupId, faces: Vec<FaceId> },
    /// Splits a group. The largest piece stays in the group (for a person: the piece with the most confirmed faces),
    /// with any face that is in no piece; every other piece becomes a new group. Grouping never merges any two of them
    /// again.
    SplitAt {
        group: GroupId,
        pieces: Vec<Vec<FaceId>>,
    },
    /// Moves faces from anywhere to a group and confirms them there.
    Move { faces: Vec<FaceId>, to: MoveTarget },
    /// Confirms faces in the groups they are in: accepts suggestions.
    Confirm { faces: Vec<FaceId> },
    /// Says that some faces of a group are the same person as its other faces. Confirms these faces, and the faces in
    /// `with`, which are the other faces that were shown with the question.
    Belong {
        faces: Vec<FaceId>,
        with: Vec<FaceId>,
    },
    /// Removes faces from their group: each goes to a new group of its own, and grouping never moves it back.
    Reject { faces: Vec<FaceId> },
    /// Hides faces of strangers.
    Ignore { faces: Vec<FaceId> },
    /// Hides false detections.
    NotAFace { faces: Vec<FaceId> },
    /// Undoes [`Command::Ignore`] and [`Command::NotAFace`]: the faces return to their groups.
    Restore { faces: Vec<FaceId> },
    /// Chooses the face that represents a group.
    SetCover { group: GroupId, face: FaceId },
    /// Makes a person an unnamed group again; confirmed faces stay together.
    DeleteName { group: GroupId },
    /// Says that a face which a changed photo no longer shows is this face: it takes over what was decided.
    Place { missing: FaceId, face: FaceId },
    /// Moves faces from anywhere to the person of this name, who is created if necessary.
    NameFaces { faces: Vec<FaceId>, name: String },
}

/// Where [`Command::Move`] puts faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveTarget {
    Group(GroupId),
    NewGroup,
}

/// What a command, an undo or a redo did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub entry: EntryId,
    /// Describes the command; the same when it is undone.
    pub message: String,
    /// Groups that were created.
    pub created: Vec<GroupId>,
    /// Existing groups that look different now, including the created ones.
    pub touched: Vec<GroupId>,
    /// All groups that look different now, including deleted ones.
    pub changed_groups: BTreeSet<GroupId>,
}
