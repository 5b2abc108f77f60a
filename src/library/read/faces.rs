//! Faces, as the window and the tables show them.

use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

use crate::geometry::{Landmarks, PhotoRect, Point};
use crate::library::sql::rect;
use crate::library::{FaceId, GroupId, Library, LibraryError, PhotoId};

/// A face with its group.
#[derive(Clone, Debug, PartialEq)]
pub struct FaceRow {
    pub face_id: FaceId,
    pub photo_id: PhotoId,
    /// Upright photo pixels.
    pub box_in_photo: PhotoRect,
    /// The detector's score, 0 to 1.
    pub score: f32,
    /// Quality as a cover, 0 to 1.
    pub quality: f32,
    /// Large and sharp enough to be grouped.
    pub recognizable: bool,
    /// `None` for marked faces, even if they have a membership.
    pub group: Option<GroupId>,
    pub state: FaceState,
    /// When its photo was taken: EXIF text, `YYYY-MM-DDTHH:MM:SS`.
    pub taken: Option<String>,
    pub presence: Presence,
    /// False where its photo no longer shows it, also if a person undid that: it counts then, but nobody knows where in the
    /// photo it is, and `box_in_photo` is where it was before.
    pub has_place: bool,
}

/// Whether a face can be looked at in its photo. Only present faces count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    Present,
    /// The photo's file did not exist at the last scan.
    Away,
    /// The photo shows another picture, or a part without the face; kept because of decisions about the face.
    NotFound,
}

impl Presence {
    /// Its name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Presence::Present => "",
            Presence::Away => "away",
            Presence::NotFound => "not-found",
        }
    }
}

/// The state of a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaceState {
    /// Too small or blurred to recognise, and in no group.
    Unclear,
    /// Recognizable, but not grouped yet.
    Ungrouped,
    /// Grouped by the program; a suggestion when its group has a name.
    Automatic,
    /// Confirmed by the user.
    Confirmed,
    Ignored,
    NotAFace,
}

impl FaceState {
    /// Its name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            FaceState::Unclear => "unclear",
            FaceState::Ungrouped => "ungrouped",
            FaceState::Automatic => "automatic",
            FaceState::Confirmed => "confirmed",
            FaceState::Ignored => "ignored",
            FaceState::NotAFace => "not-a-face",
        }
    }
}

/// Who put a face into its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MembershipState {
    #[serde(rename = "automatic")]
    Automatic,
    #[serde(rename = "confirmed")]
    Confirmed,
}

/// Why a face is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Mark {
    /// A real face that nobody wants to name.
    #[serde(rename = "ignored")]
    Ignored,
    /// A false detection.
    #[serde(rename = "not_a_face")]
    NotAFace,
}

const FACE: &str =
    "SELECT f.face_id, f.photo_id, f.x, f.y, f.width, f.height, f.score, f.quality, f.recognizable,
                           m.group_id, m.state, k.mark, p.taken, p.vanished, n.missing IS 1,
                           n.face_id IS NULL
                    FROM face f JOIN photo p USING (photo_id)
                    LEFT JOIN membership m USING (face_id) LEFT JOIN face_mark k USING (face_id)
                    LEFT JOIN former_place n USING (face_id)";
/// Of faces `f`: not missing from their photo.
pub(in crate::library) const SHOWN: &str =
    "f.face_id NOT IN (SELECT face_id FROM former_place WHERE missing = 1)";
/// Of faces `f`: not in a photo that is away, and not missing from their photo.
pub(in crate::library) const PRESENT: &str =
    "f.photo_id NOT IN (SELECT photo_id FROM photo WHERE vanished = 1)
    AND f.face_id NOT IN (SELECT face_id FROM former_place WHERE missing = 1)";
/// Of faces `f` with their membership `m` and mark `k`: a person decided something about them.
pub(in crate::library) const DECIDED: &str = "(m.state IS 'confirmed' OR k.mark IS NOT NULL
    OR EXISTS (SELECT 1 FROM rejection r WHERE r.face_id = f.face_id)
    OR EXISTS (SELECT 1 FROM face_group g WHERE g.cover_face_id = f.face_id))";
const BY_TIME: &str = "ORDER BY p.taken IS NULL, p.taken, f.face_id";

impl Library {
    /// The present faces shown in a group, by date taken (undated ones last).
    pub fn faces_of_group(&self, group_id: GroupId) -> Result<Vec<FaceRow>, LibraryError> {
        let sql =
            format!("{FACE} WHERE m.group_id = ?1 AND k.mark IS NULL AND {PRESENT} {BY_TIME}");
        self.rows(&sql, [group_id], face_row)
    }

    /// The faces of a group that are not present: their photo is away, or no longer shows them. By date taken.
    pub fn away_faces_of_group(&self, group_id: GroupId) -> Result<Vec<FaceRow>, LibraryError> {
        let sql = format!(
            "{FACE} WHERE m.group_id = ?1 AND k.mark IS NULL AND NOT ({PRESENT}) {BY_TIME}"
        );
        self.rows(&sql, [group_id], face_row)
    }

    /// The faces that their photos no longer show, kept because a person decided something about them; by photo.
    pub fn missing_faces(&self) -> Result<Vec<FaceRow>, LibraryError> {
        let sql = format!(
            "{FACE} WHERE f.face_id IN (SELECT face_id FROM former_place WHERE missing = 1) AND {DECIDED}
             ORDER BY f.photo_id, f.face_id"
        );
        self.rows(&sql, [], face_row)
    }

