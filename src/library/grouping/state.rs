//! Remembers whether the library is unchanged since the last grouping, so that another grouping would change nothing.
//!
//! The state is stored as a setting. Everything that changes the input or output of grouping deletes it in the same
//! transaction: scanned faces, memberships, commands, undo and redo. A change during a grouping deletes its "under way"
//! value, so that the grouping cannot mark the library as grouped at its end.

use rusqlite::Transaction;

use crate::library::{Library, LibraryError};

const KEY: &str = "grouped";
const HALF_WRITTEN: &str = "half grouped";
const UNDER_WAY: &str = "under way";

impl Library {
    /// Must be called before a grouping reads anything.
    pub fn begin_grouping(&mut self) -> Result<(), LibraryError> {
        self.set_setting(KEY, Some(UNDER_WAY))
    }

    /// Marks the library as grouped by `rule`, unless something has changed since the grouping began.
    pub fn end_grouping(&mut self, rule: &str) -> Result<(), LibraryError> {
        self.connection
            .prepare_cached("UPDATE setting SET value = ?3 WHERE key = ?1 AND value = ?2")?
            .execute([KEY, UNDER_WAY, rule])?;
        Ok(())
    }

    /// Whether nothing has changed since a grouping by `rule`.
    pub fn is_grouped_by(&self, rule: &str) -> Result<bool, LibraryError> {
        Ok(self.setting(KEY)?.as_deref() == Some(rule))
    }
}

impl Library {
    /// Whether a grouping was interrupted while writing, so that only some of its groups are stored.
    pub fn is_half_grouped(&self) -> Result<bool, LibraryError> {
        Ok(self.setting(HALF_WRITTEN)?.is_some())
    }
}

pub(crate) fn note_half_grouped(tx: &Transaction<'_>, is_half: bool) -> Result<(), LibraryError> {
    let sql = if is_half {
        "INSERT OR REPLACE INTO setting (key, value) VALUES (?1, '')"
    } else {
        "DELETE FROM setting WHERE key = ?1"
    };
    tx.prepare_cached(sql)?.execute([HALF_WRITTEN])?;
    Ok(())
}

/// Must be called when the input of grouping changes.
pub(crate) fn forget_grouping(tx: &Transaction<'_>) -> Result<(), LibraryError> {
    tx.prepare_cached("DELETE FROM setting WHERE key = ?1")?
        .execute([KEY])?;
    Ok(())
}

/// Must be called when automatic memberships change, which a grouping under way does itself.
pub(crate) fn forget_finished_grouping(tx: &Transaction<'_>) -> Result<(), LibraryError> {
    tx.prepare_cached("DELETE FROM setting WHERE key = ?1 AND value <> ?2")?
        .execute([KEY, UNDER_WAY])?;
    Ok(())
}
