//! Decisions about faces that were deleted, because their photo's file has changed and no longer shows them.

use std::fmt;

use rusqlite::Transaction;
use serde::Serialize;

use crate::files::path_text;
use crate::library::read::photos;
use crate::library::{FaceId, LibraryError, RootId};

/// A decision that was deleted with its face.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LostDecision {
    /// The photo's path.
    pub photo: String,
    pub decision: Decision,
    /// The person who the face is, or is not; `None` for an unnamed group.
    pub person: Option<String>,
}

/// A decision about a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It is in the person or group.
    Confirmed,
    /// It is not.
    Rejected,
    Ignored,
    NotAFace,
    /// It exists: a person drew its box.
    Drawn,
}

impl fmt::Display for LostDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whom = self.person.as_deref().unwrap_or("a group without a name");
        write!(f, "{:?}: a face ", self.photo)?;
        match self.decision {
            Decision::Confirmed => write!(f, "confirmed as {whom}"),
            Decision::Rejected => write!(f, "kept out of {whom}"),
            Decision::Ignored => write!(f, "marked as ignored"),
            Decision::NotAFace => write!(f, "marked as not a face"),
            Decision::Drawn => write!(f, "drawn by hand"),
        }
    }
}

/// All decisions about a face that is about to be deleted; suggestions are not decisions.
pub(super) fn decisions_of(
    tx: &Transaction<'_>,
    face_id: FaceId,
    root_id: RootId,
    path: &str,
) -> Result<Vec<LostDecision>, LibraryError> {
    let said = tx
        .prepare_cached(
            "SELECT 'confirmed', g.name FROM membership m JOIN face_group g USING (group_id)
             WHERE m.face_id = ?1 AND m.state = 'confirmed'
             UNION ALL SELECT mark, NULL FROM face_mark WHERE face_id = ?1
             UNION ALL SELECT 'drawn', NULL FROM face WHERE face_id = ?1 AND origin = 'drawn'
             UNION ALL SELECT 'rejected', g.name FROM rejection r JOIN face_group g USING (group_id)
             WHERE r.face_id = ?1",
        )?
        .query_map([face_id], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    if said.is_empty() {
        return Ok(Vec::new());
    }
    let root: String = tx
        .prepare_cached("SELECT path FROM root WHERE root_id = ?1")?
        .query_row([root_id], |row| row.get(0))?;
    let photo = photos::absolute(&path_text::path_of(&root), path);
    let lost = said.into_iter().map(|(decision, person)| LostDecision {
        photo: photo.to_string_lossy().into_owned(),
        decision: match decision.as_str() {
            "confirmed" => Decision::Confirmed,
            "rejected" => Decision::Rejected,
            "ignored" => Decision::Ignored,
            "drawn" => Decision::Drawn,
            _ => Decision::NotAFace,
        },
        person,
    });
    Ok(lost.collect())
}
