//! The numbers in the window's side bar.

use super::faces::{DECIDED, PRESENT};
use crate::library::{Library, LibraryError};

/// Counts of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Groups with a name.
    pub people: u32,
    /// Unnamed groups with a face, without the unclear ones.
    pub unnamed: u32,
    /// Unnamed groups in which nobody can tell who it is.
    pub unclear: u32,
    /// Unnamed groups of one face.
    pub single: u32,
    /// Photos whose file existed at the last scan.
    pub photos: u32,
    pub vanished: u32,
    /// Present ones, except those marked as not a face.
    pub faces: u32,
    pub ignored: u32,
    pub not_faces: u32,
    /// Suggested faces of people.
    pub suggested: u32,
    pub problems: u32,
    /// Faces with decisions that their photos no longer show.
    pub not_found: u32,
}

/// Counts that only a scan changes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ScanTotals {
    pub(super) photos: u32,
    pub(super) vanished: u32,
    /// In photos that are not away, including those missing from them.
    pub(super) faces: u32,
    pub(super) problems: u32,
}

/// Numbers of faces that commands, undo and redo change.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MarkTotals {
    /// Present ones.
    pub(super) ignored: u32,
    pub(super) not_faces: u32,
    /// Missing from photos that are not away.
    pub(super) missing: u32,
    /// Missing, with decisions.
    pub(super) not_found: u32,
}

impl Library {
    pub(super) fn scan_totals(&self) -> Result<ScanTotals, LibraryError> {
        let sql = "SELECT (SELECT count(*) FROM photo WHERE vanished = 0), (SELECT count(*) FROM photo),
                          (SELECT count(*) FROM face)
                          - (SELECT count(*) FROM photo p JOIN face f USING (photo_id) WHERE p.vanished = 1),
                          (SELECT count(*) FROM problem)";
        let totals = self.row(sql, [], |row| {
            let (present, all): (u32, u32) = (row.get(0)?, row.get(1)?);
            Ok(ScanTotals {
                photos: present,
                vanished: all - present,
                faces: row.get(2)?,
                problems: row.get(3)?,
            })
        })?;
        Ok(totals.unwrap_or_default())
    }

    /// A CROSS JOIN starts with the marks, which are few; SQLite would start with all faces.
    pub(super) fn mark_totals(&self) -> Result<MarkTotals, LibraryError> {
        let sql = format!(
            "SELECT count(*) FILTER (WHERE k.mark = 'ignored'), count(*) FILTER (WHERE k.mark = 'not_a_face'),
                    (SELECT count(*) FROM former_place n JOIN face f USING (face_id) JOIN photo p USING (photo_id)
                     WHERE n.missing = 1 AND p.vanished = 0),
                    (SELECT count(*) FROM former_place n JOIN face f USING (face_id)
                     LEFT JOIN membership m USING (face_id) LEFT JOIN face_mark k USING (face_id)
                     WHERE n.missing = 1 AND {DECIDED})
             FROM face_mark k CROSS JOIN face f USING (face_id) WHERE {PRESENT}"
        );
        let totals = self.row(&sql, [], |row| {
            Ok(MarkTotals {
                ignored: row.get(0)?,
                not_faces: row.get(1)?,
                missing: row.get(2)?,
                not_found: row.get(3)?,
            })
        })?;
        Ok(totals.unwrap_or_default())
    }
}
