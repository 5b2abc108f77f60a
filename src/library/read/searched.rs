//! What the search for photos reads: every photo and face that is there, in two passes.

use std::path::PathBuf;

use super::faces::{DECIDED, PRESENT};
use crate::files::path_text;
use crate::library::{GroupId, Library, LibraryError, MembershipState, PhotoId};

/// A photo that is not away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchedPhoto {
    pub photo_id: PhotoId,
    pub root: PathBuf,
    /// Relative to the root, with `/`.
    pub path: String,
    /// EXIF text, `YYYY-MM-DDTHH:MM:SS`.
    pub taken: Option<String>,
    /// Time of the file, in nanoseconds since the unix epoch.
    pub modified_ns: i64,
    /// A face that a person decided about is not found in it any more.
    pub is_missing_a_face: bool,
}

/// A present face without a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchedFace {
    pub photo_id: PhotoId,
    pub group: Option<GroupId>,
    pub is_confirmed: bool,
}

impl Library {
    /// The photos that are not away, by id.
    pub fn searched_photos(&self) -> Result<Vec<SearchedPhoto>, LibraryError> {
        let sql = format!(
            "SELECT p.photo_id, r.path, p.path, p.taken, p.modified_ns, EXISTS (
                 SELECT 1 FROM face f JOIN former_place n USING (face_id)
                 LEFT JOIN membership m USING (face_id) LEFT JOIN face_mark k USING (face_id)
                 WHERE f.photo_id = p.photo_id AND n.missing = 1 AND {DECIDED})
             FROM photo p JOIN root r USING (root_id) WHERE p.vanished = 0 ORDER BY p.photo_id"
        );
        self.rows(&sql, [], |row| {
            Ok(SearchedPhoto {
                photo_id: row.get(0)?,
                root: path_text::path_of(&row.get::<_, String>(1)?),
                path: row.get(2)?,
                taken: row.get(3)?,
                modified_ns: row.get(4)?,
                is_missing_a_face: row.get(5)?,
            })
        })
    }

    /// The present faces without a mark.
    pub fn searched_faces(&self) -> Result<Vec<SearchedFace>, LibraryError> {
        let sql = format!(
            "SELECT f.photo_id, m.group_id, m.state
             FROM face f LEFT JOIN membership m USING (face_id) LEFT JOIN face_mark k USING (face_id)
             WHERE k.mark IS NULL AND {PRESENT}"
        );
        self.rows(&sql, [], |row| {
            let state: Option<MembershipState> = row.get(2)?;
            Ok(SearchedFace {
                photo_id: row.get(0)?,
                group: row.get(1)?,
                is_confirmed: state == Some(MembershipState::Confirmed),
            })
        })
    }
}
