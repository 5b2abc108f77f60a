//! Writes scanned faces: of new photos, and of photos whose file has changed.

use rusqlite::{Connection, Row, Transaction};

use super::not_found::{UnplacedDecision, decisions_of};
use super::rematch::{Change, FormerPicture, KeptFace, SAME_FACE_SIMILARITY, rematch};
use super::transform::Transform;
use super::{ScannedFace, ScannedPhoto};
use crate::geometry::{Landmarks, PhotoRect, Size};
use crate::library::model::keep_model;
use crate::library::read::faces::{self, DECIDED};
use crate::library::read::measures::store_measures;
use crate::library::sql::{photo_size, rect};
use crate::library::{FaceId, LibraryError, PhotoId, RowChange};
use crate::photo::{ContentHash, Signature};
use crate::vision::{Embedding, ModelName};

/// Part of a box that must lie inside of the changed photo for a face to be in it still.
const MIN_VISIBLE: f32 = 0.5;

/// What storing photos changes of what a person decided, for the journal, and what is told of it.
#[derive(Default)]
pub(super) struct Outcome {
    pub changes: Vec<RowChange>,
    /// About faces that changed photos no longer show.
    pub unplaced: Vec<UnplacedDecision>,
    /// Every face that was in a photo before: found again, missing, back or deleted.
    pub touched: Vec<FaceId>,
    /// Photos that vanished because an earlier one of their path is back.
    pub overwritten: Vec<PhotoId>,
    /// New faces, for [`super::ignored`].
    pub inserted: Vec<InsertedFace>,
}

/// A face that no former one is.
pub(super) struct InsertedFace {
    pub face_id: FaceId,
    pub photo_id: PhotoId,
    pub box_in_photo: PhotoRect,
    pub embedding: Option<Embedding>,
    /// Of the embedding.
    pub model: ModelName,
}

/// A photo before its file changed.
pub(super) struct FormerPhoto {
    pub photo_id: PhotoId,
    pub size: Size,
    pub content: ContentHash,
    pub signature: Option<Signature>,
}

/// Replaces the former faces by the found ones; matching faces keep their ids. Of the others, those with decisions stay:
/// at their place if the picture is known to be the same, else as missing. Call it when the photo's row is written.
pub(super) fn replace_faces(
    tx: &Transaction<'_>,
    former_photo: &FormerPhoto,
    photo: &ScannedPhoto,
    outcome: &mut Outcome,
) -> Result<(), LibraryError> {
    let photo_id = former_photo.photo_id;
    let former = former_faces(tx, former_photo, photo)?;
    if former.is_empty() {
        for face in &photo.faces {
            insert_face(tx, photo_id, photo, face, outcome)?;
        }
        return Ok(());
    }
    let signature = photo.thumbnail.as_deref().and_then(Signature::of_thumbnail);
    let change = Change {
        former_size: former_photo.size,
        former_content: former_photo.content,
        former_signature: former_photo.signature.as_ref(),
        size: photo.size,
        signature: signature.as_ref(),
        content: photo.content_hash,
    };
    let rematched = rematch(&former, &photo.faces, &change);
    outcome
        .touched
        .extend(former.iter().map(|face| face.face_id));
    for (face, same) in photo.faces.iter().zip(&rematched.of_found) {
        let Some(index) = *same else {
            insert_face(tx, photo_id, photo, face, outcome)?;
            continue;
        };
        let same = &former[index];
        place_face(tx, same.face_id, photo_id)?;
        update_place(tx, same.face_id, face)?;
        let is_turned = rematched.transforms[index].is_some_and(|transform| transform.is_turned());
        if !is_turned || !is_recognised_worse(same, face) {
            let shown = same
                .missing_since
                .map_or(former_photo.content, |last| last.content);
            if shown != photo.content_hash {
                forget_embeddings(tx, same.face_id)?;
            }
            update_appearance(tx, same.face_id, photo, face)?;
        }
    }
    let is_matched = |index| rematched.of_found.contains(&Some(index));
    for (index, face) in former
        .iter()
        .enumerate()
        .filter(|(index, _)| !is_matched(*index))
    {
        if face.decided || face.drawn || !face.is_here {
            let transform = rematched.transforms[index];
            keep_face(tx, face, former_photo, photo, transform, outcome)?;
        } else {
            tx.prepare_cached("DELETE FROM face WHERE face_id = ?1")?
                .execute([face.face_id])?;
        }
    }
    Ok(())
}

