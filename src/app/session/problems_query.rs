//! Reads what scans could not read, or not look at as they should.

use crate::app::state::queries::{Problem, ProblemKind};
use crate::library::{Library, LibraryError, PhotoRow, ProblemRow};
use crate::scan::coarse_photos;

/// Files that were not read, then photos that were read in part, then those that were looked at coarsely; each by path.
pub(super) fn problems(library: &Library) -> Result<Vec<Problem>, LibraryError> {
    let (in_part, not_read): (Vec<ProblemRow>, Vec<ProblemRow>) = library
        .problems()?
        .into_iter()
        .partition(ProblemRow::is_read);
    let rows = not_read.into_iter().chain(in_part);
    let coarse = coarse_photos(library)?.into_iter();
    Ok(rows.map(of_row).chain(coarse.map(of_photo)).collect())
}

fn of_row(row: ProblemRow) -> Problem {
    let kind = match row.photo_id {
        None => ProblemKind::NotRead,
        Some(_) => ProblemKind::InPart,
    };
    Problem {
        kind,
        path: row.shown_path().into_owned(),
        absolute: row.absolute(),
        reason: row.reason,
        photo_id: row.photo_id,
    }
}

fn of_photo(photo: PhotoRow) -> Problem {
    Problem {
        kind: ProblemKind::Coarse,
        path: photo.shown_path().into_owned(),
        absolute: photo.absolute(),
        reason: "the photo is so large that faces of 60 pixels may be missing: save parts of it as photos of their own to \
                 have them looked at closely"
            .to_owned(),
        photo_id: Some(photo.photo_id),
    }
}
