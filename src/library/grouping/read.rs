//! What grouping reads: passes over indexes and embeddings, without copies.

use std::collections::HashSet;

use crate::library::{FaceId, GroupId, Library, LibraryError, MembershipState, PhotoId};
use crate::vision::{Centred, Embedding};

/// The photo of face `f`, or [`no_photo`].
pub(in crate::library) const PHOTO_OF_FACE: &str = "CASE WHEN EXISTS (
        SELECT 1 FROM former_place n WHERE n.face_id = f.face_id AND n.missing = 1
    ) THEN -f.face_id ELSE f.photo_id END";

/// The id for the photo of a face that is in none.
fn no_photo(face_id: FaceId) -> PhotoId {
    PhotoId(-face_id.0)
}

impl Library {
    /// Number of faces in groups, including marked ones.
    pub fn grouped_faces(&self) -> Result<u32, LibraryError> {
        let count = self.row("SELECT count(*) FROM membership", [], |row| row.get(0))?;
        Ok(count.unwrap_or(0))
    }

    /// Number of faces without a mark in groups, and number of those groups.
    pub fn grouped_counts(&self) -> Result<(u32, u32), LibraryError> {
        let sql = "SELECT count(*), count(DISTINCT m.group_id)
                   FROM membership m LEFT JOIN face_mark k USING (face_id) WHERE k.mark IS NULL";
        let counts = self.row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(counts.unwrap_or_default())
    }

    /// The memberships of faces without a mark, by group.
    pub fn memberships(&self) -> Result<Vec<(GroupId, FaceId, MembershipState)>, LibraryError> {
        let marked = self.marked()?;
        // The index by group covers this query.
        let sql =
            "SELECT group_id, face_id, state FROM membership ORDER BY group_id, state, face_id";
        let mut memberships = Vec::with_capacity(self.grouped_faces()? as usize);
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let face_id = row.get(1)?;
            if !marked.contains(&face_id) {
                memberships.push((row.get(0)?, face_id, row.get(2)?));
            }
        }
        Ok(memberships)
    }

    /// Visits the centred embedding of each face without a mark, by face.
    pub fn each_centred(&self, mut visit: impl FnMut(FaceId, Centred)) -> Result<(), LibraryError> {
        self.each_vector(|face_id, bytes, norm| {
            if let Some(embedding) = Embedding::from_bytes(bytes) {
                visit(face_id, embedding.centred().with_norm(norm));
            }
        })
    }

    /// [`Library::each_centred`] as stored bytes, for [`Embedding::from_bytes`], and the norm before the embedding was
    /// normalised, if it is known.
    pub fn each_vector(
        &self,
        mut visit: impl FnMut(FaceId, &[u8], Option<f32>),
    ) -> Result<(), LibraryError> {
        let (marked, model) = (self.marked()?, self.embedding_model()?);
        let sql = "SELECT face_id, vector, norm FROM embedding WHERE model = ?1 ORDER BY face_id";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([model.as_str()])?;
        while let Some(row) = rows.next()? {
            let face_id = row.get(0)?;
            if !marked.contains(&face_id) {
                let vector = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
                visit(face_id, vector, model.comparable_norm(row.get(2)?));
            }
        }
        Ok(())
    }

    /// Visits the photo of each face. A face that is missing from its photo is visited with an id of its own, below 0: it
    /// shares no photo with the faces of the picture that is there now.
    pub fn each_face(&self, mut visit: impl FnMut(FaceId, PhotoId)) -> Result<(), LibraryError> {
        let missing = self.missing_face_ids()?;
        let sql = "SELECT face_id, photo_id FROM face ORDER BY photo_id, quality";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let face_id = row.get(0)?;
            if missing.contains(&face_id) {
                visit(face_id, no_photo(face_id));
            } else {
                visit(face_id, row.get(1)?);
            }
        }
        Ok(())
    }

    /// The photo of a recognizable face, as [`Library::each_face`] has it, and its face flag if it was measured; `None`
    /// for any other face.
    pub fn recognizable_face(
        &self,
        face_id: FaceId,
    ) -> Result<Option<(PhotoId, Option<f32>)>, LibraryError> {
        let sql = format!(
            "SELECT {PHOTO_OF_FACE}, f.face_flag FROM face f WHERE f.face_id = ?1 AND f.recognizable = 1"
        );
        self.row(&sql, [face_id], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The faces of which the mesh is less sure than this, with their face flags (0 to 1), by face.
    pub fn face_flags_below(&self, flag: f32) -> Result<Vec<(FaceId, f32)>, LibraryError> {
        let sql = "SELECT face_id, face_flag FROM face WHERE face_flag < ?1 ORDER BY face_id";
        self.rows(sql, [flag], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    fn missing_face_ids(&self) -> Result<HashSet<FaceId>, LibraryError> {
        let sql = "SELECT face_id FROM former_place WHERE missing = 1";
        Ok(self.rows(sql, [], |row| row.get(0))?.into_iter().collect())
    }

    fn marked(&self) -> Result<HashSet<FaceId>, LibraryError> {
        let faces = self.rows("SELECT face_id FROM face_mark", [], |row| row.get(0))?;
        Ok(faces.into_iter().collect())
    }
}
