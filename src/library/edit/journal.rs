//! The journal of commands, and the cursor that undo and redo move.
//!
//! The cursor is not stored separately: the entries after it are marked `undone`. So it survives a restart.
//!
//! The changes of an entry are JSON, `{"version":1,"changes":[…]}`. They are read by later versions of the program, so
//! the format of a released version never changes. A change of [`RowChange`]'s JSON needs a new version number, and
//! code that reads the old ones. The first libraries have only the list, which is version 1.
//!
//! A note tells of what the program did by itself. It has no changes, undo and redo pass it over, and what was undone
//! before it can still be redone.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::{OptionalExtension as _, Transaction};
use serde::{Deserialize, Serialize};

use super::row_change::{RowChange, Side};
use super::touched_groups::touched_by_replay;
use crate::library::grouping::forget_grouping;
use crate::library::{EntryId, GroupId, Library, LibraryError};

/// The last format version that this build knows: 2 has [`RowChange::Missing`] besides what 1 has.
const VERSION: u32 = 2;

/// The first version that knows all of these changes.
fn version_of(changes: &[RowChange]) -> u32 {
    let has_missing = |change: &RowChange| matches!(change, RowChange::Missing { .. });
    if changes.iter().any(has_missing) {
        2
    } else {
        1
    }
}

/// The stored form of an entry's changes.
#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    changes: &'a [RowChange],
}

/// The part that all versions have in common.
#[derive(Deserialize)]
struct Header {
    version: u32,
}

/// Versions 1 and 2.
#[derive(Deserialize)]
struct ReadBack {
    changes: Vec<RowChange>,
}

/// An entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalRow {
    pub entry: EntryId,
    /// Unix seconds.
    pub at: i64,
    pub message: String,
    pub undone: bool,
    /// It is no command, and cannot be undone.
    pub is_note: bool,
}

/// A command that was just undone or redone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    pub entry: EntryId,
    pub message: String,
    pub changes: Vec<RowChange>,
    /// The groups that look different now, including deleted ones.
    pub groups: BTreeSet<GroupId>,
}

impl Library {
    /// All entries, newest first.
    pub fn journal(&self) -> Result<Vec<JournalRow>, LibraryError> {
        let sql =
            "SELECT entry_id, at, sentence, undone, is_note FROM journal ORDER BY entry_id DESC";
        self.rows(sql, [], |row| {
            Ok(JournalRow {
                entry: row.get(0)?,
                at: row.get(1)?,
                message: row.get(2)?,
                undone: row.get(3)?,
                is_note: row.get(4)?,
            })
        })
    }

    /// The messages of the commands that undo and redo would apply to next.
    pub fn journal_cursor(&self) -> Result<(Option<String>, Option<String>), LibraryError> {
        let undo = "SELECT sentence FROM journal WHERE undone = 0 AND is_note = 0 ORDER BY entry_id DESC LIMIT 1";
        let redo = "SELECT sentence FROM journal WHERE undone = 1 ORDER BY entry_id LIMIT 1";
        Ok((
            self.row(undo, [], |row| row.get(0))?,
            self.row(redo, [], |row| row.get(0))?,
        ))
    }

    /// The commands that are not undone, oldest first.
    pub fn done_entries(&self) -> Result<Vec<EntryId>, LibraryError> {
        let sql = "SELECT entry_id FROM journal WHERE undone = 0 AND is_note = 0 ORDER BY entry_id";
        self.rows(sql, [], |row| row.get(0))
    }

