//! Why a command was refused, or a grouping not finished.

use crate::library::{FaceId, GroupId, LibraryError};
use crate::stop::Stopped;

/// A refused command, or an interrupted computation; the library is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum CurateError {
    #[error("there is no group {0}")]
    UnknownGroup(GroupId),
    #[error("there is no face {0}")]
    UnknownFace(FaceId),
    #[error("a name needs at least one letter")]
    EmptyName,
    #[error("a name may have at most {most} characters; this one has {length}")]
    LongName { length: usize, most: usize },
    /// The window and the command line offer to merge instead. `free` is a name for another person of the same name.
    #[error(
        "there is a person called {name:?} already (group {group}): merge the two if they are one, or name another \
         person {free:?}"
    )]
    NameTaken {
        group: GroupId,
        name: String,
        free: String,
    },
    #[error(
        "group {0} has no face to name, or only in photos that are away: scan their folder when it is back"
    )]
    EmptyGroup(GroupId),
    #[error("face {0} is in its photo: only one that was not found again can be placed")]
    NotMissing(FaceId),
    #[error("face {0} was not found in its photo itself: name one that is there")]
    Missing(FaceId),
    #[error(
        "face {face} is confirmed as {name}: name another face, or first move it to the person who it is (`kinfolk move`)"
    )]
    ConfirmedAsOther { face: FaceId, name: String },
    #[error("no face was chosen")]
    NoFaces,
    #[error("face {face} is not in group {group}")]
    NotInGroup { face: FaceId, group: GroupId },
    #[error("group {0} can't be a different person than itself")]
    OneGroup(GroupId),
    #[error("face {0} is in no group")]
    NotGrouped(FaceId),
    #[error("at least one face must stay in group {0}")]
    NothingStays(GroupId),
    #[error("a group must be split into at least two pieces")]
    TooFewPieces,
    #[error("a group can be split into at most {most} pieces, not {pieces}")]
    TooManyPieces { pieces: usize, most: usize },
    #[error("face {0} is in two pieces")]
    FaceInTwoPieces(FaceId),
    #[error("nothing to do: it is already so")]
    NothingToDo,
    #[error(transparent)]
    Stopped(#[from] Stopped),
    #[error(transparent)]
    Library(#[from] LibraryError),
}
