//! The folders that were scanned.

use std::path::{Path, PathBuf};

use rusqlite::OptionalExtension as _;

use super::{Library, LibraryError, RootId};

/// A scanned folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootRow {
    pub root_id: RootId,
    pub path: PathBuf,
}

impl Library {
    /// All folders, by path.
    pub fn roots(&self) -> Result<Vec<RootRow>, LibraryError> {
        self.rows("SELECT root_id, path FROM root ORDER BY path", [], |row| {
            Ok(RootRow {
                root_id: row.get(0)?,
                path: PathBuf::from(row.get::<_, String>(1)?),
            })
        })
    }

    /// The root at `path`, made if it is new. The caller passes one spelling per folder (canonical, absolute).
    pub fn add_root(&mut self, path: &Path) -> Result<RootId, LibraryError> {
        let text = path
            .to_str()
            .ok_or_else(|| LibraryError::NotUnicode(path.to_owned()))?;
        let tx = self.write()?;
        let known = tx
            .prepare_cached("SELECT root_id FROM root WHERE path = ?1")?
            .query_row([text], |row| row.get(0))
            .optional()?;
        let root_id = match known {
            Some(root_id) => root_id,
            None => {
                tx.prepare_cached("INSERT INTO root (path) VALUES (?1)")?
                    .execute([text])?;
                RootId(tx.last_insert_rowid())
            }
        };
        tx.commit()?;
        Ok(root_id)
    }
}