/// In a photo on its side a face is recognised worse than it was.
fn is_recognised_worse(before: &KeptFace, now: &ScannedFace) -> bool {
    match (before.embedding, now.embedding) {
        (Some(before), Some(now)) => before.cosine(&now.centred()) < SAME_FACE_SIMILARITY,
        (before, _) => before.is_some(),
    }
}

/// Keeps a face that was not found again.
fn keep_face(
    tx: &Transaction<'_>,
    face: &KeptFace,
    former_photo: &FormerPhoto,
    photo: &ScannedPhoto,
    transform: Option<Transform>,
    outcome: &mut Outcome,
) -> Result<(), LibraryError> {
    forget_outdated_embeddings(tx, face.face_id, &photo.model)?;
    if let Some(transform) = transform {
        let place = transform.rect(face.box_in_photo);
        if is_mostly_inside(place, photo.size) {
            place_face(tx, face.face_id, former_photo.photo_id)?;
            set_box(tx, face.face_id, place.clamped(photo.size))?;
            return move_landmarks(tx, face.face_id, &transform);
        }
    }
    if !face.is_here {
        return Ok(());
    }
    leave_as_missing(tx, face, former_photo, photo.size)?;
    if face.missing_since.is_none() {
        outcome.changes.push(RowChange::Missing {
            face: face.face_id,
            before: false,
            after: true,
        });
        let decisions = decisions_of(tx, face.face_id, photo.root_id, &photo.path)?;
        outcome.unplaced.extend(decisions);
    }
    Ok(())
}

/// Notes a face as missing from a picture of this size, which has taken the place of the photo that showed it.
pub(super) fn leave_as_missing(
    tx: &Connection,
    face: &KeptFace,
    former_photo: &FormerPhoto,
    size: Size,
) -> Result<(), LibraryError> {
    let last = face.missing_since.unwrap_or(FormerPicture {
        content: former_photo.content,
        size: former_photo.size,
    });
    let b = face.box_in_photo;
    tx.prepare_cached(
        "INSERT INTO former_place (face_id, content_hash, x, y, width, height, photo_width, photo_height, missing)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1) ON CONFLICT (face_id) DO UPDATE SET missing = 1",
    )?
    .execute((
        face.face_id,
        last.content.0.as_slice(),
        b.x,
        b.y,
        b.width,
        b.height,
        last.size.width,
        last.size.height,
    ))?;
    // The box of a face is always in the pixels of its photo.
    set_box(tx, face.face_id, scaled_into(b, last.size, size))
}

pub(super) fn is_mostly_inside(place: PhotoRect, size: Size) -> bool {
    place.area() > 0.0 && place.clamped(size).area() >= MIN_VISIBLE * place.area()
}

fn scaled_into(rect: PhotoRect, from: Size, to: Size) -> PhotoRect {
    let (across, down) = (
        to.width as f32 / from.width as f32,
        to.height as f32 / from.height as f32,
    );
    PhotoRect {
        x: rect.x * across,
        y: rect.y * down,
        width: rect.width * across,
        height: rect.height * down,
    }
}

