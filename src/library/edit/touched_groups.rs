//! The groups that look different after row changes, so that a view reads only these again.
//!
//! They can't be computed from [`crate::library::touched`], which only has the faces: a face that moved has also left a
//! group.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::row_change::{RowChange, load_membership};
use crate::library::{FaceId, GroupId};

/// For changes that a command has made.
pub(super) fn touched_by_command(
    connection: &Connection,
    changes: &[RowChange],
) -> rusqlite::Result<BTreeSet<GroupId>> {
    touched(connection, changes, |change| match change {
        RowChange::Mark { face, .. } => Some(*face),
        _ => None,
    })
}

/// For changes that are about to be undone or redone; the library may have moved the faces since.
pub(super) fn touched_by_replay(
    connection: &Connection,
    changes: &[RowChange],
) -> rusqlite::Result<BTreeSet<GroupId>> {
    touched(connection, changes, |change| match change {
        RowChange::Mark { face, .. } | RowChange::Membership { face, .. } => Some(*face),
        _ => None,
    })
}

fn touched(
    connection: &Connection,
    changes: &[RowChange],
    face_to_look_up: impl Fn(&RowChange) -> Option<FaceId>,
) -> rusqlite::Result<BTreeSet<GroupId>> {
    let mut groups = BTreeSet::new();
    for change in changes {
        groups.extend(change.groups());
        if let Some(face) = face_to_look_up(change)
            && let Some(membership) = load_membership(connection, face)?
        {
            groups.insert(membership.group);
        }
    }
    Ok(groups)
}
