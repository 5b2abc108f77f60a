//! The table of faces: one row per face, as CSV or JSON, for scripts and other programs.
//!
//! Rows are sorted by root, path and face. Boxes are in pixels of the upright photo. The column `cluster` has the id of
//! the face's group; it is empty for faces on their own: unclear, marked, or alone in an unnamed group.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;

use serde::Serialize;

use super::cell_text::escaped_cell;
use super::csv_json::{write_csv_rows, write_json_rows};
use crate::export::error::ExportError;
use crate::library::{FaceRow, GroupId, GroupSummary, Library, PhotoId, PhotoRow, Presence};

/// The format of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    Csv,
    Json,
}

/// Columns of the table of faces; part of the program's stable interface.
pub const FACE_COLUMNS: [&str; 11] = [
    "root", "path", "x", "y", "width", "height", "score", "face", "cluster", "person", "state",
];

/// Which faces a table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaceTable {
    Present,
    /// Also those whose photo is away or no longer shows them; with the column `presence`.
    WithAway,
    /// Only those that their photo no longer shows; with the column `presence`.
    NotFound,
}

/// One row.
#[derive(Clone, Debug, Serialize)]
pub struct FaceTableRow<'a> {
    pub root: String,
    /// Relative to the root, with `/`; `�` for what is not Unicode.
    pub path: Cow<'a, str>,
    /// Box in pixels of the upright photo, rounded to hundredths.
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    /// The detector's score, 0 to 1, rounded to millionths; 1 for a box drawn by a person.
    pub score: f64,
    pub face: i64,
    pub cluster: Option<i64>,
    pub person: Option<&'a str>,
    pub state: &'static str,
    /// Empty, `away` or `not-found`; only in tables that have the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence: Option<&'static str>,
}

impl FaceTableRow<'_> {
    fn cells(&self) -> [String; FACE_COLUMNS.len()] {
        [
            escaped_cell(&self.root).into_owned(),
            escaped_cell(&self.path).into_owned(),
            self.x.to_string(),
            self.y.to_string(),
            self.width.to_string(),
            self.height.to_string(),
            self.score.to_string(),
            self.face.to_string(),
            self.cluster.map(|id| id.to_string()).unwrap_or_default(),
            escaped_cell(self.person.unwrap_or_default()).into_owned(),
            self.state.to_owned(),
        ]
    }

    fn cells_with_presence(&self) -> [String; FACE_COLUMNS.len() + 1] {
        let mut cells = self.cells().into_iter();
        std::array::from_fn(|_| {
            let presence = || self.presence.unwrap_or_default().to_owned();
            cells.next().unwrap_or_else(presence)
        })
    }
}

/// Writes the table of faces to `out`.
pub fn table(
    library: &Library,
    which: FaceTable,
    format: TableFormat,
    out: &mut dyn Write,
) -> Result<(), ExportError> {
    let photos: HashMap<PhotoId, PhotoRow> = library
        .photos()?
        .into_iter()
        .map(|photo| (photo.photo_id, photo))
        .collect();
    let groups: HashMap<GroupId, GroupSummary> = library
        .group_summaries()?
        .into_iter()
        .map(|group| (group.group_id, group))
        .collect();
    let mut faces = match which {
        FaceTable::NotFound => library.missing_faces()?,
        FaceTable::Present | FaceTable::WithAway => library.all_faces()?,
    };
    if which == FaceTable::Present {
        faces.retain(|face| face.presence == Presence::Present);
    }
    let mut rows: Vec<(&FaceRow, &PhotoRow)> = faces
        .iter()
        .filter_map(|face| Some((face, photos.get(&face.photo_id)?)))
        .collect();
    rows.sort_by_key(|(face, photo)| (&photo.root, &photo.path, face.face_id));
    let rows = rows.into_iter().map(|(face, photo)| FaceTableRow {
        presence: (which != FaceTable::Present).then(|| face.presence.as_str()),
        ..face_table_row(face, photo, &groups)
    });
    match format {
        TableFormat::Csv if which == FaceTable::Present => {
            write_csv_rows(FACE_COLUMNS, rows.map(|row| row.cells()), out)?;
        }
        TableFormat::Csv => {
            let mut columns = FACE_COLUMNS.iter().copied();
            let columns: [&str; FACE_COLUMNS.len() + 1] =
                std::array::from_fn(|_| columns.next().unwrap_or("presence"));
            write_csv_rows(columns, rows.map(|row| row.cells_with_presence()), out)?;
        }
        TableFormat::Json => write_json_rows(rows, out)?,
    }
    Ok(())
}

/// Groups that count as a cluster in tables: named, or with more than one face.
pub fn clusters(groups: Vec<GroupSummary>) -> impl Iterator<Item = GroupSummary> {
    groups.into_iter().filter(is_cluster)
}

fn is_cluster(group: &GroupSummary) -> bool {
    group.name.is_some() || group.faces > 1
}

fn face_table_row<'a>(
    face: &FaceRow,
    photo: &'a PhotoRow,
    groups: &'a HashMap<GroupId, GroupSummary>,
) -> FaceTableRow<'a> {
    let group = face
        .group
        .and_then(|group_id| groups.get(&group_id))
        .filter(|group| is_cluster(group));
    let face_box = face.box_in_photo;
    FaceTableRow {
        root: photo.root.to_string_lossy().into_owned(),
        path: photo.shown_path(),
        x: rounded(face_box.x, 100.0),
        y: rounded(face_box.y, 100.0),
        width: rounded(face_box.width, 100.0),
        height: rounded(face_box.height, 100.0),
        score: rounded(face.score, 1e6),
        face: face.face_id.0,
        cluster: group.map(|group| group.group_id.0),
        person: group.and_then(|group| group.name.as_deref()),
        state: face.state.as_str(),
        presence: None,
    }
}

/// Rounds to a fixed number of decimals, without the extra digits of `f32`.
pub fn rounded(value: f32, steps: f64) -> f64 {
    (f64::from(value) * steps).round() / steps
}
