//! Settings of this library, by key.

use super::{Library, LibraryError};

impl Library {
    /// The value of a setting; `None` if it is not set.
    pub fn setting(&self, key: &str) -> Result<Option<String>, LibraryError> {
        self.row("SELECT value FROM setting WHERE key = ?1", [key], |row| {
            row.get(0)
        })
    }

    /// Sets or deletes a setting.
    pub fn set_setting(&mut self, key: &str, value: Option<&str>) -> Result<(), LibraryError> {
        let connection = &self.connection;
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
}
