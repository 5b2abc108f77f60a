//! The numbers beside the places of the window.

use super::{Library, LibraryError};

/// How much of everything there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Groups with a name.
    pub people: u32,
    /// Groups without one that have a face.
    pub unnamed: u32,
    /// Of the unnamed groups, those of one face.
    pub single: u32,
    /// Photos whose file was there at the last scan.
    pub photos: u32,
    pub vanished: u32,
    /// All but those marked as not a face.
    pub faces: u32,
    pub ignored: u32,
    pub not_faces: u32,
    /// Faces that the program added to a person and nobody has confirmed.
    pub suggested: u32,
    pub problems: u32,
}

const COUNTS: &str = "
    WITH shown AS (
        SELECT m.group_id, m.state = 'automatic' AS automatic
        FROM membership m LEFT JOIN face_mark k USING (face_id) WHERE k.mark IS NULL),
    sized AS (SELECT group_id, count(*) AS faces, sum(automatic) AS automatic FROM shown GROUP BY group_id),
    grouped AS (SELECT g.name, s.faces, s.automatic FROM sized s JOIN face_group g USING (group_id))
    SELECT
        (SELECT count(*) FROM face_group WHERE name IS NOT NULL),
        (SELECT count(*) FROM grouped WHERE name IS NULL),
        (SELECT count(*) FROM grouped WHERE name IS NULL AND faces = 1),
        (SELECT count(*) FROM photo WHERE vanished = 0),
        (SELECT count(*) FROM photo WHERE vanished = 1),
        (SELECT count(*) FROM face) - (SELECT count(*) FROM face_mark WHERE mark = 'not_a_face'),
        (SELECT count(*) FROM face_mark WHERE mark = 'ignored'),
        (SELECT count(*) FROM face_mark WHERE mark = 'not_a_face'),
        (SELECT coalesce(sum(automatic), 0) FROM grouped WHERE name IS NOT NULL),
        (SELECT count(*) FROM problem)";

impl Library {
    /// Counts everything, in one consistent read.
    pub fn counts(&self) -> Result<Counts, LibraryError> {
        let counts = self.row(COUNTS, [], |row| {
            Ok(Counts {
                people: row.get(0)?,
                unnamed: row.get(1)?,
                single: row.get(2)?,
                photos: row.get(3)?,
                vanished: row.get(4)?,
                faces: row.get(5)?,
                ignored: row.get(6)?,
                not_faces: row.get(7)?,
                suggested: row.get(8)?,
                problems: row.get(9)?,
            })
        })?;
        Ok(counts.unwrap_or_default())
    }
}
