//! Settings of this library, by key.

use rusqlite::{Connection, OptionalExtension as _};

use super::{Library, LibraryError};

impl Library {
    /// The value of a setting; `None` if it is not set.
    pub fn setting(&self, key: &str) -> Result<Option<String>, LibraryError> {
        read(&self.connection, key)
    }

    /// Sets or deletes a setting.
    pub fn set_setting(&mut self, key: &str, value: Option<&str>) -> Result<(), LibraryError> {
        write(&self.connection, key, value)
    }
}

pub(super) fn read(connection: &Connection, key: &str) -> Result<Option<String>, LibraryError> {
    let mut statement = connection.prepare_cached("SELECT value FROM setting WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

pub(super) fn write(
    connection: &Connection,
    key: &str,
    value: Option<&str>,
) -> Result<(), LibraryError> {
    match value {
        Some(value) => connection
            .prepare_cached("INSERT OR REPLACE INTO setting (key, value) VALUES (?1, ?2)")?
            .execute([key, value])?,
        None => connection
            .prepare_cached("DELETE FROM setting WHERE key = ?1")?
            .execute([key])?,
    };
    Ok(())
}
