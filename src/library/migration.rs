//! What a migration to another model reads and writes: vectors beside those that the library reads, and at the end the
//! library's model.
//!
//! Vectors of the new model are stored photo by photo, and nobody reads them before the switch, which is one transaction.
//! So a migration that is stopped or killed changes nothing that anybody sees, and the next one embeds what is left. The
//! former vectors stay: going back is another switch.

use rusqlite::Row;
use serde::Serialize;

use super::edit::append_note;
use super::grouping::forget_grouping;
use super::model::{current_model, set_model};
use super::read::faces::{SHOWN, landmarks_from_bytes};
use super::read::measures::store_measures;
use super::scan::store_embedding;
use super::sql::{photo_size, rect};
use super::{FaceId, Library, LibraryError, PhotoId};
use crate::geometry::{Landmarks, PhotoRect, Size};
use crate::photo::ContentHash;
use crate::text::counted;
use crate::vision::{Embedded, FaceMeasures, ModelName};

/// A known face of a photo, to be embedded by another model.
#[derive(Clone, Copy, Debug)]
pub struct FaceToEmbed {
    pub face_id: FaceId,
    pub box_in_photo: PhotoRect,
    pub landmarks: Landmarks,
    /// The detector's score, 0 to 1.
    pub score: f32,
    pub is_negative: bool,
}

/// A photo with faces to embed.
#[derive(Clone, Debug)]
pub struct PhotoToEmbed {
    pub photo_id: PhotoId,
    /// The file must have it: in another picture the faces lie elsewhere.
    pub content_hash: ContentHash,
    pub size: Size,
    /// Shorter side of the smallest detected face, in photo pixels: it decides on the scale at which the photo is decoded.
    pub smallest_side: f32,
    pub faces: Vec<FaceToEmbed>,
}

/// A face that was embedded by another model.
#[derive(Clone, Copy, Debug)]
pub struct MigratedFace {
    pub face_id: FaceId,
    pub embedded: Embedded,
    pub measures: FaceMeasures,
    /// The face's quality as a cover, if more is known of it now.
    pub quality: Option<f32>,
}

/// How many faces have a vector of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelCount {
    pub model: ModelName,
    pub faces: u32,
    /// The library reads these.
    pub is_current: bool,
}

/// Faces `f` that have a vector, but none of model ?1.
const TO_EMBED: &str = "EXISTS (SELECT 1 FROM embedding e WHERE e.face_id = f.face_id)
    AND NOT EXISTS (SELECT 1 FROM embedding e WHERE e.face_id = f.face_id AND e.model = ?1)";

/// What the history has of a switch.
#[derive(Serialize)]
struct Switch<'a> {
    migrated: [&'a ModelName; 2],
}

impl Library {
    /// The models that the library has vectors of, by name.
    pub fn models(&self) -> Result<Vec<ModelCount>, LibraryError> {
        let current = self.embedding_model()?;
        let sql = "SELECT model, count(*) FROM embedding GROUP BY model ORDER BY model";
        self.rows(sql, [], |row| {
            let model = ModelName::new(row.get_ref(0)?.as_str()?);
            Ok(ModelCount {
                is_current: model == current,
                faces: row.get(1)?,
                model,
            })
        })
    }

