//! Embeddings of faces, of the library's current model only: others are not comparable.

use rusqlite::Row;

use super::faces::{PRESENT, SHOWN};
use crate::library::{FaceId, GroupId, Library, LibraryError, PhotoId};
use crate::vision::{Centred, Embedding, ModelName};

const UNMARKED: &str =
    "SELECT e.face_id, e.vector, e.norm FROM embedding e LEFT JOIN face_mark k USING (face_id)
                        WHERE k.mark IS NULL AND e.model = ?1";

/// A present ignored face that can be compared.
#[derive(Clone, Debug)]
pub struct IgnoredFace {
    pub face_id: FaceId,
    pub photo_id: PhotoId,
    /// The group that grouping had put it into before it was ignored.
    pub group: Option<GroupId>,
    pub centred: Centred,
}

impl Library {
    /// The present ignored faces with an embedding, by id; without those that were confirmed as somebody before.
    pub fn ignored_faces(&self) -> Result<Vec<IgnoredFace>, LibraryError> {
        let sql = format!(
            "SELECT f.face_id, e.vector, e.norm, f.photo_id, m.group_id
             FROM face_mark k JOIN face f USING (face_id) JOIN embedding e USING (face_id)
             LEFT JOIN membership m USING (face_id)
             WHERE k.mark = 'ignored' AND e.model = ?1 AND m.state IS NOT 'confirmed' AND {PRESENT} ORDER BY f.face_id"
        );
        let model = self.embedding_model()?;
        let rows = self.rows(&sql, [model.as_str()], |row| {
            let (photo_id, group) = (row.get(3)?, row.get(4)?);
            Ok(centred(row, &model)?.map(|(face_id, centred)| IgnoredFace {
                face_id,
                photo_id,
                group,
                centred,
            }))
        })?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// The embeddings of all faces without a mark, by face.
    pub fn embeddings(&self) -> Result<Vec<(FaceId, Embedding)>, LibraryError> {
        let mut embeddings = Vec::new();
        self.each_vector(|face_id, bytes, _| {
            embeddings.extend(Embedding::from_bytes(bytes).map(|embedding| (face_id, embedding)));
        })?;
        Ok(embeddings)
    }

    /// The centred embeddings of the faces shown in a group, by face. Unclear faces may have none.
    pub fn centred_of_group(
        &self,
        group_id: GroupId,
    ) -> Result<Vec<(FaceId, Centred)>, LibraryError> {
        let sql = format!(
            "{UNMARKED} AND e.face_id IN (SELECT face_id FROM membership WHERE group_id = ?2) ORDER BY e.face_id"
        );
        let model = self.embedding_model()?;
        let rows = self.rows(&sql, (model.as_str(), group_id), |row| centred(row, &model))?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// The embeddings of the confirmed faces of a group, by face, without marked ones.
    pub fn confirmed_embeddings(
        &self,
        group_id: GroupId,
    ) -> Result<Vec<(FaceId, Embedding)>, LibraryError> {
        let sql = format!(
            "{UNMARKED} AND e.face_id IN (SELECT face_id FROM membership WHERE group_id = ?2 AND state = 'confirmed')
             ORDER BY e.face_id"
        );
        let rows = self.rows(
            &sql,
            (self.embedding_model()?.as_str(), group_id),
            embedding,
        )?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// One face's centred embedding.
    pub fn centred(&self, face_id: FaceId) -> Result<Option<Centred>, LibraryError> {
        let sql = "SELECT face_id, vector, norm FROM embedding WHERE face_id = ?1 AND model = ?2";
        let model = self.embedding_model()?;
        let row = self.row(sql, (face_id, model.as_str()), |row| centred(row, &model))?;
        Ok(row.flatten().map(|(_, centred)| centred))
    }

    /// Number of comparable faces without a mark.
    pub fn embedded_faces(&self) -> Result<u32, LibraryError> {
        let sql = "SELECT count(*) FROM embedding e LEFT JOIN face_mark k USING (face_id)
                   WHERE k.mark IS NULL AND e.model = ?1";
        Ok(self
            .row(sql, [self.embedding_model()?.as_str()], |row| row.get(0))?
            .unwrap_or(0))
    }

    /// The photos with faces that have embeddings of other models alone, though they show them: a scan detects their
    /// faces again.
    pub fn photos_with_outdated_embeddings(&self) -> Result<Vec<PhotoId>, LibraryError> {
        let sql = format!(
            "SELECT DISTINCT f.photo_id FROM embedding e JOIN face f USING (face_id)
             WHERE e.model <> ?1 AND {SHOWN}
               AND NOT EXISTS (SELECT 1 FROM embedding c WHERE c.face_id = e.face_id AND c.model = ?1)"
        );
        self.rows(&sql, [self.embedding_model()?.as_str()], |row| row.get(0))
    }
}

/// Reads face, vector and norm. `None` if the stored bytes are not an embedding; the face then counts as having none.
fn centred(row: &Row<'_>, model: &ModelName) -> rusqlite::Result<Option<(FaceId, Centred)>> {
    let face_id = row.get(0)?;
    let embedding = Embedding::from_bytes(row.get_ref(1)?.as_blob()?);
    let norm = model.comparable_norm(row.get(2)?);
    Ok(embedding.map(|embedding| (face_id, embedding.centred().with_norm(norm))))
}

/// `None` if the stored bytes are not an embedding; the face then counts as having none.
fn embedding(row: &Row<'_>) -> rusqlite::Result<Option<(FaceId, Embedding)>> {
    let face_id = row.get(0)?;
    let embedding = Embedding::from_bytes(row.get_ref(1)?.as_blob()?);
    Ok(embedding.map(|embedding| (face_id, embedding)))
}
