//! Stores scanned photos, and moved, touched and vanished ones.
//!
//! Every call is one transaction, so that a scan that is stopped or killed has stored whole photos only.

use rusqlite::types::FromSql;
use rusqlite::{Connection, Params, Transaction};
use serde::Serialize;

use super::former_photo::{KnownHere, former_photo};
use super::ignored::mark_copies;
use super::not_found::UnplacedDecision;
use super::store_faces::{FormerPhoto, Outcome, replace_faces};
use super::{MovedPhoto, ScannedPhoto, TouchedPhoto};
use crate::library::edit::append;
use crate::library::grouping::forget_grouping;
use crate::library::sql::signed;
use crate::library::{Library, LibraryError, Mark, PhotoId, RootId, RowChange};
use crate::text::counted;

impl Library {
    /// Stores photos, deletes their problems, and returns their ids in the same order.
    ///
    /// A known photo at the same path is replaced. Its faces that are found again keep their ids, and so their groups,
    /// names and marks (see `rematch.rs`). New faces are in no group until the next grouping.
    pub fn store_scanned(&mut self, photos: &[ScannedPhoto]) -> Result<Vec<PhotoId>, LibraryError> {
        self.store_scanned_telling(photos, &mut Vec::new())
    }

    /// [`Library::store_scanned`]; adds the decisions about faces that are not found again to `unplaced`.
    ///
    /// Such faces stay, as missing from their photo, and come back when they are found again
    /// ([`Library::missing_faces`]). This and the marks that copies of ignored faces get are one entry of the journal.
    pub fn store_scanned_telling(
        &mut self,
        photos: &[ScannedPhoto],
        unplaced: &mut Vec<UnplacedDecision>,
    ) -> Result<Vec<PhotoId>, LibraryError> {
        let mut outcome = Outcome::default();
        let tx = self.write()?;
        forget_grouping(&tx)?;
        let stored = photos
            .iter()
            .map(|photo| store_photo(&tx, photo, &mut outcome))
            .collect::<Result<Vec<_>, _>>()?;
        let marks = mark_copies(&tx, &outcome.inserted)?;
        outcome.changes.extend(marks);
        if !outcome.changes.is_empty() {
            let command = ScanEntry { scan: "faces" };
            append(&tx, &command, &message(&outcome.changes), &outcome.changes)?;
        }
        tx.commit()?;
        let changed = outcome.changes.iter().filter_map(RowChange::face);
        let replaced = outcome.touched.iter().copied();
        self.touched.add_faces(changed.chain(replaced));
        let overwritten = outcome.overwritten.iter().copied();
        self.touched
            .add_photos(stored.iter().copied().chain(overwritten));
        unplaced.append(&mut outcome.unplaced);
        Ok(stored)
    }

    /// Stores the new size and time of files with the same content, and marks them as present.
    pub fn touch_photos(&mut self, photos: &[TouchedPhoto]) -> Result<(), LibraryError> {
        let tx = self.write()?;
        let mut changed = Vec::new();
        for photo in photos {
            vacate_path_of(&tx, photo.photo_id, &mut changed)?;
            keep_note(&tx, photo)?;
            tx.prepare_cached(
                "UPDATE photo SET file_size = ?2, modified_ns = ?3, changed_ns = ?4, vanished = 0 WHERE photo_id = ?1",
            )?
            .execute((
                photo.photo_id,
                signed(photo.file_size),
                photo.modified_ns,
                photo.changed_ns,
            ))?;
            changed.push(photo.photo_id);
        }
        tx.commit()?;
        self.touched.add_photos(changed);
        Ok(())
    }

    /// Stores when the files of unchanged photos last changed, where that was not known.
    pub fn store_changed_times(&mut self, times: &[(PhotoId, i64)]) -> Result<(), LibraryError> {
        let tx = self.write()?;
        for time in times {
            tx.prepare_cached("UPDATE photo SET changed_ns = ?2 WHERE photo_id = ?1")?
                .execute(*time)?;
        }
        Ok(tx.commit()?)
    }

    /// Stores the new paths of photos, and marks them as present. A present photo at such a path that is not moved by
    /// the same call was overwritten: it vanishes and keeps its people.
    pub fn move_photos(&mut self, moves: &[MovedPhoto]) -> Result<(), LibraryError> {
        let tx = self.write()?;
        let mut changed = Vec::new();
        write_moves(&tx, moves, &mut changed)?;
        tx.commit()?;
        self.touched.add_photos(changed);
        Ok(())
    }

    /// Marks photos whose file no longer exists. Their faces and people stay.
    pub fn mark_vanished(&mut self, photos: &[PhotoId]) -> Result<(), LibraryError> {
        let tx = self.write()?;
        set_vanished(&tx, photos.iter().copied(), true)?;
        tx.commit()?;
        self.touched.add_photos(photos.iter().copied());
        Ok(())
    }

