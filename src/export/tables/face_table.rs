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
use crate::library::{
    FaceId, FaceRow, GroupId, GroupSummary, Library, PhotoId, PhotoRow, Presence,
};
use crate::vision::FaceMeasures;

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

/// The columns of measures, behind all others.
pub const MEASURE_COLUMNS: [&str; 10] = [
    "quality",
    "side",
    "sharpness",
    "norm",
    "face_flag",
    "yaw",
    "pitch",
    "roll",
    "eyes_open",
    "smile",
];

/// What a table has, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableOptions {
    pub which: FaceTable,
    /// With [`MEASURE_COLUMNS`].
    pub measures: bool,
    /// By quality, the best shot first, instead of by path.
    pub best_first: bool,
}

impl From<FaceTable> for TableOptions {
    fn from(which: FaceTable) -> TableOptions {
        TableOptions {
            which,
            measures: false,
            best_first: false,
        }
    }
}

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
    /// Box in pixels of the upright photo, rounded to hundredths; none of a face that its photo no longer shows.
    pub x: Option<f64>,
    pub y: Option<f64>,
    pub width: Option<f64>,
    pub height: Option<f64>,
    /// The detector's score, 0 to 1, rounded to millionths; 1 for a box drawn by a person.
    pub score: f64,
    pub face: i64,
    pub cluster: Option<i64>,
    pub person: Option<&'a str>,
    pub state: &'static str,
    /// Empty, `away` or `not-found`; only in tables that have the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence: Option<&'static str>,
    /// Only in tables that have the columns.
    #[serde(flatten)]
    pub measures: Option<MeasureCells>,
}

/// The measures of a face in a table; empty for what was not measured.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct MeasureCells {
    /// Quality as a cover, 0 to 1.
    pub quality: f64,
    /// Shorter side of the box, in photo pixels.
    pub side: Option<f64>,
    /// Variance of the Laplacian of the crop's luma.
    pub sharpness: Option<f64>,
    /// Norm of the embedding before it was normalised.
    pub norm: Option<f64>,
    /// How sure the face mesh is that there is a face, 0 to 1.
    pub face_flag: Option<f64>,
    /// Degrees, as are `pitch` and `roll`: turned to the person's own left, up, and tilted clockwise.
    pub yaw: Option<f64>,
    pub pitch: Option<f64>,
    pub roll: Option<f64>,
    /// Height by width of the eyes.
    pub eyes_open: Option<f64>,
    pub smile: Option<f64>,
}

impl MeasureCells {
    fn of(face: &FaceRow, measures: &FaceMeasures) -> MeasureCells {
        let mesh = measures.mesh.as_ref();
        let degrees = |angle: f32| rounded(angle.to_degrees(), 10.0);
        MeasureCells {
            quality: rounded(face.quality, 1000.0),
            side: measures.side.map(|side| rounded(side, 10.0)),
            sharpness: measures.sharpness.map(|sharpness| rounded(sharpness, 10.0)),
            norm: measures.norm.map(|norm| rounded(norm, 100.0)),
            face_flag: mesh.map(|mesh| rounded(mesh.face_flag, 1000.0)),
            yaw: mesh.map(|mesh| degrees(mesh.yaw)),
            pitch: mesh.map(|mesh| degrees(mesh.pitch)),
            roll: mesh.map(|mesh| degrees(mesh.roll)),
            eyes_open: mesh.map(|mesh| rounded(mesh.eyes_open, 1000.0)),
            smile: mesh.map(|mesh| rounded(mesh.smile, 1000.0)),
        }
    }

    fn cells(&self) -> impl Iterator<Item = String> {
        let measured = [
            Some(self.quality),
            self.side,
            self.sharpness,
            self.norm,
            self.face_flag,
            self.yaw,
            self.pitch,
            self.roll,
            self.eyes_open,
            self.smile,
        ];
        measured.into_iter().map(number_cell)
    }
}

impl FaceTableRow<'_> {
    /// Of all columns that the table has.
    fn cells(&self) -> Vec<String> {
        let mut cells = vec![
            escaped_cell(&self.root).into_owned(),
            escaped_cell(&self.path).into_owned(),
            number_cell(self.x),
            number_cell(self.y),
            number_cell(self.width),
            number_cell(self.height),
            self.score.to_string(),
            self.face.to_string(),
            self.cluster.map(|id| id.to_string()).unwrap_or_default(),
            escaped_cell(self.person.unwrap_or_default()).into_owned(),
            self.state.to_owned(),
        ];
        cells.extend(self.presence.map(str::to_owned));
        cells.extend(self.measures.iter().flat_map(MeasureCells::cells));
        cells
    }
}

/// Writes the table of faces to `out`.
pub fn table(
    library: &Library,
    options: impl Into<TableOptions>,
    format: TableFormat,
    out: &mut dyn Write,
) -> Result<(), ExportError> {
    let TableOptions {
        which,
        measures,
        best_first,
    } = options.into();
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
    let measured: HashMap<FaceId, FaceMeasures> = match measures {
        true => library.face_measures()?.into_iter().collect(),
        false => HashMap::new(),
    };
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
    if best_first {
        rows.sort_by(|(one, _), (other, _)| other.quality.total_cmp(&one.quality));
    }
    let rows = rows.into_iter().map(|(face, photo)| FaceTableRow {
        presence: (which != FaceTable::Present).then(|| face.presence.as_str()),
        measures: measured
            .get(&face.face_id)
            .map(|measures| MeasureCells::of(face, measures)),
        ..face_table_row(face, photo, &groups)
    });
    match format {
        TableFormat::Csv => {
            let presence = (which != FaceTable::Present).then_some("presence");
            let of_measures = MEASURE_COLUMNS.into_iter().filter(|_| measures);
            let columns = FACE_COLUMNS.into_iter().chain(presence).chain(of_measures);
            write_csv_rows(columns, rows.map(|row| row.cells()), out)?;
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
    let is_placed = face.presence != Presence::NotFound;
    let place = |side: f32| is_placed.then(|| rounded(side, 100.0));
    let face_box = face.box_in_photo;
    FaceTableRow {
        root: photo.root.to_string_lossy().into_owned(),
        path: photo.shown_path(),
        x: place(face_box.x),
        y: place(face_box.y),
        width: place(face_box.width),
        height: place(face_box.height),
        score: rounded(face.score, 1e6),
        face: face.face_id.0,
        cluster: group.map(|group| group.group_id.0),
        person: group.and_then(|group| group.name.as_deref()),
        state: face.state.as_str(),
        presence: None,
        measures: None,
    }
}

fn number_cell(number: Option<f64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// Rounds to a fixed number of decimals, without the extra digits of `f32`.
pub fn rounded(value: f32, steps: f64) -> f64 {
    (f64::from(value) * steps).round() / steps
}
