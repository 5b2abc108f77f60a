//! What a scan writes: photos with their faces, and what became of files it knew.
//!
//! Every call is one transaction, so that a scan that is stopped or killed has stored whole photos only.

use rusqlite::{OptionalExtension as _, Transaction};

use super::rematch::{KeptFace, match_faces, same_picture};
use super::sql::signed;
use super::{FaceId, Library, LibraryError, PhotoId, RootId, faces};
use crate::geometry::{Landmarks, PhotoRect, Size};
use crate::photo::ContentHash;
use crate::vision::{EMBEDDING_MODEL, Embedding};

/// A photo that a scan has read.
#[derive(Clone, Debug)]
pub struct ScannedPhoto {
    pub root_id: RootId,
    /// Relative to the root, with `/`.
    pub path: String,
    pub file_size: u64,
    /// Nanoseconds since the unix epoch.
    pub modified_ns: i64,
    pub content_hash: ContentHash,
    /// Of the upright photo.
    pub size: Size,
    /// EXIF, 1 to 8.
    pub orientation: u8,
    /// EXIF text, `YYYY-MM-DDTHH:MM:SS`.
    pub taken: Option<String>,
    /// A JPEG file.
    pub thumbnail: Option<Vec<u8>>,
    pub faces: Vec<ScannedFace>,
}

/// A face that a scan has found.
#[derive(Clone, Debug)]
pub struct ScannedFace {
    /// Upright photo pixels; width and height above 0.
    pub box_in_photo: PhotoRect,
    pub landmarks: Landmarks,
    /// The detector's, 0 to 1.
    pub score: f32,
    /// How well it serves as a cover, 0 to 1.
    pub quality: f32,
    /// Large and sharp enough to be grouped.
    pub recognizable: bool,
    pub embedding: Option<Embedding>,
    /// A JPEG file.
    pub thumbnail: Option<Vec<u8>>,
}

/// A known photo that turned up at another path.
#[derive(Clone, Debug)]
pub struct MovedPhoto {
    pub photo_id: PhotoId,
    pub root_id: RootId,
    pub path: String,
    pub file_size: u64,
    pub modified_ns: i64,
}

/// A known photo whose bytes are the same although its file was written again.
#[derive(Clone, Copy, Debug)]
pub struct TouchedPhoto {
    pub photo_id: PhotoId,
    pub file_size: u64,
    pub modified_ns: i64,
}

impl Library {
    /// Stores photos, clears their problems, and returns their ids in the same order.
    ///
    /// A photo known at its path is replaced; of its faces those that are found again keep their id and with it their
    /// group, name and marks (see `rematch.rs`). New faces are in no group until the next grouping.
    pub fn store_scanned(&mut self, photos: &[ScannedPhoto]) -> Result<Vec<PhotoId>, LibraryError> {
        let tx = self.write()?;
        let stored = photos
            .iter()
            .map(|photo| store_photo(&tx, photo))
            .collect::<Result<_, _>>()?;
        tx.commit()?;
        Ok(stored)
    }

    /// Notes the new size and time of files whose bytes are the same; they are present.
    pub fn touch_photos(&mut self, photos: &[TouchedPhoto]) -> Result<(), LibraryError> {
        let tx = self.write()?;
        for photo in photos {
            vacate_path_of(&tx, photo.photo_id)?;
            tx.prepare_cached("UPDATE photo SET file_size = ?2, modified_ns = ?3, vanished = 0 WHERE photo_id = ?1")?
                .execute((photo.photo_id, signed(photo.file_size), photo.modified_ns))?;
        }
        Ok(tx.commit()?)
    }

    /// Moves photos to the paths where their bytes were found; they are present. A present photo at such a path that
    /// isn't itself moved by the same call has been overwritten: it vanishes, and keeps its people.
    pub fn move_photos(&mut self, moves: &[MovedPhoto]) -> Result<(), LibraryError> {
        let tx = self.write()?;
        // All leave their places first, so that photos may swap paths.
        set_vanished(&tx, moves.iter().map(|photo| photo.photo_id), true)?;
        for photo in moves {
            vacate(&tx, photo.root_id, &photo.path)?;
            tx.prepare_cached(
                "UPDATE photo SET root_id = ?2, path = ?3, file_size = ?4, modified_ns = ?5, vanished = 0 WHERE photo_id = ?1",
            )?
            .execute((photo.photo_id, photo.root_id, &photo.path, signed(photo.file_size), photo.modified_ns))?;
            clear_problem(&tx, photo.root_id, &photo.path)?;
        }
        Ok(tx.commit()?)
    }