/// The face is in this photo, whether it was missing or not.
fn place_face(
    tx: &Transaction<'_>,
    face_id: FaceId,
    photo_id: PhotoId,
) -> Result<(), LibraryError> {
    let found = tx
        .prepare_cached("DELETE FROM former_place WHERE face_id = ?1")?
        .execute([face_id])?;
    if found > 0 {
        tx.prepare_cached("UPDATE face SET photo_id = ?2 WHERE face_id = ?1")?
            .execute((face_id, photo_id))?;
    }
    Ok(())
}

pub(super) fn set_box(tx: &Connection, face_id: FaceId, b: PhotoRect) -> Result<(), LibraryError> {
    tx.prepare_cached(
        "UPDATE face SET x = ?2, y = ?3, width = ?4, height = ?5 WHERE face_id = ?1",
    )?
    .execute((face_id, b.x, b.y, b.width, b.height))?;
    Ok(())
}

pub(super) fn move_landmarks(
    tx: &Connection,
    face_id: FaceId,
    transform: &Transform,
) -> Result<(), LibraryError> {
    let stored: Option<Vec<u8>> = tx
        .prepare_cached("SELECT landmarks FROM face WHERE face_id = ?1")?
        .query_row([face_id], |row| row.get(0))?;
    let Some(landmarks) = stored.and_then(|bytes| faces::landmarks_from_bytes(&bytes)) else {
        return Ok(());
    };
    let mut points = landmarks.0.map(|point| transform.point(point));
    if transform.is_mirrored() {
        points.swap(0, 1);
        points.swap(3, 4);
    }
    tx.prepare_cached("UPDATE face SET landmarks = ?2 WHERE face_id = ?1")?
        .execute((face_id, faces::landmarks_to_bytes(&Landmarks(points))))?;
    Ok(())
}

/// A face that was not found again gets no new embedding, and if it only has outdated ones, they would request a scan each
/// time.
fn forget_outdated_embeddings(
    tx: &Transaction<'_>,
    face_id: FaceId,
    model: &ModelName,
) -> Result<(), LibraryError> {
    tx.prepare_cached(
        "DELETE FROM embedding WHERE face_id = ?1
            AND NOT EXISTS (SELECT 1 FROM embedding e WHERE e.face_id = ?1 AND e.model = ?2)",
    )?
    .execute((face_id, model.as_str()))?;
    Ok(())
}

/// What all models made of another picture of the face.
fn forget_embeddings(tx: &Transaction<'_>, face_id: FaceId) -> Result<(), LibraryError> {
    tx.prepare_cached("DELETE FROM embedding WHERE face_id = ?1")?
        .execute([face_id])?;
    Ok(())
}

