//! Known photos as scan results, so that a copy of a file need not be analysed again.

use rusqlite::{Connection, Row};

use super::{ScannedFace, ScannedPhoto};
use crate::library::read::faces::{self, SHOWN};
use crate::library::read::measures::{MEASURES, measures};
use crate::library::sql::{file_size, photo_size, rect};
use crate::library::{FaceId, Library, LibraryError, PhotoId};
use crate::photo::ContentHash;
use crate::vision::{Embedding, ModelName};

impl Library {
    /// A known photo as its scan found it, without drawn faces and those that it no longer shows: the result for a copy of the file.
    pub fn scanned_photo(&self, photo_id: PhotoId) -> Result<Option<ScannedPhoto>, LibraryError> {
        let sql = "SELECT p.root_id, p.path, p.file_size, p.modified_ns, p.content_hash, p.width, p.height,
                          p.orientation, p.taken, t.jpeg, p.changed_ns
                   FROM photo p LEFT JOIN photo_thumbnail t USING (photo_id) WHERE p.photo_id = ?1";
        let Some(mut photo) = self.row(sql, [photo_id], scanned_photo)? else {
            return Ok(None);
        };
        photo.model = self.embedding_model()?;
        let shown = faces_shown(&self.connection, photo_id, &photo.model)?.into_iter();
        photo.faces = shown.map(|(_, face)| face).collect();
        Ok(Some(photo))
    }
}

/// The faces that a photo shows, without drawn ones, with the embeddings of a model.
pub(super) fn faces_shown(
    connection: &Connection,
    photo_id: PhotoId,
    model: &ModelName,
) -> Result<Vec<(FaceId, ScannedFace)>, LibraryError> {
    let sql = format!(
        "SELECT f.x, f.y, f.width, f.height, f.landmarks, f.score, f.quality, f.recognizable, e.vector, t.jpeg,
                {MEASURES}, f.face_id
         FROM face f LEFT JOIN embedding e ON e.face_id = f.face_id AND e.model = ?2
         LEFT JOIN face_thumbnail t ON t.face_id = f.face_id
         WHERE f.photo_id = ?1 AND f.origin = 'detected'
           AND {SHOWN} ORDER BY f.face_id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map((photo_id, model.as_str()), |row| {
        let face_id: FaceId = row.get("face_id")?;
        Ok(scanned_face(row)?.map(|face| (face_id, face)))
    })?;
    let shown = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(shown.into_iter().flatten().collect())
}

fn scanned_photo(row: &Row<'_>) -> rusqlite::Result<ScannedPhoto> {
    Ok(ScannedPhoto {
        root_id: row.get(0)?,
        path: row.get(1)?,
        file_size: file_size(row, 2)?,
        modified_ns: row.get(3)?,
        changed_ns: row.get(10)?,
        content_hash: ContentHash(row.get(4)?),
        size: photo_size(row, 5)?,
        orientation: row.get(7)?,
        taken: row.get(8)?,
        thumbnail: row.get(9)?,
        faces: Vec::new(),
        model: ModelName::default(),
    })
}

/// `None` if the landmarks cannot be read.
fn scanned_face(row: &Row<'_>) -> rusqlite::Result<Option<ScannedFace>> {
    let landmarks: Option<Vec<u8>> = row.get(4)?;
    let Some(landmarks) = landmarks.and_then(|bytes| faces::landmarks_from_bytes(&bytes)) else {
        return Ok(None);
    };
    let vector: Option<Vec<u8>> = row.get(8)?;
    Ok(Some(ScannedFace {
        box_in_photo: rect(row, 0)?,
        landmarks,
        score: row.get(5)?,
        quality: row.get(6)?,
        recognizable: row.get(7)?,
        measures: measures(row, 10)?,
        embedding: vector.and_then(|bytes| Embedding::from_bytes(&bytes)),
        thumbnail: row.get(9)?,
    }))
}
