//! Decisions made since a point of the journal: a grouping that began before must not override them.

use std::collections::HashSet;

use rusqlite::{Connection, Transaction};

use crate::library::edit::changes_of;
use crate::library::{EntryId, FaceId, GroupId, Library, LibraryError};

/// A position in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalPosition {
    /// The last entry that is not undone.
    last_done: EntryId,
    /// Number of entries up to that one.
    done: u32,
    /// The last entry, undone or not.
    last: EntryId,
}

impl Library {
    /// The current position. A grouping takes it before it reads anything.
    pub fn journal_position(&self) -> Result<JournalPosition, LibraryError> {
        Ok(position(&self.connection)?)
    }
}

fn position(connection: &Connection) -> rusqlite::Result<JournalPosition> {
    connection
        .prepare_cached(
            "SELECT coalesce(max(entry_id) FILTER (WHERE undone = 0), 0), count(*) FILTER (WHERE undone = 0),
                    coalesce(max(entry_id), 0) FROM journal WHERE is_note = 0",
        )?
        .query_row([], |row| {
            Ok(JournalPosition {
                last_done: row.get(0)?,
                done: row.get(1)?,
                last: row.get(2)?,
            })
        })
}

/// The faces and groups changed by commands, undo and redo since a position.
#[derive(Debug)]
pub(super) struct DecidedSince {
    since: JournalPosition,
    /// The position up to which `faces` and `groups` are known.
    now: JournalPosition,
    faces: HashSet<FaceId>,
    groups: HashSet<GroupId>,
    /// Entries were undone and then deleted by another command, so their faces and groups are unknown.
    is_unknown: bool,
}

impl DecidedSince {
    pub(super) fn new(since: JournalPosition) -> DecidedSince {
        DecidedSince {
            since,
            now: since,
            faces: HashSet::new(),
            groups: HashSet::new(),
            is_unknown: false,
        }
    }

    /// Reads the decisions up to this transaction.
    pub(super) fn update(&mut self, tx: &Transaction<'_>) -> Result<(), LibraryError> {
        let now = position(tx)?;
        if now == self.now {
            return Ok(());
        }
        self.now = now;
        let kept: u32 = tx
            .prepare_cached("SELECT count(*) FROM journal WHERE entry_id <= ?1 AND is_note = 0")?
            .query_row([self.since.last_done], |row| row.get(0))?;
        self.is_unknown |= kept < self.since.done;
        let mut statement = tx.prepare_cached(
            "SELECT entry_id, changes FROM journal WHERE (entry_id > ?1) = (undone = 0) AND is_note = 0",
        )?;
        let mut rows = statement.query([self.since.last_done])?;
        while let Some(row) = rows.next()? {
            let (entry, changes): (EntryId, String) = (row.get(0)?, row.get(1)?);
            for change in changes_of(entry, &changes)? {
                self.groups.extend(change.groups());
                self.faces.extend(change.face());
            }
        }
        Ok(())
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.now == self.since
    }

    /// Whether grouping must not move a face, because of a decision about it, its group or the target group.
    pub(super) fn blocks(
        &self,
        face_id: FaceId,
        current: Option<GroupId>,
        target: Option<GroupId>,
    ) -> bool {
        let decided = |group: Option<GroupId>| group.is_some_and(|id| self.groups.contains(&id));
        self.is_unknown || self.faces.contains(&face_id) || decided(current) || decided(target)
    }
}
