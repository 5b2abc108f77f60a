//! Groups, as the People page and the tables show them.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use rusqlite::Row;

use super::faces::PRESENT;
use crate::library::{FaceId, GroupId, Library, LibraryError, MembershipState, PhotoId};
use crate::vision::MIN_CLEAR_FLAG;

/// Summary of a group. Marked faces do not count, and those that are not present count as `away` only.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupSummary {
    pub group_id: GroupId,
    /// A group with a name is a person.
    pub name: Option<String>,
    /// The chosen cover if it is in the group, else the face of the best quality.
    pub cover: Option<FaceId>,
    pub faces: u32,
    pub photos: u32,
    /// Faces whose photo is away or no longer shows them; in no other number.
    pub away: u32,
    /// Suggested faces; 0 for an unnamed group.
    pub suggested: u32,
    /// The earliest date of its photos: EXIF text, `YYYY-MM-DDTHH:MM:SS`.
    pub first_taken: Option<String>,
    pub last_taken: Option<String>,
    /// It has no name, and nobody can tell who it is in any of its faces.
    pub is_unclear: bool,
}

impl GroupSummary {
    /// Whether it is shown: an unnamed group without faces is only kept because of decisions about it.
    pub(super) fn is_shown(&self) -> bool {
        self.faces > 0 || self.name.is_some()
    }
}

/// A face without a mark.
struct ShownFace {
    is_present: bool,
    face_id: FaceId,
    state: MembershipState,
    photo_id: PhotoId,
    quality: f64,
    /// The mesh is sure of it, or has not looked.
    is_clear: bool,
}

type DatesTaken = HashMap<PhotoId, String>;

/// The faces without a mark, with whether each is present.
fn shown_faces(and: &str) -> String {
    format!(
        "SELECT m.group_id, m.face_id, m.state, f.photo_id, f.quality, {PRESENT},
             coalesce(f.face_flag, 1.0) >= {MIN_CLEAR_FLAG}
         FROM membership m JOIN face f USING (face_id) LEFT JOIN face_mark k USING (face_id)
         WHERE k.mark IS NULL {and}"
    )
}

impl Library {
    /// Every group with a face or a name, largest first, then by id.
    pub fn group_summaries(&self) -> Result<Vec<GroupSummary>, LibraryError> {
        let mut shown: HashMap<GroupId, Vec<ShownFace>> = HashMap::new();
        for (group_id, face) in self.rows(&shown_faces(""), [], shown_face)? {
            shown.entry(group_id).or_default().push(face);
        }
        let taken = self.rows(
            "SELECT photo_id, taken FROM photo WHERE taken IS NOT NULL",
            [],
            date_taken,
        )?;
        let taken: DatesTaken = taken.into_iter().collect();
        let groups = self.rows(
            "SELECT group_id, name, cover_face_id FROM face_group",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let mut summaries: Vec<GroupSummary> = groups
            .into_iter()
            .map(|(group_id, name, cover)| {
                let faces = shown.remove(&group_id).unwrap_or_default();
                summary(group_id, name, cover, &faces, &taken)
            })
            .filter(GroupSummary::is_shown)
            .collect();
        summaries.sort_by_key(|group| (Reverse(group.faces), group.group_id));
        Ok(summaries)
    }

    /// One group, even if it is empty; `None` if it does not exist.
    pub fn group(&self, group_id: GroupId) -> Result<Option<GroupSummary>, LibraryError> {
        let sql = "SELECT name, cover_face_id FROM face_group WHERE group_id = ?1";
        let Some((name, cover)) =
            self.row(sql, [group_id], |row| Ok((row.get(0)?, row.get(1)?)))?
        else {
            return Ok(None);
        };
        let faces = self.rows(&shown_faces("AND m.group_id = ?1"), [group_id], shown_face)?;
        let faces: Vec<ShownFace> = faces.into_iter().map(|(_, face)| face).collect();
        let taken = self.rows(
            "SELECT photo_id, taken FROM photo WHERE taken IS NOT NULL AND photo_id IN (
                 SELECT f.photo_id FROM membership m JOIN face f USING (face_id) WHERE m.group_id = ?1)",
            [group_id],
            date_taken,
        )?;
        let taken: DatesTaken = taken.into_iter().collect();
        Ok(Some(summary(group_id, name, cover, &faces, &taken)))
    }

