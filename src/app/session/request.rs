//! Requests to the thread that owns the library.

use crate::curate::Command;
use crate::library::{FaceId, GroupId, Mark};

/// A change of the library by the user.
#[derive(Clone, Debug)]
pub enum Change {
    Execute(Command),
    /// Marks all faces of these groups.
    MarkGroups {
        groups: Vec<GroupId>,
        mark: Mark,
    },
    Undo,
    Redo,
}

pub enum Request {
    Change(Change),
    /// Another thread has changed the library.
    Refresh,
    /// Ends the thread after the requests sent before this one.
    Close,
}

/// The command that marks these faces.
pub fn mark_command(mark: Mark, faces: Vec<FaceId>) -> Command {
    match mark {
        Mark::Ignored => Command::Ignore { faces },
        Mark::NotAFace => Command::NotAFace { faces },
    }
}
