//! Writes scanned faces: of new photos, and of photos whose file has changed.

use rusqlite::Transaction;

use super::lost::{LostDecision, decisions_of};
use super::rematch::{KeptFace, match_faces, same_picture};
use super::{ScannedFace, ScannedPhoto};
use crate::geometry::Size;
use crate::library::read::faces;
use crate::library::sql::rect;
use crate::library::{FaceId, LibraryError, PhotoId};
use crate::vision::{EMBEDDING_MODEL, Embedding};

/// Replaces the former faces by the found ones; matching faces keep their ids. The decisions about the others are
/// deleted with them and added to `lost`.
pub(super) fn replace_faces(
    tx: &Transaction<'_>,
    photo_id: PhotoId,
    photo: &ScannedPhoto,
    former_size: Size,
    lost: &mut Vec<LostDecision>,
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
        // Decisions survive a missed detection, but not another picture.
        if same_picture && (face.decided || face.drawn) {
            forget_outdated_embedding(tx, face.face_id)?;
        } else {
            lost.extend(decisions_of(tx, face.face_id, photo.root_id, &photo.path)?);
            tx.prepare_cached("DELETE FROM face WHERE face_id = ?1")?
                .execute([face.face_id])?;
        }
    }
    Ok(())
}

/// A face that was not found again gets no new embedding, and an outdated one would request a scan each time.
fn forget_outdated_embedding(tx: &Transaction<'_>, face_id: FaceId) -> Result<(), LibraryError> {
    tx.prepare_cached("DELETE FROM embedding WHERE face_id = ?1 AND model <> ?2")?
        .execute((face_id, EMBEDDING_MODEL))?;
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
            box_in_photo: rect(row, 1)?,
            embedding: vector.and_then(|bytes| Embedding::from_bytes(&bytes)),
            decided: row.get(6)?,
            drawn: row.get(7)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn insert_face(
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

/// Replaces the face's embedding and thumbnail.
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
