//! Two known files that are one photo to a person: a raw file and its JPEG, an original and its edited copy.
//!
//! They are known as two where the second came after the first was scanned. One is kept; the other is away from now on, with
//! all that was decided in it, and comes back when the kept one is deleted. Its decisions are carried over to the same faces
//! of the kept one, as changes of the journal.

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::copy::faces_shown;
use super::not_found::{UnplacedDecision, decisions_of};
use super::rematch::{Change, KeptFace, rematch};
use super::store::{ScanEntry, set_vanished};
use super::store_faces::{
    FormerPhoto, is_mostly_inside, kept_face, kept_faces, leave_as_missing, move_landmarks, set_box,
};
use super::transform::Transform;
use crate::library::edit::{Edit, Membership};
use crate::library::model::current_model;
use crate::library::read::faces::SHOWN;
use crate::library::sql::photo_size;
use crate::library::{
    FaceId, GroupRow, Library, LibraryError, MembershipState, PhotoId, RootId, RowChange,
};
use crate::photo::{ContentHash, Signature};
use crate::text::counted;
use crate::vision::ModelName;

/// A known photo that is left out from now on, and the path of the one that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnePhoto {
    pub left_out: PhotoId,
    pub root_id: RootId,
    /// Relative to the root, with `/`.
    pub kept: String,
}

impl Library {
    /// Counts each of these pairs once, if both are present: the photo that is left out vanishes, and what was decided about
    /// its faces goes on with the kept one. Adds the decisions about faces that the kept one does not show to `unplaced`.
    /// Returns how many photos are left out now.
    pub fn count_as_one(
        &mut self,
        pairs: &[OnePhoto],
        unplaced: &mut Vec<UnplacedDecision>,
    ) -> Result<u64, LibraryError> {
        let mut edit = self.edit()?;
        let (mut photos, mut missing, mut carried) = (Vec::new(), Vec::new(), 0);
        for pair in pairs {
            let Some((left_out, kept)) = both_present(edit.connection(), pair)? else {
                continue;
            };
            carried += carry_all(&mut edit, &left_out, &kept, &mut missing)?;
            set_vanished(
                edit.connection(),
                [left_out.photo.photo_id].into_iter(),
                true,
            )?;
            photos.extend([left_out.photo.photo_id, kept.photo.photo_id]);
        }
        let entry = ScanEntry { scan: "pairs" };
        edit.commit_if_changed(&entry, &message(carried, missing.len() as u64))?;
        self.touched.add_photos(photos.iter().copied());
        unplaced.append(&mut missing);
        Ok(photos.len() as u64 / 2)
    }
}

fn message(carried: u64, missing: u64) -> String {
    let carried = (carried > 0).then(|| {
        format!(
            "what was decided about {} goes on with the other file of the photo",
            counted(carried, "face")
        )
    });
    let missing = (missing > 0).then(|| {
        format!(
            "{} not found in the other file",
            counted(missing, "decision")
        )
    });
    let parts: Vec<String> = carried.into_iter().chain(missing).collect();
    format!("Scan: {}", parts.join("; "))
}

/// A present photo of a pair.
struct Half {
    photo: FormerPhoto,
    root_id: RootId,
    path: String,
}

const HALF: &str = "SELECT p.photo_id, p.width, p.height, p.content_hash, t.jpeg, p.root_id, p.path
    FROM photo p LEFT JOIN photo_thumbnail t USING (photo_id) WHERE p.vanished = 0";

fn half(row: &Row<'_>) -> rusqlite::Result<Half> {
    let jpeg: Option<Vec<u8>> = row.get(4)?;
    Ok(Half {
        photo: FormerPhoto {
            photo_id: row.get(0)?,
            size: photo_size(row, 1)?,
            content: ContentHash(row.get(3)?),
            signature: jpeg.as_deref().and_then(Signature::of_thumbnail),
        },
        root_id: row.get(5)?,
        path: row.get(6)?,
    })
}

/// The photo that is left out and the kept one.
fn both_present(
    connection: &Connection,
    pair: &OnePhoto,
) -> Result<Option<(Half, Half)>, LibraryError> {
    let left_out = connection
        .prepare_cached(&format!("{HALF} AND p.photo_id = ?1"))?
        .query_row([pair.left_out], half)
        .optional()?;
    let kept = connection
        .prepare_cached(&format!("{HALF} AND p.root_id = ?1 AND p.path = ?2"))?
        .query_row((pair.root_id, &pair.kept), half)
        .optional()?;
    Ok(left_out.zip(kept))
}