    /// Marks vanished photos as present at their path again.
    pub fn mark_present(&mut self, photos: &[PhotoId]) -> Result<(), LibraryError> {
        let tx = self.write()?;
        let mut changed = photos.to_vec();
        for &photo_id in photos {
            vacate_path_of(&tx, photo_id, &mut changed)?;
        }
        set_vanished(&tx, photos.iter().copied(), false)?;
        tx.commit()?;
        self.touched.add_photos(changed);
        Ok(())
    }
}

/// What the journal has in the place of a person's command.
#[derive(Serialize)]
pub(super) struct ScanEntry {
    pub(super) scan: &'static str,
}

/// The message of the journal for what a scan changed of decisions.
fn message(changes: &[RowChange]) -> String {
    let missing = changes
        .iter()
        .filter(|change| matches!(change, RowChange::Missing { .. }))
        .count() as u64;
    let missing = (missing > 0).then(|| {
        let are = if missing == 1 { "is" } else { "are" };
        format!(
            "{} {are} not found in changed photos any more",
            counted(missing, "face")
        )
    });
    let copies = |of: Mark| {
        let marked = changes.iter().filter(
            |change| matches!(change, RowChange::Mark { after: Some(mark), .. } if *mark == of),
        );
        let count = marked.count() as u64;
        let are = if count == 1 {
            "is a copy"
        } else {
            "are copies"
        };
        (count > 0).then(|| format!("{} {are}", counted(count, "new face")))
    };
    let ignored =
        copies(Mark::Ignored).map(|copies| format!("{copies} of ignored ones and ignored, too"));
    let no_faces = copies(Mark::NotAFace)
        .map(|copies| format!("{copies} of what is not a face, and marked so, too"));
    let parts: Vec<String> = missing.into_iter().chain(ignored).chain(no_faces).collect();
    format!("Scan: {}", parts.join("; "))
}

fn store_photo(
    tx: &Transaction<'_>,
    photo: &ScannedPhoto,
    outcome: &mut Outcome,
) -> Result<PhotoId, LibraryError> {
    clear_problem(tx, photo.root_id, &photo.path)?;
    let photo_id = match former_photo(tx, photo)? {
        Some(KnownHere {
            photo: former,
            vanished,
        }) => {
            if vanished {
                vacate(tx, photo.root_id, &photo.path, &mut outcome.overwritten)?;
            }
            update_photo(tx, former.photo_id, photo)?;
            replace_faces(tx, &former, photo, outcome)?;
            former.photo_id
        }
        None => {
            let photo_id = insert_photo(tx, photo)?;
            // It may show faces that are missing elsewhere.
            let unknown = FormerPhoto {
                photo_id,
                size: photo.size,
                content: photo.content_hash,
                signature: None,
            };
            replace_faces(tx, &unknown, photo, outcome)?;
            photo_id
        }
    };
    store_photo_thumbnail(tx, photo_id, photo.thumbnail.as_deref())?;
    Ok(photo_id)
}

fn insert_photo(tx: &Transaction<'_>, photo: &ScannedPhoto) -> Result<PhotoId, LibraryError> {
    tx.prepare_cached(
        "INSERT INTO photo (root_id, path, file_size, modified_ns, content_hash, width, height, orientation, taken,
                            changed_ns)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute((
        photo.root_id,
        &photo.path,
        signed(photo.file_size),
        photo.modified_ns,
        photo.content_hash.0.as_slice(),
        photo.size.width,
        photo.size.height,
        photo.orientation,
        &photo.taken,
        photo.changed_ns,
    ))?;
    Ok(PhotoId(tx.last_insert_rowid()))
}

fn update_photo(
    tx: &Transaction<'_>,
    photo_id: PhotoId,
    photo: &ScannedPhoto,
) -> Result<(), LibraryError> {
    tx.prepare_cached(
        "UPDATE photo SET file_size = ?2, modified_ns = ?3, content_hash = ?4, width = ?5, height = ?6,
                          orientation = ?7, taken = ?8, changed_ns = ?9, vanished = 0
         WHERE photo_id = ?1",
    )?
    .execute((
        photo_id,
        signed(photo.file_size),
        photo.modified_ns,
        photo.content_hash.0.as_slice(),
        photo.size.width,
        photo.size.height,
        photo.orientation,
        &photo.taken,
        photo.changed_ns,
    ))?;
    Ok(())
}

fn store_photo_thumbnail(
    tx: &Transaction<'_>,
    photo_id: PhotoId,
    jpeg: Option<&[u8]>,
) -> Result<(), LibraryError> {
    match jpeg {
        Some(jpeg) => tx
            .prepare_cached(
                "INSERT OR REPLACE INTO photo_thumbnail (photo_id, jpeg) VALUES (?1, ?2)",
            )?
            .execute((photo_id, jpeg))?,
        None => tx
            .prepare_cached("DELETE FROM photo_thumbnail WHERE photo_id = ?1")?
            .execute([photo_id])?,
    };
    Ok(())
}