    /// Number of present faces shown in a group.
    pub fn shown_faces(&self, group_id: GroupId) -> Result<u32, LibraryError> {
        let sql = format!(
            "SELECT count(*) FROM membership m JOIN face f USING (face_id) LEFT JOIN face_mark k USING (face_id)
             WHERE m.group_id = ?1 AND k.mark IS NULL AND {PRESENT}"
        );
        Ok(self.row(&sql, [group_id], |row| row.get(0))?.unwrap_or(0))
    }

    /// The people who share most photos with a group, at most `most`, with the number of shared photos.
    pub fn often_with(
        &self,
        group_id: GroupId,
        most: usize,
    ) -> Result<Vec<(GroupId, u32)>, LibraryError> {
        let sql = format!(
            "SELECT m.group_id, count(DISTINCT f.photo_id) AS shared
                   FROM face f JOIN membership m USING (face_id) JOIN face_group g USING (group_id)
                   LEFT JOIN face_mark k USING (face_id)
                   WHERE k.mark IS NULL AND g.name IS NOT NULL AND m.group_id <> ?1 AND {PRESENT} AND f.photo_id IN (
                       SELECT own.photo_id FROM membership o JOIN face own USING (face_id)
                       LEFT JOIN face_mark ok USING (face_id) WHERE o.group_id = ?1 AND ok.mark IS NULL)
                   GROUP BY m.group_id ORDER BY shared DESC, m.group_id LIMIT ?2"
        );
        self.rows(&sql, (group_id, most as i64), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    /// All people, by name; for search and completion.
    pub fn people(&self) -> Result<Vec<(GroupId, String)>, LibraryError> {
        let sql = "SELECT group_id, name FROM face_group WHERE name IS NOT NULL ORDER BY name";
        self.rows(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The groups with a name.
    pub fn named_groups(&self) -> Result<HashSet<GroupId>, LibraryError> {
        let people = self.people()?.into_iter();
        Ok(people.map(|(group_id, _)| group_id).collect())
    }
}

fn summary(
    group_id: GroupId,
    name: Option<String>,
    chosen_cover: Option<FaceId>,
    members: &[ShownFace],
    taken: &DatesTaken,
) -> GroupSummary {
    let faces: Vec<&ShownFace> = members.iter().filter(|face| face.is_present).collect();
    let mut photos: Vec<PhotoId> = faces.iter().map(|face| face.photo_id).collect();
    photos.sort_unstable();
    photos.dedup();
    let dates = || photos.iter().filter_map(|photo_id| taken.get(photo_id));
    let chosen = faces.iter().find(|face| Some(face.face_id) == chosen_cover);
    let best_of = |faces: &mut dyn Iterator<Item = &ShownFace>| {
        faces
            .max_by(|a, b| (a.quality.total_cmp(&b.quality)).then(b.face_id.cmp(&a.face_id)))
            .map(|face| face.face_id)
    };
    // Somebody whose photos are all away is still shown with a face.
    let best = || best_of(&mut faces.iter().copied()).or_else(|| best_of(&mut members.iter()));
    let is_unnamed = name.is_none();
    let is_somebody = |face: &ShownFace| face.is_clear || face.state == MembershipState::Confirmed;
    let automatic = faces
        .iter()
        .filter(|face| face.state == MembershipState::Automatic)
        .count();
    GroupSummary {
        group_id,
        suggested: if name.is_some() { automatic as u32 } else { 0 },
        name,
        cover: chosen.map(|face| face.face_id).or_else(best),
        faces: faces.len() as u32,
        photos: photos.len() as u32,
        away: (members.len() - faces.len()) as u32,
        first_taken: dates().min().cloned(),
        last_taken: dates().max().cloned(),
        is_unclear: is_unnamed && !members.iter().any(is_somebody),
    }
}

fn shown_face(row: &Row<'_>) -> rusqlite::Result<(GroupId, ShownFace)> {
    let face = ShownFace {
        face_id: row.get(1)?,
        state: row.get(2)?,
        photo_id: row.get(3)?,
        quality: row.get(4)?,
        is_present: row.get(5)?,
        is_clear: row.get(6)?,
    };
    Ok((row.get(0)?, face))
}

fn date_taken(row: &Row<'_>) -> rusqlite::Result<(PhotoId, String)> {
    Ok((row.get(0)?, row.get(1)?))
}
