//! The numbers beside the places of the window.

use crate::library::{Library, LibraryError};

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

/// What only a scan changes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ScanTotals {
    pub(super) photos: u32,
    pub(super) vanished: u32,
    pub(super) faces: u32,
    pub(super) problems: u32,
}

/// How many faces a person has put aside.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MarkTotals {
    pub(super) ignored: u32,
    pub(super) not_faces: u32,
}

impl Library {
    pub(super) fn scan_totals(&self) -> Result<ScanTotals, LibraryError> {
        let sql =
            "SELECT (SELECT count(*) FROM photo WHERE vanished = 0), (SELECT count(*) FROM photo),
                          (SELECT count(*) FROM face), (SELECT count(*) FROM problem)";
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

    pub(super) fn mark_totals(&self) -> Result<MarkTotals, LibraryError> {
        let sql = "SELECT count(*) FILTER (WHERE mark = 'ignored'), count(*) FILTER (WHERE mark = 'not_a_face')
                   FROM face_mark";
        let totals = self.row(sql, [], |row| {
            Ok(MarkTotals {
                ignored: row.get(0)?,
                not_faces: row.get(1)?,
            })
        })?;
        Ok(totals.unwrap_or_default())
    }
}
