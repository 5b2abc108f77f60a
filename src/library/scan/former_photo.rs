//! Which known photo a file at its path shows: the one that is there, or one that was there before.

use rusqlite::Transaction;

use super::ScannedPhoto;
use super::ignored::SAME_SHOT_SIMILARITY;
use super::resemblance::is_one_picture;
use super::store_faces::FormerPhoto;
use crate::library::LibraryError;
use crate::library::read::faces::SHOWN;
use crate::library::sql::photo_size;
use crate::photo::{ContentHash, Signature};
use crate::vision::Embedding;

/// Photos of one path that are compared with a new file there.
const MAX_KNOWN_HERE: u32 = 8;

/// A photo that the library knows at a path.
pub(super) struct KnownHere {
    pub(super) photo: FormerPhoto,
    pub(super) vanished: bool,
}

/// The photo known at this path. A vanished photo keeps its people when another picture takes its path (cameras reuse
/// names); the same content brings it back, or a file that shows the same picture: turned, saved again, or cropped.
pub(super) fn former_photo(
    tx: &Transaction<'_>,
    photo: &ScannedPhoto,
) -> Result<Option<KnownHere>, LibraryError> {
    let mut statement = tx.prepare_cached(
        "SELECT p.photo_id, p.width, p.height, p.content_hash, t.jpeg, p.vanished
         FROM photo p LEFT JOIN photo_thumbnail t USING (photo_id)
         WHERE p.root_id = ?1 AND p.path = ?2
         ORDER BY p.content_hash = ?3 DESC, p.vanished, p.photo_id DESC LIMIT ?4",
    )?;
    let known = (
        photo.root_id,
        &photo.path,
        photo.content_hash.0.as_slice(),
        MAX_KNOWN_HERE,
    );
    let candidates = statement.query_map(known, |row| {
        let jpeg: Option<Vec<u8>> = row.get(4)?;
        let photo = FormerPhoto {
            photo_id: row.get(0)?,
            size: photo_size(row, 1)?,
            content: ContentHash(row.get(3)?),
            signature: jpeg.as_deref().and_then(Signature::of_thumbnail),
        };
        Ok(KnownHere {
            photo,
            vanished: row.get(5)?,
        })
    })?;
    let mut candidates = candidates.collect::<rusqlite::Result<Vec<_>>>()?;
    let first = match candidates.as_slice() {
        [] => return Ok(None),
        [known, ..] if known.photo.content == photo.content_hash => Some(0),
        [known] if !known.vanished => Some(0),
        several => same_picture(tx, several, photo)?
            .or_else(|| several.iter().position(|known| !known.vanished)),
    };
    Ok(first.map(|index| candidates.swap_remove(index)))
}

/// The first of these photos whose picture a file shows.
fn same_picture(
    tx: &Transaction<'_>,
    known: &[KnownHere],
    photo: &ScannedPhoto,
) -> Result<Option<usize>, LibraryError> {
    let signature = photo.thumbnail.as_deref().and_then(Signature::of_thumbnail);
    for (index, KnownHere { photo: former, .. }) in known.iter().enumerate() {
        let is_same = is_one_picture(
            former.size,
            former.signature.as_ref(),
            photo.size,
            signature.as_ref(),
        );
        if is_same == Some(true) || (is_same.is_none() && shows_a_face_of(tx, photo, former)?) {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// Whether a file shows the same shot of somebody: a part of the former photo, perhaps.
fn shows_a_face_of(
    tx: &Transaction<'_>,
    photo: &ScannedPhoto,
    former: &FormerPhoto,
) -> Result<bool, LibraryError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT e.vector FROM face f JOIN embedding e USING (face_id)
         WHERE f.photo_id = ?1 AND e.model = ?2 AND {SHOWN}"
    ))?;
    let vectors = statement
        .query_map((former.photo_id, photo.model.as_str()), |row| {
            row.get::<_, Vec<u8>>(0)
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let known = vectors
        .iter()
        .filter_map(|bytes| Embedding::from_bytes(bytes));
    let known: Vec<_> = known.map(|embedding| embedding.centred()).collect();
    let found = photo.faces.iter().filter_map(|face| face.embedding);
    Ok(found.map(|embedding| embedding.centred()).any(|found| {
        known
            .iter()
            .any(|known| known.cosine(&found) >= SAME_SHOT_SIMILARITY)
    }))
}