/// The faces of a photo, and faces of other photos that are missing: from the picture that it shows now, or from one that
/// was at its path.
fn former_faces(
    tx: &Transaction<'_>,
    former_photo: &FormerPhoto,
    photo: &ScannedPhoto,
) -> Result<Vec<KeptFace>, LibraryError> {
    let sql = format!(
        "{} LEFT JOIN former_place n ON n.face_id = f.face_id AND n.missing = 1
         WHERE f.photo_id = ?1 OR f.face_id IN (
             SELECT face_id FROM former_place WHERE content_hash = ?3 AND missing = 1)
            OR (n.missing = 1 AND f.photo_id IN (
             SELECT photo_id FROM photo WHERE root_id = ?4 AND path = ?5 AND vanished = 1))
         ORDER BY f.face_id",
        kept_faces(
            ", n.content_hash, n.x, n.y, n.width, n.height, n.photo_width, n.photo_height, f.photo_id = ?1"
        )
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let known = (
        former_photo.photo_id,
        photo.model.as_str(),
        photo.content_hash.0.as_slice(),
        photo.root_id,
        &photo.path,
    );
    let rows = statement.query_map(known, |row| {
        let mut face = kept_face(row)?;
        face.is_here = row.get(15)?;
        if let Some(content) = row.get(8)? {
            face.box_in_photo = rect(row, 9)?;
            face.missing_since = Some(FormerPicture {
                content: ContentHash(content),
                size: photo_size(row, 13)?,
            });
        }
        Ok(face)
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Asks for what [`kept_face`] reads of faces `f`, with their embedding of model ?2, and for further columns.
pub(super) fn kept_faces(further: &str) -> String {
    format!(
        "SELECT f.face_id, f.x, f.y, f.width, f.height, e.vector, {DECIDED}, f.origin = 'drawn'{further}
         FROM face f LEFT JOIN membership m USING (face_id) LEFT JOIN face_mark k USING (face_id)
         LEFT JOIN embedding e ON e.face_id = f.face_id AND e.model = ?2"
    )
}

/// A face that its photo shows.
pub(super) fn kept_face(row: &Row<'_>) -> rusqlite::Result<KeptFace> {
    let vector: Option<Vec<u8>> = row.get(5)?;
    let embedding = vector.and_then(|bytes| Embedding::from_bytes(&bytes));
    Ok(KeptFace {
        face_id: row.get(0)?,
        box_in_photo: rect(row, 1)?,
        embedding: embedding.map(|embedding| embedding.centred()),
        decided: row.get(6)?,
        drawn: row.get(7)?,
        is_here: true,
        missing_since: None,
    })
}

fn insert_face(
    tx: &Transaction<'_>,
    photo_id: PhotoId,
    photo: &ScannedPhoto,
    face: &ScannedFace,
    outcome: &mut Outcome,
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
    let face_id = FaceId(tx.last_insert_rowid());
    outcome.inserted.push(InsertedFace {
        face_id,
        photo_id,
        box_in_photo: b,
        embedding: face.embedding,
        model: photo.model.clone(),
    });
    store_face_details(tx, face_id, photo, face)
}

fn update_place(
    tx: &Transaction<'_>,
    face_id: FaceId,
    face: &ScannedFace,
) -> Result<(), LibraryError> {
    let b = face.box_in_photo;
    tx.prepare_cached(
        "UPDATE face SET x = ?2, y = ?3, width = ?4, height = ?5, score = ?6, landmarks = ?7 WHERE face_id = ?1",
    )?
    .execute((
        face_id,
        b.x,
        b.y,
        b.width,
        b.height,
        face.score,
        faces::landmarks_to_bytes(&face.landmarks),
    ))?;
    Ok(())
}

/// Replaces what is known of how the face looks.
fn update_appearance(
    tx: &Transaction<'_>,
    face_id: FaceId,
    photo: &ScannedPhoto,
    face: &ScannedFace,
) -> Result<(), LibraryError> {
    tx.prepare_cached("UPDATE face SET quality = ?2, recognizable = ?3 WHERE face_id = ?1")?
        .execute((face_id, face.quality, face.recognizable))?;
    store_face_details(tx, face_id, photo, face)
}

/// Replaces what was measured of the face, its embedding by the photo's model, and its thumbnail.
fn store_face_details(
    tx: &Transaction<'_>,
    face_id: FaceId,
    photo: &ScannedPhoto,
    face: &ScannedFace,
) -> Result<(), LibraryError> {
    store_measures(tx, face_id, &face.measures)?;
    match &face.embedding {
        Some(embedding) => {
            let norm = face.measures.norm;
            store_embedding(tx, face_id, &photo.model, embedding, norm)?;
        }
        None => forget_embeddings(tx, face_id)?,
    }
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

/// Also makes it the library's current model if it has none.
pub(in crate::library) fn store_embedding(
    tx: &Transaction<'_>,
    face_id: FaceId,
    model: &ModelName,
    embedding: &Embedding,
    norm: Option<f32>,
) -> Result<(), LibraryError> {
    keep_model(tx, model)?;
    tx.prepare_cached(
        "INSERT OR REPLACE INTO embedding (face_id, model, vector, norm) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((face_id, model.as_str(), embedding.to_bytes(), norm))?;
    Ok(())
}
