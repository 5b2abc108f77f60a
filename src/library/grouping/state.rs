//! Whether a library is as a grouping left it, so that another one would change nothing.
//!
//! A note among the settings says so. Whatever changes what a grouping reads or writes takes it away in the same
//! transaction: a scan's faces, memberships, commands, undo and redo. What changes while a grouping is under way, from
//! another connection, takes away the word that it is, and so keeps it from noting anything at its end.

use rusqlite::Transaction;

use crate::library::{Library, LibraryError};

const KEY: &str = "grouped";
const HALF_WRITTEN: &str = "half grouped";
const UNDER_WAY: &str = "under way";

impl Library {
    /// Begins a grouping, before it reads anything.
    pub fn begin_grouping(&mut self) -> Result<(), LibraryError> {
        self.set_setting(KEY, Some(UNDER_WAY))
    }

    /// Notes that the library is as a grouping by `rule` left it, unless something has changed since that one began.
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
    /// Whether a grouping was cut off while it wrote: some of its groups are there and some are not.
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

/// Something changes that a grouping goes by.
pub(crate) fn forget_grouping(tx: &Transaction<'_>) -> Result<(), LibraryError> {
    tx.prepare_cached("DELETE FROM setting WHERE key = ?1")?
        .execute([KEY])?;
    Ok(())
}

/// Automatic memberships change: a grouping writes them, or else they are no longer as it left them.
pub(crate) fn forget_finished_grouping(tx: &Transaction<'_>) -> Result<(), LibraryError> {
    tx.prepare_cached("DELETE FROM setting WHERE key = ?1 AND value <> ?2")?
        .execute([KEY, UNDER_WAY])?;
    Ok(())
}
