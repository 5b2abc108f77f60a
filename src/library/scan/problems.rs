//! Files that could not be read, with the reason.

use std::borrow::Cow;
use std::path::PathBuf;

use crate::files::path_text;
use crate::library::sql::{file_size, signed};
use crate::library::{Library, LibraryError, PhotoId, RootId};

/// A file that could not be read, or not wholly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemRow {
    pub root_id: RootId,
    pub root: PathBuf,
    /// Relative to the root, with `/`.
    pub path: String,
    /// Size and time of the file when it failed. If they are unchanged it is not tried again.
    pub file_size: u64,
    pub modified_ns: i64,
    pub reason: String,
    /// The photo, if it was read all the same and its faces are there: something of it is missing.
    pub photo_id: Option<PhotoId>,
}

impl ProblemRow {
    pub fn absolute(&self) -> PathBuf {
        crate::library::read::photos::absolute(&self.root, &self.path)
    }

    /// The photo was read all the same.
    pub fn is_read(&self) -> bool {
        self.photo_id.is_some()
    }

    /// [`ProblemRow::path`] to be read: `�` for what is not Unicode.
    pub fn shown_path(&self) -> Cow<'_, str> {
        path_text::shown_text(&self.path)
    }
}

/// A problem as found by a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundProblem {
    pub root_id: RootId,
    pub path: String,
    pub file_size: u64,
    pub modified_ns: i64,
    pub reason: String,
}

impl Library {
    /// All problems, by root and path.
    pub fn problems(&self) -> Result<Vec<ProblemRow>, LibraryError> {
        let sql = "SELECT root_id, r.path, b.path, b.file_size, b.modified_ns, b.reason,
                          (SELECT photo_id FROM photo p WHERE p.root_id = b.root_id AND p.path = b.path AND p.vanished = 0
                                  AND p.file_size = b.file_size AND p.modified_ns = b.modified_ns)
                   FROM problem b JOIN root r USING (root_id) ORDER BY r.path, b.path";
        self.rows(sql, [], |row| {
            Ok(ProblemRow {
                root_id: row.get(0)?,
                root: path_text::path_of(&row.get::<_, String>(1)?),
                path: row.get(2)?,
                file_size: file_size(row, 3)?,
                modified_ns: row.get(4)?,
                reason: row.get(5)?,
                photo_id: row.get(6)?,
            })
        })
    }

    /// Whether a present photo is known at a path, of which nothing was missing when it was read.
    pub fn knows_whole_photo(&self, root_id: RootId, path: &str) -> Result<bool, LibraryError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM photo p WHERE p.root_id = ?1 AND p.path = ?2 AND p.vanished = 0
                       AND NOT EXISTS (SELECT 1 FROM problem b WHERE b.root_id = p.root_id AND b.path = p.path
                           AND b.file_size = p.file_size AND b.modified_ns = p.modified_ns))";
        let known = self.row(sql, (root_id, path), |row| row.get(0))?;
        Ok(known.unwrap_or(false))
    }

    /// Stores problems; each replaces an older one of the same file.
    pub fn store_problems(&mut self, problems: &[FoundProblem]) -> Result<(), LibraryError> {
        let tx = self.write()?;
        {
            let mut insert = tx.prepare_cached(
                "INSERT OR REPLACE INTO problem (root_id, path, file_size, modified_ns, reason) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for problem in problems {
                let file_size = signed(problem.file_size);
                insert.execute((
                    problem.root_id,
                    &problem.path,
                    file_size,
                    problem.modified_ns,
                    &problem.reason,
                ))?;
            }
        }
        Ok(tx.commit()?)
    }

    /// Deletes the problems of files that no longer exist or are not photos. When a photo is
    /// stored, the problem of its file is deleted as well.
    pub fn clear_problems(
        &mut self,
        root_id: RootId,
        paths: &[String],
    ) -> Result<(), LibraryError> {
        let tx = self.write()?;
        {
            let mut delete =
                tx.prepare_cached("DELETE FROM problem WHERE root_id = ?1 AND path = ?2")?;
            for path in paths {
                delete.execute((root_id, path))?;
            }
        }
        Ok(tx.commit()?)
    }
}
