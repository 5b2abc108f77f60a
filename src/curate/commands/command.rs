//! What a person can do to the groups: one variant each, for the window, the command line and the journal alike.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::library::{EntryId, FaceId, GroupId};

/// A person's command. All of them can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Names a group, or renames a person. Naming confirms the faces of a group that had no name: a person looked at them.
    Name { group: GroupId, name: String },
    /// Says that groups are one person. `into` stays; it keeps its name, or takes the first one among `from`.
    /// The faces of unnamed groups become confirmed; suggestions of named ones stay suggestions.
    Merge { from: Vec<GroupId>, into: GroupId },
    /// Says that two groups are two people. The smaller one's faces never join the other by themselves; what else they
    /// join is left open. (An unnamed group yields to a person.)
    KeepApart { groups: (GroupId, GroupId) },
    /// Takes some faces out of a group, into a new one. The two are held apart from then on.
    SplitFaces { group: GroupId, faces: Vec<FaceId> },
    /// Takes a group apart. The largest piece stays in the group (of a person: the one with the most confirmed faces), with
    /// any face that is in no piece; each other piece becomes a new group. All are held apart from then on.
    SplitAt {
        group: GroupId,
        pieces: Vec<Vec<FaceId>>,
    },
    /// Puts faces, wherever they are, into a group; they are confirmed there.
    Move { faces: Vec<FaceId>, to: MoveTarget },
    /// Says that faces are where they belong: accepts suggestions.
    Confirm { faces: Vec<FaceId> },
    /// Says that some faces of a group are the person whom its others are. They are confirmed, and so are the faces `with` them,
    /// of the others: whoever asked has shown those.
    Belong {
        faces: Vec<FaceId>,
        with: Vec<FaceId>,
    },
    /// Says that faces don't belong to their group: each goes to a new group of its own, and never back by itself.
    Reject { faces: Vec<FaceId> },
    /// Leaves faces of strangers out.
    Ignore { faces: Vec<FaceId> },
    /// Leaves false detections out.
    NotAFace { faces: Vec<FaceId> },
    /// Takes back [`Command::Ignore`] and [`Command::NotAFace`]: the faces are where they were.
    Restore { faces: Vec<FaceId> },
    /// Shows a group by this face of it.
    SetCover { group: GroupId, face: FaceId },
    /// Makes a person an unnamed group again; what is confirmed stays together.
    DeleteName { group: GroupId },
    /// Puts faces, wherever they are, into the person of this name, who is made if there is none.
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
    /// What the command did, in words; the same when it is undone.
    pub message: String,
    /// Groups that came into being.
    pub created: Vec<GroupId>,
    /// Groups that are there and look different now, the created ones among them.
    pub touched: Vec<GroupId>,
    /// Every group that looks different now, those that are gone among them.
    pub changed_groups: BTreeSet<GroupId>,
}
