//! Decisions about faces that a changed photo no longer shows. They stay with their people.

use std::fmt;
use std::path::Path;

use rusqlite::{Connection, Row};
use serde::Serialize;

use crate::files::path_text;
use crate::library::read::photos;
use crate::library::{FaceId, Library, LibraryError, PhotoRow, RootId};

/// A decision about a face that was not found in its changed photo. It is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnplacedDecision {
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
    /// It represents the person or group.
    Cover,
}

impl fmt::Display for UnplacedDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whom = self.person.as_deref().unwrap_or("a group without a name");
        write!(f, "{:?}: a face ", self.photo)?;
        match self.decision {
            Decision::Confirmed => write!(f, "confirmed as {whom}"),
            Decision::Rejected => write!(f, "kept out of {whom}"),
            Decision::Ignored => write!(f, "marked as ignored"),
            Decision::NotAFace => write!(f, "marked as not a face"),
            Decision::Drawn => write!(f, "drawn by hand"),
            Decision::Cover => write!(f, "chosen as the cover of {whom}"),
        }
    }
}

const DECISIONS: &str =
    "SELECT 'confirmed', g.name FROM membership m JOIN face_group g USING (group_id)
     WHERE m.face_id = ?1 AND m.state = 'confirmed'
     UNION ALL SELECT mark, NULL FROM face_mark WHERE face_id = ?1
     UNION ALL SELECT 'drawn', NULL FROM face WHERE face_id = ?1 AND origin = 'drawn'
     UNION ALL SELECT 'cover', name FROM face_group WHERE cover_face_id = ?1
     UNION ALL SELECT 'rejected', g.name FROM rejection r JOIN face_group g USING (group_id)
     WHERE r.face_id = ?1";

/// A row of [`DECISIONS`]: the decision, and the person who the face is, or is not.
type Said = (Decision, Option<String>);

fn said(row: &Row<'_>) -> rusqlite::Result<Said> {
    let decision = match row.get_ref(0)?.as_str()? {
        "confirmed" => Decision::Confirmed,
        "rejected" => Decision::Rejected,
        "ignored" => Decision::Ignored,
        "drawn" => Decision::Drawn,
        "cover" => Decision::Cover,
        _ => Decision::NotAFace,
    };
    Ok((decision, row.get(1)?))
}

impl Library {
    /// All decisions about a face; suggestions are not decisions.
    pub fn decisions_about(&self, face_id: FaceId) -> Result<Vec<UnplacedDecision>, LibraryError> {
        let decisions = self.rows(DECISIONS, [face_id], said)?;
        let Some(photo) = self.photo_of_face(face_id)? else {
            return Ok(Vec::new());
        };
        let path = photo.absolute();
        Ok(unplaced(decisions, &path))
    }

    fn photo_of_face(&self, face_id: FaceId) -> Result<Option<PhotoRow>, LibraryError> {
        match self.face(face_id)? {
            Some(face) => self.photo(face.photo_id),
            None => Ok(None),
        }
    }
}

fn unplaced(decisions: Vec<Said>, photo: &Path) -> Vec<UnplacedDecision> {
    let photo = photo.to_string_lossy();
    let decisions = decisions.into_iter();
    decisions
        .map(|(decision, person)| UnplacedDecision {
            photo: photo.clone().into_owned(),
            decision,
            person,
        })
        .collect()
}

/// As [`Library::decisions_about`], while a scan stores a photo.
pub(super) fn decisions_of(
    tx: &Connection,
    face_id: FaceId,
    root_id: RootId,
    path: &str,
) -> Result<Vec<UnplacedDecision>, LibraryError> {
    let decisions = tx
        .prepare_cached(DECISIONS)?
        .query_map([face_id], said)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    if decisions.is_empty() {
        return Ok(Vec::new());
    }
    let root: String = tx
        .prepare_cached("SELECT path FROM root WHERE root_id = ?1")?
        .query_row([root_id], |row| row.get(0))?;
    let photo = photos::absolute(&path_text::path_of(&root), path);
    Ok(unplaced(decisions, &photo))
}