/// Carries over what was decided in one photo; returns about how many faces that are in the kept one.
fn carry_all(
    edit: &mut Edit<'_>,
    left_out: &Half,
    kept: &Half,
    missing: &mut Vec<UnplacedDecision>,
) -> Result<u64, LibraryError> {
    let model = current_model(edit.connection())?;
    let former = faces_of(edit.connection(), left_out.photo.photo_id, &model)?;
    if !former.iter().any(|face| face.decided || face.drawn) {
        return Ok(0);
    }
    let (ids, found): (Vec<_>, Vec<_>) =
        faces_shown(edit.connection(), kept.photo.photo_id, &model)?
            .into_iter()
            .unzip();
    let change = Change {
        former_size: left_out.photo.size,
        former_content: left_out.photo.content,
        former_signature: left_out.photo.signature.as_ref(),
        size: kept.photo.size,
        signature: kept.photo.signature.as_ref(),
        content: kept.photo.content,
    };
    let rematched = rematch(&former, &found, &change);
    let mut carried = 0;
    for (index, face) in former.iter().enumerate() {
        if !face.decided && !face.drawn {
            continue;
        }
        let same = rematched.of_found.iter().position(|of| *of == Some(index));
        let target = match (same, rematched.transforms[index]) {
            (Some(same), _) => Some(ids[same]),
            (None, Some(transform)) => copy_face(edit.connection(), face, kept, &transform)?,
            (None, None) => None,
        };
        match target {
            Some(target) => carried += u64::from(carry(edit, face.face_id, target)?),
            None => {
                let (connection, id) = (edit.connection(), face.face_id);
                missing.extend(decisions_of(connection, id, kept.root_id, &kept.path)?);
                leave_as_missing(connection, face, &left_out.photo, kept.photo.size)?;
                connection
                    .prepare_cached("UPDATE face SET photo_id = ?2 WHERE face_id = ?1")?
                    .execute((id, kept.photo.photo_id))?;
                edit.record(RowChange::Missing {
                    face: id,
                    before: false,
                    after: true,
                });
            }
        }
    }
    Ok(carried)
}

/// The faces that a photo shows, drawn ones among them.
fn faces_of(
    connection: &Connection,
    photo_id: PhotoId,
    model: &ModelName,
) -> Result<Vec<KeptFace>, LibraryError> {
    let sql = format!(
        "{} WHERE f.photo_id = ?1 AND {SHOWN}
         ORDER BY f.face_id",
        kept_faces("")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map((photo_id, model.as_str()), kept_face)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The same face in the kept photo, which shows it though it was not found there; `None` where it is cut away.
fn copy_face(
    connection: &Connection,
    face: &KeptFace,
    kept: &Half,
    transform: &Transform,
) -> Result<Option<FaceId>, LibraryError> {
    let place = transform.rect(face.box_in_photo);
    if !is_mostly_inside(place, kept.photo.size) {
        return Ok(None);
    }
    connection
        .prepare_cached(
            "INSERT INTO face (photo_id, x, y, width, height, score, landmarks, quality, recognizable, origin,
                               side, sharpness, face_flag, yaw, pitch, roll, eyes_open, smile, is_negative)
             SELECT ?2, x, y, width, height, score, landmarks, quality, recognizable, origin,
                    side, sharpness, face_flag, yaw, pitch, roll, eyes_open, smile, is_negative
             FROM face WHERE face_id = ?1",
        )?
        .execute((face.face_id, kept.photo.photo_id))?;
    let copy = FaceId(connection.last_insert_rowid());
    set_box(connection, copy, place.clamped(kept.photo.size))?;
    move_landmarks(connection, copy, transform)?;
    for sql in [
        "INSERT INTO embedding (face_id, model, vector, norm) SELECT ?2, model, vector, norm FROM embedding WHERE face_id = ?1",
        "INSERT INTO face_thumbnail (face_id, jpeg) SELECT ?2, jpeg FROM face_thumbnail WHERE face_id = ?1",
    ] {
        connection
            .prepare_cached(sql)?
            .execute((face.face_id, copy))?;
    }
    Ok(Some(copy))
}

/// Carries over what was decided about a face; what was decided about the other one already stays. Returns whether that changed
/// anything.
fn carry(edit: &mut Edit<'_>, from: FaceId, to: FaceId) -> Result<bool, LibraryError> {
    let before = edit.changes().len();
    let is_confirmed = |member: &Membership| member.state == MembershipState::Confirmed;
    let own = edit.membership(to)?;
    let is_decided = own.as_ref().is_some_and(is_confirmed) || edit.mark(to)?.is_some();
    if !is_decided {
        if let Some(membership) = edit.membership(from)?.filter(is_confirmed) {
            edit.set_rejected(to, membership.group, false)?;
            edit.set_membership(to, Some(membership))?;
        }
        if let Some(mark) = edit.mark(from)? {
            edit.set_mark(to, Some(mark))?;
        }
    }
    for group in edit.rejecting_groups(from)? {
        match edit.membership(to)?.filter(|own| own.group == group) {
            Some(own) if is_confirmed(&own) => continue,
            Some(_) => edit.set_membership(to, None)?,
            None => {}
        }
        edit.set_rejected(to, group, true)?;
    }
    for group in edit.covered_groups(from)? {
        if let Some(row) = edit.group(group)? {
            let cover = Some(to);
            edit.set_group(group, Some(GroupRow { cover, ..row }))?;
        }
    }
    Ok(edit.changes().len() > before)
}