fn clear_problem(tx: &Transaction<'_>, root_id: RootId, path: &str) -> Result<(), LibraryError> {
    tx.prepare_cached("DELETE FROM problem WHERE root_id = ?1 AND path = ?2")?
        .execute((root_id, path))?;
    Ok(())
}

/// Adds the photos that moved, and those that vanished because others took their paths, to `changed`.
pub(super) fn write_moves(
    tx: &Transaction<'_>,
    moves: &[MovedPhoto],
    changed: &mut Vec<PhotoId>,
) -> Result<(), LibraryError> {
    // All leave their paths first, so that photos may swap them.
    set_vanished(tx, moves.iter().map(|photo| photo.photo_id), true)?;
    for photo in moves {
        changed.push(photo.photo_id);
        vacate(tx, photo.root_id, &photo.path, changed)?;
        clear_problem(tx, photo.root_id, &photo.path)?;
        move_note(tx, photo)?;
        tx.prepare_cached(
            "UPDATE photo SET root_id = ?2, path = ?3, file_size = ?4, modified_ns = ?5, changed_ns = ?6, vanished = 0
             WHERE photo_id = ?1",
        )?
        .execute((
            photo.photo_id,
            photo.root_id,
            &photo.path,
            signed(photo.file_size),
            photo.modified_ns,
            photo.changed_ns,
        ))?;
    }
    Ok(())
}

pub(super) fn set_vanished(
    tx: &Connection,
    photos: impl Iterator<Item = PhotoId>,
    vanished: bool,
) -> Result<(), LibraryError> {
    let mut update = tx.prepare_cached("UPDATE photo SET vanished = ?2 WHERE photo_id = ?1")?;
    for photo_id in photos {
        update.execute((photo_id, vanished))?;
    }
    Ok(())
}

/// What was said of a photo that was read goes on with its new stamp; any other problem of its file is over.
fn keep_note(tx: &Transaction<'_>, photo: &TouchedPhoto) -> Result<(), LibraryError> {
    tx.prepare_cached(
        "DELETE FROM problem WHERE (root_id, path) = (SELECT root_id, path FROM photo WHERE photo_id = ?1)
            AND (file_size, modified_ns) IS NOT (SELECT file_size, modified_ns FROM photo WHERE photo_id = ?1)",
    )?
    .execute([photo.photo_id])?;
    tx.prepare_cached(
        "UPDATE problem SET file_size = ?2, modified_ns = ?3
         WHERE (root_id, path) = (SELECT root_id, path FROM photo WHERE photo_id = ?1)",
    )?
    .execute((photo.photo_id, signed(photo.file_size), photo.modified_ns))?;
    Ok(())
}

/// Takes what was said of a photo along to its new path.
fn move_note(tx: &Transaction<'_>, photo: &MovedPhoto) -> Result<(), LibraryError> {
    tx.prepare_cached(
        "UPDATE OR REPLACE problem SET root_id = ?2, path = ?3, file_size = ?4, modified_ns = ?5
         WHERE (root_id, path, file_size, modified_ns) =
            (SELECT root_id, path, file_size, modified_ns FROM photo WHERE photo_id = ?1)",
    )?
    .execute((
        photo.photo_id,
        photo.root_id,
        &photo.path,
        signed(photo.file_size),
        photo.modified_ns,
    ))?;
    Ok(())
}

/// A path has one present photo: the current one vanishes, and is added to `changed`.
fn vacate(
    tx: &Transaction<'_>,
    root_id: RootId,
    path: &str,
    changed: &mut Vec<PhotoId>,
) -> Result<(), LibraryError> {
    let sql = "UPDATE photo SET vanished = 1 WHERE root_id = ?1 AND path = ?2 AND vanished = 0
               RETURNING photo_id";
    add_ids(tx, sql, (root_id, path), changed)
}

/// Frees the path of a vanished photo, so that it can come back.
fn vacate_path_of(
    tx: &Transaction<'_>,
    photo_id: PhotoId,
    changed: &mut Vec<PhotoId>,
) -> Result<(), LibraryError> {
    let sql = "UPDATE photo SET vanished = 1 WHERE vanished = 0 AND photo_id <> ?1
               AND (root_id, path) = (SELECT root_id, path FROM photo WHERE photo_id = ?1)
               RETURNING photo_id";
    add_ids(tx, sql, [photo_id], changed)
}

/// Executes a write that returns ids.
pub(super) fn add_ids<T: FromSql>(
    tx: &Transaction<'_>,
    sql: &str,
    params: impl Params,
    ids: &mut Vec<T>,
) -> Result<(), LibraryError> {
    let mut statement = tx.prepare_cached(sql)?;
    for id in statement.query_map(params, |row| row.get(0))? {
        ids.push(id?);
    }
    Ok(())
}
