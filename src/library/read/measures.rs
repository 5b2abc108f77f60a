//! What was measured of faces.

use rusqlite::{Row, Transaction};

use crate::library::{FaceId, Library, LibraryError};
use crate::vision::{FaceMeasures, MeshMeasures};

/// The columns of faces `f` with their embedding `e` that [`measures`] reads.
pub(in crate::library) const MEASURES: &str = "f.side, f.sharpness, e.norm, f.is_negative, f.face_flag, f.yaw, f.pitch, f.roll, f.eyes_open, f.smile";

impl Library {
    /// What was measured of every face, by id.
    pub fn face_measures(&self) -> Result<Vec<(FaceId, FaceMeasures)>, LibraryError> {
        let sql = format!(
            "SELECT f.face_id, {MEASURES}
             FROM face f LEFT JOIN embedding e ON e.face_id = f.face_id AND e.model = ?1 ORDER BY f.face_id"
        );
        self.rows(&sql, [self.embedding_model()?.as_str()], |row| {
            Ok((row.get(0)?, measures(row, 1)?))
        })
    }
}

/// Reads [`MEASURES`].
pub(in crate::library) fn measures(
    row: &Row<'_>,
    first_column: usize,
) -> rusqlite::Result<FaceMeasures> {
    Ok(FaceMeasures {
        side: row.get(first_column)?,
        sharpness: row.get(first_column + 1)?,
        norm: row.get(first_column + 2)?,
        is_negative: row
            .get::<_, Option<bool>>(first_column + 3)?
            .unwrap_or(false),
        mesh: mesh(row, first_column + 4)?,
    })
}

/// `None` unless all of it was measured.
fn mesh(row: &Row<'_>, first_column: usize) -> rusqlite::Result<Option<MeshMeasures>> {
    let mut numbers = [0.0; 6];
    for (column, number) in (first_column..).zip(&mut numbers) {
        let Some(measured) = row.get(column)? else {
            return Ok(None);
        };
        *number = measured;
    }
    let [face_flag, yaw, pitch, roll, eyes_open, smile] = numbers;
    Ok(Some(MeshMeasures {
        face_flag,
        yaw,
        pitch,
        roll,
        eyes_open,
        smile,
    }))
}

/// Replaces what was measured of a face, except the norm, which is stored with the embedding.
pub(in crate::library) fn store_measures(
    tx: &Transaction<'_>,
    face_id: FaceId,
    measures: &FaceMeasures,
) -> Result<(), LibraryError> {
    let mesh = measures.mesh;
    tx.prepare_cached(
        "UPDATE face SET side = ?2, sharpness = ?3, is_negative = ?4, face_flag = ?5, yaw = ?6, pitch = ?7, roll = ?8,
                         eyes_open = ?9, smile = ?10 WHERE face_id = ?1",
    )?
    .execute((
        face_id,
        measures.side,
        measures.sharpness,
        measures.is_negative,
        mesh.map(|mesh| mesh.face_flag),
        mesh.map(|mesh| mesh.yaw),
        mesh.map(|mesh| mesh.pitch),
        mesh.map(|mesh| mesh.roll),
        mesh.map(|mesh| mesh.eyes_open),
        mesh.map(|mesh| mesh.smile),
    ))?;
    Ok(())
}
