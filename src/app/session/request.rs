//! What the thread that owns the library is asked to do.

use crate::curate::Command;
use crate::library::{FaceId, GroupId};

/// What the worker is asked to do.
pub enum Request {
    Execute(Command),
    /// The command for all faces of these groups.
    ExecuteOnGroups {
        groups: Vec<GroupId>,
        verb: FaceVerb,
    },
    Undo,
    Redo,
    /// Another thread has changed the library.
    Refresh,
    /// The library is being closed: what was asked for before is carried out, nothing after it.
    Close,
}

/// What can be done to all faces of a group at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaceVerb {
    Ignore,
    NotAFace,
}

impl FaceVerb {
    pub(super) fn command(self, faces: Vec<FaceId>) -> Command {
        match self {
            FaceVerb::Ignore => Command::Ignore { faces },
            FaceVerb::NotAFace => Command::NotAFace { faces },
        }
    }
}
