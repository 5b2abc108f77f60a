//! A change of one row by a command, with its state before and after: the unit of undo and redo.

use rusqlite::{Connection, OptionalExtension as _};
use serde::{Deserialize, Serialize};

use crate::library::{FaceId, GroupId, Mark, MembershipState};

/// A group's name and cover.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRow {
    #[serde(rename = "name")]
    pub name: Option<String>,
    #[serde(rename = "cover")]
    pub cover: Option<FaceId>,
}

/// The group of a face, and who put it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    #[serde(rename = "group")]
    pub group: GroupId,
    #[serde(rename = "state")]
    pub state: MembershipState,
}

/// A change of one row; `None` and `false` mean that the row does not exist.
///
/// The JSON names are explicit, because stored journals contain them: a field that is renamed here must keep its JSON
/// name (`tests/library/journal_format.rs`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowChange {
    #[serde(rename = "group")]
    Group {
        #[serde(rename = "group")]
        group: GroupId,
        #[serde(rename = "before")]
        before: Option<GroupRow>,
        #[serde(rename = "after")]
        after: Option<GroupRow>,
    },
    #[serde(rename = "membership")]
    Membership {
        #[serde(rename = "face")]
        face: FaceId,
        #[serde(rename = "before")]
        before: Option<Membership>,
        #[serde(rename = "after")]
        after: Option<Membership>,
    },
    #[serde(rename = "mark")]
    Mark {
        #[serde(rename = "face")]
        face: FaceId,
        #[serde(rename = "before")]
        before: Option<Mark>,
        #[serde(rename = "after")]
        after: Option<Mark>,
    },
    #[serde(rename = "rejection")]
    Rejection {
        #[serde(rename = "face")]
        face: FaceId,
        #[serde(rename = "group")]
        group: GroupId,
        #[serde(rename = "before")]
        before: bool,
        #[serde(rename = "after")]
        after: bool,
    },
    #[serde(rename = "apart")]
    Apart {
        /// In ascending order.
        #[serde(rename = "groups")]
        groups: (GroupId, GroupId),
        #[serde(rename = "before")]
        before: bool,
        #[serde(rename = "after")]
        after: bool,
    },
}

/// The state that a change is applied to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

fn side<T>(side: Side, before: T, after: T) -> T {
    match side {
        Side::Before => before,
        Side::After => after,
    }
}

impl RowChange {
    /// The groups that it affects.
    pub fn groups(&self) -> Vec<GroupId> {
        match self {
            RowChange::Group { group, .. } | RowChange::Rejection { group, .. } => vec![*group],
            RowChange::Membership { before, after, .. } => [before, after]
                .into_iter()
                .flatten()
                .map(|membership| membership.group)
                .collect(),
            RowChange::Mark { .. } => Vec::new(),
            RowChange::Apart { groups, .. } => vec![groups.0, groups.1],
        }
    }

    /// The face whose group, mark or rejections it changes.
    pub(crate) fn face(&self) -> Option<FaceId> {
        match self {
            RowChange::Membership { face, .. }
            | RowChange::Mark { face, .. }
            | RowChange::Rejection { face, .. } => Some(*face),
            RowChange::Group { .. } | RowChange::Apart { .. } => None,
        }
    }

    /// Restores the row's state on one side of the change, in a library that may have changed since (see
    /// [`crate::library`]).
    pub(super) fn apply(&self, connection: &Connection, to: Side) -> rusqlite::Result<()> {
        match self {
            RowChange::Group {
                group,
                before,
                after,
            } => restore_group(connection, *group, side(to, before, after).as_ref()),
            RowChange::Membership {
                face,
                before,
                after,
            } if face_exists(connection, *face)? => {
                let membership = side(to, *before, *after);
                if let Some(membership) = membership {
                    ensure_group(connection, membership.group)?;
                }
                store_membership(connection, *face, membership)
            }
            RowChange::Mark {
                face,
                before,
                after,
            } if face_exists(connection, *face)? => {
                store_mark(connection, *face, side(to, *before, *after))
            }
            RowChange::Rejection {
                face,
                group,
                before,
                after,
            } if face_exists(connection, *face)? => {
                let rejected = side(to, *before, *after);
                if rejected {
                    ensure_group(connection, *group)?;
                    delete_automatic_membership(connection, *face, *group)?;
                }
                store_rejection(connection, *face, *group, rejected)
            }
            RowChange::Apart {
                groups,
                before,
                after,
            } => {
                let apart = side(to, *before, *after);
                if apart {
                    ensure_group(connection, groups.0)?;
                    ensure_group(connection, groups.1)?;
                }
                store_apart(connection, *groups, apart)
            }
            // The face was deleted with its photo.
            RowChange::Membership { .. } | RowChange::Mark { .. } | RowChange::Rejection { .. } => {
                Ok(())
            }
        }
    }
}

/// Like [`store_group`], but a group with members is only unnamed, and a deleted face is not restored as a cover.
fn restore_group(
    connection: &Connection,
    group: GroupId,
    row: Option<&GroupRow>,
) -> rusqlite::Result<()> {
    let Some(row) = row else {
        return if has_members(connection, group)? {
            store_group(connection, group, Some(&GroupRow::default()))
        } else {
            store_group(connection, group, None)
        };
    };
    let mut row = row.clone();
    if let Some(cover) = row.cover
        && !face_exists(connection, cover)?
    {
        row.cover = None;
    }
    store_group(connection, group, Some(&row))
}