    /// Marks photos whose file is gone. Their faces and people stay.
    pub fn mark_vanished(&mut self, photos: &[PhotoId]) -> Result<(), LibraryError> {
        let tx = self.write()?;
        set_vanished(&tx, photos.iter().copied(), true)?;
        Ok(tx.commit()?)
    }

    /// Marks vanished photos as back at their path.
    pub fn mark_present(&mut self, photos: &[PhotoId]) -> Result<(), LibraryError> {
        let tx = self.write()?;
        for &photo_id in photos {
            vacate_path_of(&tx, photo_id)?;
        }
        set_vanished(&tx, photos.iter().copied(), false)?;
        Ok(tx.commit()?)
    }
}

fn store_photo(tx: &Transaction<'_>, photo: &ScannedPhoto) -> Result<PhotoId, LibraryError> {
    clear_problem(tx, photo.root_id, &photo.path)?;
    // A vanished photo keeps its people when another picture takes over its path (cameras use their names again): only
    // the same bytes bring it back.
    let known = tx
        .prepare_cached(
            "SELECT photo_id, width, height FROM photo
             WHERE root_id = ?1 AND path = ?2 AND (vanished = 0 OR content_hash = ?3)
             ORDER BY vanished, photo_id DESC LIMIT 1",
        )?
        .query_row(
            (photo.root_id, &photo.path, photo.content_hash.0.as_slice()),
            |row| {
                let size = Size {
                    width: row.get(1)?,
                    height: row.get(2)?,
                };
                Ok((row.get(0)?, size))
            },
        )
        .optional()?;
    let photo_id = match known {
        Some((photo_id, former_size)) => {
            update_photo(tx, photo_id, photo)?;
            replace_faces(tx, photo_id, photo, former_size)?;
            photo_id
        }
        None => {
            let photo_id = insert_photo(tx, photo)?;
            for face in &photo.faces {
                insert_face(tx, photo_id, face)?;
            }
            photo_id
        }
    };
    store_photo_thumbnail(tx, photo_id, photo.thumbnail.as_deref())?;
    Ok(photo_id)
}

fn insert_photo(tx: &Transaction<'_>, photo: &ScannedPhoto) -> Result<PhotoId, LibraryError> {
    tx.prepare_cached(
        "INSERT INTO photo (root_id, path, file_size, modified_ns, content_hash, width, height, orientation, taken)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
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
                          orientation = ?7, taken = ?8, vanished = 0 WHERE photo_id = ?1",
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
    ))?;
    Ok(())
}

/// Puts the faces found now in place of those of before, keeping the ids of those that are the same.
fn replace_faces(
    tx: &Transaction<'_>,
    photo_id: PhotoId,
    photo: &ScannedPhoto,
    former_size: Size,
) -> Result<(), LibraryError> {
    let former = former_faces(tx, photo_id)?;
    let matched = match_faces(&former, former_size, &photo.faces, photo.size);
    for (face, same) in photo.faces.iter().zip(&matched) {
        match same {
            Some(face_id) => update_face(tx, *face_id, face)?,
            None => insert_face(tx, photo_id, face)?,
        }
    }
    let same_picture = same_picture(&former, former_size, &matched, photo.size);
    for face in former
        .iter()
        .filter(|face| !matched.contains(&Some(face.face_id)))
    {
        // What a person said of a face outlives a detector that misses it this time, but not another picture.
        if !(same_picture && (face.decided || face.drawn)) {
            tx.prepare_cached("DELETE FROM face WHERE face_id = ?1")?
                .execute([face.face_id])?;
        }
    }
    Ok(())
}

