//! The table that `kinfolk label` reads: `path,person[,x,y,width,height]`. It may come from anywhere, so its size is
//! limited and every value is checked.
//!
//! Other columns are ignored except `root`, so that the table of `kinfolk faces` can be filled in and read back.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::cli::error::CliError;
use crate::curate::MAX_NAME_LENGTH;
use crate::export::unescaped_cell;
use crate::geometry::PhotoRect;
use crate::library::tidy_name;

/// Far more than the labels of any library; keeps a wrong file from filling memory.
const MAX_BYTES: u64 = 64 << 20;

/// No photo has coordinates beyond this.
const MAX_PIXELS: f32 = 1e6;

/// One label: the person, and the place of the face if the table gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Line of the file, from 1.
    pub line: u64,
    /// Relative to a scanned folder, or absolute; with `/`.
    pub path: String,
    pub person: String,
    /// None for the photo's principal face.
    pub box_in_photo: Option<PhotoRect>,
}

/// The positions of the columns.
struct Columns {
    root: Option<usize>,
    path: usize,
    person: usize,
    /// x, y, width, height.
    rect: Option<[usize; 4]>,
}

/// Reads all labels. The error names the line that is wrong.
pub fn read_labels(file: &Path) -> Result<Vec<Label>, CliError> {
    let bytes = read_bounded(file)?;
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::Headers)
        .from_reader(bytes.as_slice());
    let header = reader
        .headers()
        .map_err(|error| wrong(file, 1, &error.to_string()))?;
    let columns = Columns::find(header).map_err(|why| wrong(file, 1, &why))?;
    let mut labels = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            wrong(file, line, &csv_reason(&error))
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let label = columns
            .label(&record, line)
            .map_err(|why| wrong(file, line, &why))?;
        labels.extend(label);
    }
    Ok(labels)
}

fn read_bounded(file: &Path) -> Result<Vec<u8>, CliError> {
    let failed = |error| CliError::Failed(format!("cannot read {file:?}: {error}; check the path"));
    let opened = File::open(file).map_err(failed)?;
    let mut bytes = Vec::new();
    opened
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(CliError::Failed(format!(
            "{file:?} has more than {} MiB: split it into smaller tables",
            MAX_BYTES >> 20
        )));
    }
    Ok(bytes)
}

fn wrong(file: &Path, line: u64, why: &str) -> CliError {
    CliError::Failed(format!("{file:?}, line {line}: {why}"))
}

/// What is wrong with a record, without its position.
fn csv_reason(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("{len} columns where the header has {expected_len}"),
        csv::ErrorKind::Utf8 { .. } => "not UTF-8 text".into(),
        _ => error.to_string(),
    }
}

impl Columns {
    fn find(header: &csv::StringRecord) -> Result<Columns, String> {
        let place = |name: &str| header.iter().position(|cell| cell == name);
        let (Some(path), Some(person)) = (place("path"), place("person")) else {
            return Err("the header must be path,person or path,person,x,y,width,height".into());
        };
        let rect = ["x", "y", "width", "height"].map(place);
        let rect = match rect {
            [Some(x), Some(y), Some(width), Some(height)] => Some([x, y, width, height]),
            [None, None, None, None] => None,
            _ => return Err("a box needs all of the columns x, y, width and height".into()),
        };
        Ok(Columns {
            root: place("root"),
            path,
            person,
            rect,
        })
    }

    /// The label of a record; None if the person is empty, as in a partly filled table of faces.
    fn label(&self, record: &csv::StringRecord, line: u64) -> Result<Option<Label>, String> {
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let person = tidy_name(unescaped_cell(cell(self.person)));
        if person.is_empty() {
            return Ok(None);
        }
        if person.chars().count() > MAX_NAME_LENGTH {
            return Err(format!("a name may have {MAX_NAME_LENGTH} characters"));
        }
        let mut path = unescaped_cell(cell(self.path)).replace('\\', "/");
        if path.is_empty() {
            return Err("the path is empty".into());
        }
        if let Some(root) = self.root.map(cell).filter(|root| !root.is_empty()) {
            path = format!("{}/{path}", unescaped_cell(root));
        }
        let box_in_photo = match self.rect {
            Some(columns) => rect(columns.map(cell))?,
            None => None,
        };
        Ok(Some(Label {
            line,
            path,
            person,
            box_in_photo,
        }))
    }
}

/// A box of four numbers; None if all four cells are empty.
fn rect(cells: [&str; 4]) -> Result<Option<PhotoRect>, String> {
    let cells = cells.map(str::trim);
    if cells.iter().all(|cell| cell.is_empty()) {
        return Ok(None);
    }
    let mut numbers = [0.0_f32; 4];
    for (number, cell) in numbers.iter_mut().zip(cells) {
        *number = cell
            .parse()
            .ok()
            .filter(|value: &f32| value.abs() <= MAX_PIXELS)
            .ok_or_else(|| format!("{cell:?} is not a number of pixels"))?;
    }
    let [x, y, width, height] = numbers;
    if width <= 0.0 || height <= 0.0 {
        return Err("the box has no area".into());
    }
    Ok(Some(PhotoRect {
        x,
        y,
        width,
        height,
    }))
}
