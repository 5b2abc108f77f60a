//! Ignored faces stay ignored, and what is no face stays none: a new face that is a copy of one is marked as well.
//!
//! A file of the same bytes takes over the marks of its faces. A photo that was saved again, resized or cropped is known by
//! an almost identical embedding. The marks are changes of the journal, so that they can be undone.

use std::collections::HashMap;

use rusqlite::Transaction;

use super::store_faces::InsertedFace;
use crate::geometry::PhotoRect;
use crate::library::read::faces::SHOWN;
use crate::library::sql::rect;
use crate::library::{LibraryError, Mark, RowChange};
use crate::vision::{Centred, Embedding, ModelName};

/// Minimum intersection over union of one face in two files of the same bytes, whose detections do not differ.
const SAME_PLACE_IOU: f32 = 0.9;
/// Minimum centred similarity of a face in a photo that was saved again or cropped. Ten demo photos: re-saved at quality 30
/// and 60 .94 and more, at half the size .86, without colour .84, cropped by a tenth .93; two photos of one person at most
/// .79, two people .57 (both upside down).
pub(super) const SAME_SHOT_SIMILARITY: f32 = 0.8;

/// Marks those of the new faces that are copies of marked ones, in the same way.
pub(super) fn mark_copies(
    tx: &Transaction<'_>,
    inserted: &[InsertedFace],
) -> Result<Vec<RowChange>, LibraryError> {
    let any_mark: bool = tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM face_mark)")?
        .query_row([], |row| row.get(0))?;
    if !any_mark || inserted.is_empty() {
        return Ok(Vec::new());
    }
    let mut marked: HashMap<&ModelName, Vec<(Mark, Centred)>> = HashMap::new();
    let mut changes = Vec::new();
    for face in inserted {
        if !marked.contains_key(&face.model) {
            marked.insert(&face.model, marked_embeddings(tx, &face.model)?);
        }
        let in_same_file = mark_in_same_file(tx, face)?;
        let Some(mark) = in_same_file.or_else(|| mark_of_shot(face, &marked[&face.model])) else {
            continue;
        };
        tx.prepare_cached("INSERT OR REPLACE INTO face_mark (face_id, mark) VALUES (?1, ?2)")?
            .execute((face.face_id, mark))?;
        changes.push(RowChange::Mark {
            face: face.face_id,
            before: None,
            after: Some(mark),
        });
    }
    Ok(changes)
}

/// The mark of the same face in another photo of the same bytes.
fn mark_in_same_file(
    tx: &Transaction<'_>,
    face: &InsertedFace,
) -> Result<Option<Mark>, LibraryError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT k.mark, f.x, f.y, f.width, f.height
         FROM photo p JOIN photo o ON o.content_hash = p.content_hash AND o.photo_id <> p.photo_id
         JOIN face f ON f.photo_id = o.photo_id JOIN face_mark k USING (face_id)
         WHERE p.photo_id = ?1 AND {SHOWN}"
    ))?;
    let marked = statement
        .query_map([face.photo_id], |row| {
            Ok((row.get::<_, Mark>(0)?, rect(row, 1)?))
        })?
        .collect::<rusqlite::Result<Vec<(Mark, PhotoRect)>>>()?;
    let same = marked
        .iter()
        .find(|(_, place)| place.iou(&face.box_in_photo) >= SAME_PLACE_IOU);
    Ok(same.map(|(mark, _)| *mark))
}

fn marked_embeddings(
    tx: &Transaction<'_>,
    model: &ModelName,
) -> Result<Vec<(Mark, Centred)>, LibraryError> {
    let mut statement = tx.prepare_cached(
        "SELECT k.mark, e.vector FROM face_mark k JOIN embedding e USING (face_id) WHERE e.model = ?1",
    )?;
    let rows = statement
        .query_map([model.as_str()], |row| {
            Ok((row.get::<_, Mark>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let embeddings = rows.iter().filter_map(|(mark, bytes)| {
        let embedding = Embedding::from_bytes(bytes)?;
        Some((*mark, embedding.centred()))
    });
    Ok(embeddings.collect())
}

/// The mark of the face in the same shot, of the most similar one.
fn mark_of_shot(face: &InsertedFace, marked: &[(Mark, Centred)]) -> Option<Mark> {
    let embedding = face.embedding?.centred();
    let similar = marked
        .iter()
        .map(|(mark, other)| (*mark, other.cosine(&embedding)))
        .filter(|(_, similarity)| *similarity >= SAME_SHOT_SIMILARITY);
    let most = similar.max_by(|a, b| a.1.total_cmp(&b.1));
    most.map(|(mark, _)| mark)
}
