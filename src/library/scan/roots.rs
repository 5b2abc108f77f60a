//! Scanned folders.

use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension as _, Transaction};

use super::former_roots::follow_moves;
use super::store::{add_ids, write_moves};
use super::{MovedPhoto, RootMove};
use crate::files::path_text;
use crate::library::grouping::forget_grouping;
use crate::library::read::faces::DECIDED;
use crate::library::{FaceId, Library, LibraryError, PhotoId, RootId};

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
        let mut vanished: Vec<PhotoId> = Vec::new();
        // A path has one present photo: the inner root's, which was known first.
        let sql = "UPDATE photo SET vanished = 1 WHERE root_id = ?2 AND vanished = 0 AND path IN
                   (SELECT ?3 || '/' || path FROM photo WHERE root_id = ?1 AND vanished = 0)
                   RETURNING photo_id";
        add_ids(&tx, sql, (inner, outer, below), &mut vanished)?;
        tx.prepare_cached(
            "UPDATE photo SET root_id = ?2, path = ?3 || '/' || path WHERE root_id = ?1",
        )?
        .execute((inner, outer, below))?;
        tx.prepare_cached(
            "UPDATE OR REPLACE problem SET root_id = ?2, path = ?3 || '/' || path WHERE root_id = ?1",
        )?
        .execute((inner, outer, below))?;
        follow_moves(
            &tx,
            &[RootMove {
                from: inner,
                to: outer,
                below: below.to_owned(),
            }],
        )?;
        tx.prepare_cached("DELETE FROM root WHERE root_id = ?1")?
            .execute([inner])?;
        tx.commit()?;
        self.touched.add_photos(vanished);
        Ok(())
    }

    /// Stores the new paths of photos, as [`Library::move_photos`] does, then moves what is left of roots that lie
    /// elsewhere now and deletes these roots: the photos that were not found there are away, with their decisions.
    ///
    /// A photo at a new path that has the same content and no decision is a copy that a scan made there; it is deleted.
    pub fn relocate(
        &mut self,
        moves: &[MovedPhoto],
        roots: &[RootMove],
    ) -> Result<(), LibraryError> {
        let tx = self.write()?;
        forget_grouping(&tx)?;
        let (mut changed, mut deleted) = (Vec::new(), Vec::new());
        for photo in moves {
            delete_copy_at(&tx, photo, &mut deleted)?;
        }
        write_moves(&tx, moves, &mut changed)?;
        follow_moves(&tx, roots)?;
        for root in roots {
            move_rest(&tx, root, &mut changed)?;
        }
        tx.commit()?;
        self.touched.add_photos(changed);
        self.touched.add_faces(deleted);
        Ok(())
    }
}

/// Adds the faces of the copy to `deleted`.
fn delete_copy_at(
    tx: &Transaction<'_>,
    photo: &MovedPhoto,
    deleted: &mut Vec<FaceId>,
) -> Result<(), LibraryError> {
    let mut copies: Vec<PhotoId> = Vec::new();
    let sql = format!(
        "SELECT photo_id FROM photo WHERE root_id = ?1 AND path = ?2 AND photo_id <> ?3
            AND content_hash = (SELECT content_hash FROM photo WHERE photo_id = ?3)
            AND NOT EXISTS (
                SELECT 1 FROM face f LEFT JOIN membership m USING (face_id) LEFT JOIN face_mark k USING (face_id)
                WHERE f.photo_id = photo.photo_id AND (f.origin = 'drawn' OR {DECIDED}))"
    );
    add_ids(
        tx,
        &sql,
        (photo.root_id, &photo.path, photo.photo_id),
        &mut copies,
    )?;
    for copy in copies {
        let faces = "SELECT face_id FROM face WHERE photo_id = ?1";
        add_ids(tx, faces, [copy], deleted)?;
        tx.prepare_cached("DELETE FROM photo WHERE photo_id = ?1")?
            .execute([copy])?;
    }
    Ok(())
}

fn move_rest(
    tx: &Transaction<'_>,
    root: &RootMove,
    changed: &mut Vec<PhotoId>,
) -> Result<(), LibraryError> {
    let sql = "UPDATE photo SET vanished = 1, root_id = ?2,
                   path = CASE WHEN ?3 = '' THEN path ELSE ?3 || '/' || path END
               WHERE root_id = ?1 RETURNING photo_id";
    add_ids(tx, sql, (root.from, root.to, &root.below), changed)?;
    tx.prepare_cached("DELETE FROM problem WHERE root_id = ?1")?
        .execute([root.from])?;
    tx.prepare_cached("DELETE FROM root WHERE root_id = ?1")?
        .execute([root.from])?;
    Ok(())
}