fn former_faces(tx: &Transaction<'_>, photo_id: PhotoId) -> Result<Vec<KeptFace>, LibraryError> {
    let mut statement = tx.prepare_cached(
        "SELECT f.face_id, f.x, f.y, f.width, f.height, e.vector,
                k.mark IS NOT NULL OR m.state IS 'confirmed', f.origin = 'drawn'
         FROM face f LEFT JOIN membership m USING (face_id) LEFT JOIN face_mark k USING (face_id)
         LEFT JOIN embedding e ON e.face_id = f.face_id AND e.model = ?2
         WHERE f.photo_id = ?1 ORDER BY f.face_id",
    )?;
    let rows = statement.query_map((photo_id, EMBEDDING_MODEL), |row| {
        let vector: Option<Vec<u8>> = row.get(5)?;
        Ok(KeptFace {
            face_id: row.get(0)?,
            box_in_photo: PhotoRect {
                x: row.get(1)?,
                y: row.get(2)?,
                width: row.get(3)?,
                height: row.get(4)?,
            },
            embedding: vector.and_then(|bytes| Embedding::from_bytes(&bytes)),
            decided: row.get(6)?,
            drawn: row.get(7)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn insert_face(
    tx: &Transaction<'_>,
    photo_id: PhotoId,
    face: &ScannedFace,
) -> Result<(), LibraryError> {
    let b = face.box_in_photo;
    tx.prepare_cached(
        "INSERT INTO face (photo_id, x, y, width, height, score, landmarks, quality, recognizable)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute((
        photo_id,
        b.x,
        b.y,
        b.width,
        b.height,
        face.score,
        faces::landmarks_to_bytes(&face.landmarks),
        face.quality,
        face.recognizable,
    ))?;
    store_face_details(tx, FaceId(tx.last_insert_rowid()), face)
}

fn update_face(
    tx: &Transaction<'_>,
    face_id: FaceId,
    face: &ScannedFace,
) -> Result<(), LibraryError> {
    let b = face.box_in_photo;
    tx.prepare_cached(
        "UPDATE face SET x = ?2, y = ?3, width = ?4, height = ?5, score = ?6, landmarks = ?7, quality = ?8,
                         recognizable = ?9 WHERE face_id = ?1",
    )?
    .execute((
        face_id,
        b.x,
        b.y,
        b.width,
        b.height,
        face.score,
        faces::landmarks_to_bytes(&face.landmarks),
        face.quality,
        face.recognizable,
    ))?;
    store_face_details(tx, face_id, face)
}

/// The face's embedding and thumbnail, in place of those of before.
fn store_face_details(
    tx: &Transaction<'_>,
    face_id: FaceId,
    face: &ScannedFace,
) -> Result<(), LibraryError> {
    match &face.embedding {
        Some(embedding) => tx
            .prepare_cached(
                "INSERT OR REPLACE INTO embedding (face_id, model, vector) VALUES (?1, ?2, ?3)",
            )?
            .execute((face_id, EMBEDDING_MODEL, embedding.to_bytes()))?,
        None => tx
            .prepare_cached("DELETE FROM embedding WHERE face_id = ?1")?
            .execute([face_id])?,
    };
    match &face.thumbnail {
        Some(jpeg) => tx
            .prepare_cached(
                "INSERT OR REPLACE INTO face_thumbnail (face_id, jpeg) VALUES (?1, ?2)",
            )?
            .execute((face_id, jpeg))?,
        None => tx
            .prepare_cached("DELETE FROM face_thumbnail WHERE face_id = ?1")?
            .execute([face_id])?,
    };
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

fn set_vanished(
    tx: &Transaction<'_>,
    photos: impl Iterator<Item = PhotoId>,
    vanished: bool,
) -> Result<(), LibraryError> {
    let mut update = tx.prepare_cached("UPDATE photo SET vanished = ?2 WHERE photo_id = ?1")?;
    for photo_id in photos {
        update.execute((photo_id, vanished))?;
    }
    Ok(())
}

/// A path holds one present photo: whoever is at it vanishes.
fn vacate(tx: &Transaction<'_>, root_id: RootId, path: &str) -> Result<(), LibraryError> {
    tx.prepare_cached(
        "UPDATE photo SET vanished = 1 WHERE root_id = ?1 AND path = ?2 AND vanished = 0",
    )?
    .execute((root_id, path))?;
    Ok(())
}

/// Makes the path of a vanished photo free for it to come back to.
fn vacate_path_of(tx: &Transaction<'_>, photo_id: PhotoId) -> Result<(), LibraryError> {
    tx.prepare_cached(
        "UPDATE photo SET vanished = 1 WHERE vanished = 0 AND photo_id <> ?1
         AND (root_id, path) = (SELECT root_id, path FROM photo WHERE photo_id = ?1)",
    )?
    .execute([photo_id])?;
    Ok(())
}