    /// The present suggested faces of all people, by date taken.
    pub fn suggested_faces(&self) -> Result<Vec<FaceRow>, LibraryError> {
        let sql = format!(
            "{FACE} WHERE k.mark IS NULL AND m.state = 'automatic' AND {PRESENT}
                AND m.group_id IN (SELECT group_id FROM face_group WHERE name IS NOT NULL) {BY_TIME}"
        );
        self.rows(&sql, [], face_row)
    }

    /// Every face that a photo shows, including marked ones, and of a photo that is away.
    pub fn faces_of_photo(&self, photo_id: PhotoId) -> Result<Vec<FaceRow>, LibraryError> {
        self.rows(
            &format!("{FACE} WHERE f.photo_id = ?1 AND n.missing IS NOT 1 ORDER BY f.face_id"),
            [photo_id],
            face_row,
        )
    }

    /// The faces that a photo no longer shows, by id.
    pub fn missing_faces_of_photo(&self, photo_id: PhotoId) -> Result<Vec<FaceRow>, LibraryError> {
        let sql = format!(
            "{FACE} WHERE f.photo_id = ?1 AND n.missing = 1 AND {DECIDED} ORDER BY f.face_id"
        );
        self.rows(&sql, [photo_id], face_row)
    }

    /// Every face of the library, including marked and away ones, by id.
    pub fn all_faces(&self) -> Result<Vec<FaceRow>, LibraryError> {
        self.rows(&format!("{FACE} ORDER BY f.face_id"), [], face_row)
    }

    /// Every face that is not present, by id.
    pub fn absent_faces(&self) -> Result<Vec<FaceId>, LibraryError> {
        let sql = "SELECT face_id FROM face WHERE photo_id IN (SELECT photo_id FROM photo WHERE vanished = 1)
                   UNION SELECT face_id FROM former_place WHERE missing = 1 ORDER BY 1";
        self.rows(sql, [], |row| row.get(0))
    }

    /// The present faces with a mark, by date taken.
    pub fn marked_faces(&self, mark: Mark) -> Result<Vec<FaceRow>, LibraryError> {
        self.rows(
            &format!("{FACE} WHERE k.mark = ?1 AND {PRESENT} {BY_TIME}"),
            [mark],
            face_row,
        )
    }

    /// One face; `None` if it does not exist.
    pub fn face(&self, face_id: FaceId) -> Result<Option<FaceRow>, LibraryError> {
        self.row(&format!("{FACE} WHERE f.face_id = ?1"), [face_id], face_row)
    }
}

fn face_row(row: &Row<'_>) -> rusqlite::Result<FaceRow> {
    let recognizable = row.get(8)?;
    let mark: Option<Mark> = row.get(11)?;
    let group: Option<GroupId> = row.get(9)?;
    Ok(FaceRow {
        face_id: row.get(0)?,
        photo_id: row.get(1)?,
        box_in_photo: rect(row, 2)?,
        score: row.get(6)?,
        quality: row.get(7)?,
        recognizable,
        group: if mark.is_none() { group } else { None },
        state: state(mark, row.get(10)?, recognizable),
        taken: row.get(12)?,
        presence: match (row.get(14)?, row.get(13)?) {
            (true, _) => Presence::NotFound,
            (false, true) => Presence::Away,
            (false, false) => Presence::Present,
        },
        has_place: row.get(15)?,
    })
}

/// A mark hides the membership; a face with a membership is not unclear.
fn state(mark: Option<Mark>, membership: Option<MembershipState>, recognizable: bool) -> FaceState {
    match (mark, membership) {
        (Some(Mark::Ignored), _) => FaceState::Ignored,
        (Some(Mark::NotAFace), _) => FaceState::NotAFace,
        (None, Some(MembershipState::Confirmed)) => FaceState::Confirmed,
        (None, Some(MembershipState::Automatic)) => FaceState::Automatic,
        (None, None) if recognizable => FaceState::Ungrouped,
        (None, None) => FaceState::Unclear,
    }
}

/// Five (x, y) pairs of little-endian f32.
pub(crate) fn landmarks_to_bytes(landmarks: &Landmarks) -> Vec<u8> {
    let numbers = landmarks.0.iter().flat_map(|point| [point.x, point.y]);
    numbers.flat_map(f32::to_le_bytes).collect()
}

pub(crate) fn landmarks_from_bytes(bytes: &[u8]) -> Option<Landmarks> {
    let (numbers, []) = bytes.as_chunks::<4>() else {
        return None;
    };
    let points: Vec<Point> = numbers
        .chunks_exact(2)
        .map(|pair| Point {
            x: f32::from_le_bytes(pair[0]),
            y: f32::from_le_bytes(pair[1]),
        })
        .collect();
    Some(Landmarks(points.try_into().ok()?))
}

macro_rules! stored_as_text {
    ($type:ty, $($variant:path => $text:literal),+) => {
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(match self { $($variant => $text),+ }))
            }
        }

        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                match value.as_str()? {
                    $($text => Ok($variant),)+
                    _ => Err(FromSqlError::InvalidType),
                }
            }
        }
    };
}

stored_as_text!(MembershipState, MembershipState::Automatic => "automatic", MembershipState::Confirmed => "confirmed");
stored_as_text!(Mark, Mark::Ignored => "ignored", Mark::NotAFace => "not_a_face");
