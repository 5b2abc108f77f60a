//! Scanned folders.

use std::path::{Path, PathBuf};

use rusqlite::OptionalExtension as _;

use crate::files::path_text;
use crate::library::{Library, LibraryError, RootId};

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
                path: path_text::path_of(&row.get::<_, String>(1)?),
            })
        })
    }

    /// The root at `path`, added if it is new. The caller must use one spelling per folder (canonical, absolute).
    pub fn add_root(&mut self, path: &Path) -> Result<RootId, LibraryError> {
        let text = &path_text::text_of_whole(path);
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

    /// Moves the photos and problems of `inner`, a root inside `outer`, to `outer`, and deletes `inner`. `below` is the
    /// path of the inner folder relative to the outer one, with `/`.
    pub fn absorb_root(
        &mut self,
        inner: RootId,
        outer: RootId,
        below: &str,
    ) -> Result<(), LibraryError> {
        let tx = self.write()?;
        // A path has one present photo: the inner root's, which was known first.
        tx.prepare_cached(
            "UPDATE photo SET vanished = 1 WHERE root_id = ?2 AND vanished = 0 AND path IN
                 (SELECT ?3 || '/' || path FROM photo WHERE root_id = ?1 AND vanished = 0)",
        )?
        .execute((inner, outer, below))?;
        tx.prepare_cached(
            "UPDATE photo SET root_id = ?2, path = ?3 || '/' || path WHERE root_id = ?1",
        )?
        .execute((inner, outer, below))?;
        tx.prepare_cached(
            "UPDATE OR REPLACE problem SET root_id = ?2, path = ?3 || '/' || path WHERE root_id = ?1",
        )?
        .execute((inner, outer, below))?;
        tx.prepare_cached("DELETE FROM root WHERE root_id = ?1")?
            .execute([inner])?;
        Ok(tx.commit()?)
    }
}