fn has_members(connection: &Connection, group: GroupId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM membership WHERE group_id = ?1)")?
        .query_row([group], |row| row.get(0))
}

/// Restores a group that grouping has deleted: it was unnamed, or its row is restored by a change of its own.
fn ensure_group(connection: &Connection, group: GroupId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO face_group (group_id) VALUES (?1)")?
        .execute([group])?;
    Ok(())
}

fn delete_automatic_membership(
    connection: &Connection,
    face: FaceId,
    group: GroupId,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM membership WHERE face_id = ?1 AND group_id = ?2 AND state = 'automatic'",
        )?
        .execute((face, group))?;
    Ok(())
}

pub(super) fn face_exists(connection: &Connection, face: FaceId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM face WHERE face_id = ?1)")?
        .query_row([face], |row| row.get(0))
}

pub(super) fn load_group(
    connection: &Connection,
    group: GroupId,
) -> rusqlite::Result<Option<GroupRow>> {
    connection
        .prepare_cached("SELECT name, cover_face_id FROM face_group WHERE group_id = ?1")?
        .query_row([group], |row| {
            Ok(GroupRow {
                name: row.get(0)?,
                cover: row.get(1)?,
            })
        })
        .optional()
}

pub(super) fn store_group(
    connection: &Connection,
    group: GroupId,
    row: Option<&GroupRow>,
) -> rusqlite::Result<()> {
    match row {
        Some(row) => connection
            .prepare_cached(
                "INSERT INTO face_group (group_id, name, cover_face_id) VALUES (?1, ?2, ?3)
                 ON CONFLICT (group_id) DO UPDATE SET name = excluded.name, cover_face_id = excluded.cover_face_id",
            )?
            .execute((group, &row.name, row.cover))?,
        None => connection.prepare_cached("DELETE FROM face_group WHERE group_id = ?1")?.execute([group])?,
    };
    Ok(())
}

pub(super) fn load_membership(
    connection: &Connection,
    face: FaceId,
) -> rusqlite::Result<Option<Membership>> {
    connection
        .prepare_cached("SELECT group_id, state FROM membership WHERE face_id = ?1")?
        .query_row([face], |row| {
            Ok(Membership {
                group: row.get(0)?,
                state: row.get(1)?,
            })
        })
        .optional()
}

pub(super) fn store_membership(
    connection: &Connection,
    face: FaceId,
    membership: Option<Membership>,
) -> rusqlite::Result<()> {
    match membership {
        Some(Membership { group, state }) => connection
            .prepare_cached(
                "INSERT OR REPLACE INTO membership (face_id, group_id, state) VALUES (?1, ?2, ?3)",
            )?
            .execute((face, group, state))?,
        None => connection
            .prepare_cached("DELETE FROM membership WHERE face_id = ?1")?
            .execute([face])?,
    };
    Ok(())
}

pub(super) fn load_mark(connection: &Connection, face: FaceId) -> rusqlite::Result<Option<Mark>> {
    connection
        .prepare_cached("SELECT mark FROM face_mark WHERE face_id = ?1")?
        .query_row([face], |row| row.get(0))
        .optional()
}

pub(super) fn store_mark(
    connection: &Connection,
    face: FaceId,
    mark: Option<Mark>,
) -> rusqlite::Result<()> {
    match mark {
        Some(mark) => connection
            .prepare_cached("INSERT OR REPLACE INTO face_mark (face_id, mark) VALUES (?1, ?2)")?
            .execute((face, mark))?,
        None => connection
            .prepare_cached("DELETE FROM face_mark WHERE face_id = ?1")?
            .execute([face])?,
    };
    Ok(())
}

pub(super) fn load_rejection(
    connection: &Connection,
    face: FaceId,
    group: GroupId,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM rejection WHERE face_id = ?1 AND group_id = ?2)",
        )?
        .query_row((face, group), |row| row.get(0))
}

pub(super) fn store_rejection(
    connection: &Connection,
    face: FaceId,
    group: GroupId,
    rejected: bool,
) -> rusqlite::Result<()> {
    let sql = if rejected {
        "INSERT OR IGNORE INTO rejection (face_id, group_id) VALUES (?1, ?2)"
    } else {
        "DELETE FROM rejection WHERE face_id = ?1 AND group_id = ?2"
    };
    connection.prepare_cached(sql)?.execute((face, group))?;
    Ok(())
}

pub(super) fn load_apart(
    connection: &Connection,
    groups: (GroupId, GroupId),
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM apart WHERE group_a = ?1 AND group_b = ?2)")?
        .query_row(groups, |row| row.get(0))
}

pub(super) fn store_apart(
    connection: &Connection,
    groups: (GroupId, GroupId),
    apart: bool,
) -> rusqlite::Result<()> {
    let sql = if apart {
        "INSERT OR IGNORE INTO apart (group_a, group_b) VALUES (?1, ?2)"
    } else {
        "DELETE FROM apart WHERE group_a = ?1 AND group_b = ?2"
    };
    connection.prepare_cached(sql)?.execute(groups)?;
    Ok(())
}