    /// The photos that show faces with vectors of other models alone, by folder and path.
    pub fn photos_to_embed(&self, model: &ModelName) -> Result<Vec<PhotoId>, LibraryError> {
        let sql = format!(
            "SELECT p.photo_id FROM photo p WHERE p.photo_id IN (
                SELECT f.photo_id FROM face f WHERE {TO_EMBED} AND {SHOWN}) ORDER BY p.root_id, p.path, p.photo_id"
        );
        self.rows(&sql, [model.as_str()], |row| row.get(0))
    }

    /// Number of the faces that have vectors of other models alone, also of those that no photo shows any more.
    pub fn faces_to_embed(&self, model: &ModelName) -> Result<u32, LibraryError> {
        let sql = format!("SELECT count(*) FROM face f WHERE {TO_EMBED}");
        let count = self.row(&sql, [model.as_str()], |row| row.get(0))?;
        Ok(count.unwrap_or(0))
    }

    /// One of these photos; `None` if no face of it is to be embedded any more.
    pub fn photo_to_embed(
        &self,
        photo_id: PhotoId,
        model: &ModelName,
    ) -> Result<Option<PhotoToEmbed>, LibraryError> {
        let sql = format!(
            "SELECT f.face_id, f.x, f.y, f.width, f.height, f.landmarks, f.score, f.is_negative FROM face f
             WHERE f.photo_id = ?2 AND {TO_EMBED} AND {SHOWN} ORDER BY f.face_id"
        );
        let faces = self.rows(&sql, (model.as_str(), photo_id), face_to_embed)?;
        let faces: Vec<FaceToEmbed> = faces.into_iter().flatten().collect();
        if faces.is_empty() {
            return Ok(None);
        }
        let sql = format!(
            "SELECT p.content_hash, p.width, p.height,
                    (SELECT min(min(f.width, f.height)) FROM face f
                     WHERE f.photo_id = p.photo_id AND f.origin = 'detected' AND {SHOWN})
             FROM photo p WHERE p.photo_id = ?1"
        );
        self.row(&sql, [photo_id], |row| {
            Ok(PhotoToEmbed {
                photo_id,
                content_hash: ContentHash(row.get(0)?),
                size: photo_size(row, 1)?,
                smallest_side: row.get::<_, Option<f32>>(3)?.unwrap_or_default(),
                faces,
            })
        })
    }

    /// Stores vectors of a model beside others. Faces that are gone meanwhile, or have got one, are left as they are. If it
    /// is the current model, the library then has to be grouped again.
    pub fn store_migrated(
        &mut self,
        model: &ModelName,
        faces: &[MigratedFace],
    ) -> Result<(), LibraryError> {
        let tx = self.write()?;
        let is_current = current_model(&tx)? == *model;
        if is_current {
            forget_grouping(&tx)?;
        }
        let mut changed = Vec::new();
        for face in faces {
            let is_wanted: bool = tx
                .prepare_cached(&format!(
                    "SELECT EXISTS (SELECT 1 FROM face f WHERE f.face_id = ?2 AND {TO_EMBED})"
                ))?
                .query_row((model.as_str(), face.face_id), |row| row.get(0))?;
            if !is_wanted {
                continue;
            }
            let Embedded { embedding, norm } = face.embedded;
            store_embedding(&tx, face.face_id, model, &embedding, Some(norm))?;
            let had_mesh: bool = tx
                .prepare_cached("SELECT face_flag IS NOT NULL FROM face WHERE face_id = ?1")?
                .query_row([face.face_id], |row| row.get(0))?;
            if face.measures.mesh.is_some() || !had_mesh {
                store_measures(&tx, face.face_id, &face.measures)?;
            }
            if let Some(quality) = face.quality {
                tx.prepare_cached("UPDATE face SET quality = ?2 WHERE face_id = ?1")?
                    .execute((face.face_id, quality))?;
            }
            if is_current || face.quality.is_some() {
                changed.push(face.face_id);
            }
        }
        tx.commit()?;
        self.touched.add_faces(changed);
        Ok(())
    }

    /// Makes a model the current one, with a note in the history; the library then has to be grouped again. Returns the
    /// former one. Does nothing if it is the current one.
    pub fn switch_model(&mut self, to: &ModelName) -> Result<ModelName, LibraryError> {
        let left = self.faces_to_embed(to)?;
        let tx = self.write()?;
        let from = current_model(&tx)?;
        if from == *to {
            return Ok(from);
        }
        set_model(&tx, to)?;
        forget_grouping(&tx)?;
        let switch = Switch {
            migrated: [&from, to],
        };
        append_note(&tx, &switch, &message(&from, to, left))?;
        tx.commit()?;
        self.touched.add_everything();
        Ok(from)
    }
}

/// The message of the history.
fn message(from: &ModelName, to: &ModelName, left: u32) -> String {
    let mut message = format!("Faces are compared by the model {to}, no longer by {from}");
    if left > 0 {
        let have = if left == 1 { "has" } else { "have" };
        message = format!(
            "{message}; {} could not be embedded by it yet and {have} stayed in their groups",
            counted(left.into(), "face")
        );
    }
    message
}

/// `None` if the landmarks cannot be read.
fn face_to_embed(row: &Row<'_>) -> rusqlite::Result<Option<FaceToEmbed>> {
    let landmarks: Option<Vec<u8>> = row.get(5)?;
    let Some(landmarks) = landmarks.and_then(|bytes| landmarks_from_bytes(&bytes)) else {
        return Ok(None);
    };
    Ok(Some(FaceToEmbed {
        face_id: row.get(0)?,
        box_in_photo: rect(row, 1)?,
        landmarks,
        score: row.get(6)?,
        is_negative: row.get::<_, Option<bool>>(7)?.unwrap_or(false),
    }))
}