    /// The commands after an entry whose JSON contains `text`, oldest first, including undone ones.
    pub fn commands_with(
        &self,
        text: &str,
        after: EntryId,
    ) -> Result<Vec<(EntryId, String)>, LibraryError> {
        let sql =
            "SELECT entry_id, command FROM journal WHERE entry_id > ?2 AND instr(command, ?1) > 0
                   ORDER BY entry_id";
        self.rows(sql, (text, after), |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Undoes the last command that is not undone; `None` if there is none.
    pub fn undo(&mut self) -> Result<Option<Replayed>, LibraryError> {
        self.replay(Side::Before)
    }

    /// Redoes the first undone command; `None` if there is none.
    pub fn redo(&mut self) -> Result<Option<Replayed>, LibraryError> {
        self.replay(Side::After)
    }

    fn replay(&mut self, to: Side) -> Result<Option<Replayed>, LibraryError> {
        let tx = self.write()?;
        let Some(mut replayed) = next_entry(&tx, to)? else {
            return Ok(None);
        };
        replayed.groups = touched_by_replay(&tx, &replayed.changes)?;
        forget_grouping(&tx)?;
        match to {
            Side::Before => replayed
                .changes
                .iter()
                .rev()
                .try_for_each(|change| change.apply(&tx, to))?,
            Side::After => replayed
                .changes
                .iter()
                .try_for_each(|change| change.apply(&tx, to))?,
        }
        tx.prepare_cached("UPDATE journal SET undone = ?2 WHERE entry_id = ?1")?
            .execute((replayed.entry, to == Side::Before))?;
        tx.commit()?;
        self.touched
            .add_faces(replayed.changes.iter().filter_map(RowChange::face));
        Ok(Some(replayed))
    }
}

fn next_entry(tx: &Transaction<'_>, to: Side) -> Result<Option<Replayed>, LibraryError> {
    let sql = match to {
        Side::Before => {
            "SELECT entry_id, sentence, changes FROM journal WHERE undone = 0 AND is_note = 0
             ORDER BY entry_id DESC LIMIT 1"
        }
        Side::After => {
            "SELECT entry_id, sentence, changes FROM journal WHERE undone = 1 ORDER BY entry_id LIMIT 1"
        }
    };
    let entry = tx
        .prepare_cached(sql)?
        .query_row([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?))
        })
        .optional()?;
    let Some((entry, message, changes)) = entry else {
        return Ok(None);
    };
    Ok(Some(Replayed {
        entry,
        message,
        changes: changes_of(entry, &changes)?,
        groups: BTreeSet::new(),
    }))
}

pub(crate) fn changes_of(entry: EntryId, text: &str) -> Result<Vec<RowChange>, LibraryError> {
    let unreadable = |source| LibraryError::Journal { entry, source };
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).map_err(unreadable);
    }
    let Header { version } = serde_json::from_str(text).map_err(unreadable)?;
    if version > VERSION {
        return Err(LibraryError::NewerJournal {
            entry,
            found: version,
            known: VERSION,
        });
    }
    let ReadBack { changes } = serde_json::from_str(text).map_err(unreadable)?;
    Ok(changes)
}

/// Adds a command after the cursor and deletes the undone commands there.
pub(crate) fn append(
    tx: &Transaction<'_>,
    command: &impl Serialize,
    message: &str,
    changes: &[RowChange],
) -> Result<EntryId, LibraryError> {
    forget_grouping(tx)?;
    tx.prepare_cached("DELETE FROM journal WHERE undone = 1")?
        .execute([])?;
    let command = serde_json::to_string(command)?;
    let changes = serde_json::to_string(&Written {
        version: version_of(changes),
        changes,
    })?;
    tx.prepare_cached(
        "INSERT INTO journal (at, sentence, command, changes) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((unix_seconds(), message, command, changes))?;
    Ok(EntryId(tx.last_insert_rowid()))
}

/// Adds a note. It is no decision, so grouping need not know of it.
pub(crate) fn append_note(
    tx: &Transaction<'_>,
    what: &impl Serialize,
    message: &str,
) -> Result<(), LibraryError> {
    let what = serde_json::to_string(what)?;
    let changes = serde_json::to_string(&Written {
        version: version_of(&[]),
        changes: &[],
    })?;
    tx.prepare_cached(
        "INSERT INTO journal (at, sentence, command, changes, is_note) VALUES (?1, ?2, ?3, ?4, 1)",
    )?
    .execute((unix_seconds(), message, what, changes))?;
    Ok(())
}

fn unix_seconds() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
