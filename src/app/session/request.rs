//! What the thread that owns the library is asked to do.

use crate::curate::Command;
use crate::library::{FaceId, GroupId, Mark};

/// A change of the library that a person asks for.
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

/// A request to the library thread.
pub enum Request {
    Change(Change),
    /// Another thread has changed the library.
    Refresh,
    /// The library is being closed: what was asked for before is done, nothing after it.
    Close,
}

/// The command that marks these faces.
pub fn mark_command(mark: Mark, faces: Vec<FaceId>) -> Command {
    match mark {
        Mark::Ignored => Command::Ignore { faces },
        Mark::NotAFace => Command::NotAFace { faces },
    }
}
