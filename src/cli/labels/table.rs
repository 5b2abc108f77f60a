//! The table that `kinfolk label` reads: `path,person[,x,y,width,height]`. It may come from anywhere, so its size is
//! limited and every value is checked.
//!
//! Other columns are ignored except `root`, so that the table of `kinfolk faces` can be filled in and read back. Tables are
//! read as spreadsheets write them (separators, encodings, decimal commas), see `table_text.rs`.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::table_text::{SEPARATORS, decoded, number, separator_line};
use crate::cli::error::CliError;
use crate::cli::terminal;
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
    /// How many columns there are.
    count: usize,
    separator: u8,
}

/// Reads all labels. The error names the line that is wrong.
pub fn read_labels(file: &Path) -> Result<Vec<Label>, CliError> {
    let bytes = read_bounded(file)?;
    let (text, is_guess) =
        decoded(&bytes).map_err(|why| CliError::Failed(format!("cannot read {file:?}: {why}")))?;
    if is_guess {
        terminal::say(&format!(
            "kinfolk: {file:?} is not UTF-8 and was read as Windows-1252: check the accents of the names"
        ));
    }
    let (named, text, first_line) = match separator_line(&text) {
        Some((separator, rest)) => (Some(separator), rest, 1),
        None => (None, text.as_str(), 0),
    };
    let (separator, columns) =
        columns_of(text, named).map_err(|why| wrong(file, first_line + 1, &why))?;
    let mut labels = Vec::new();
    for record in reader(text, separator).records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            wrong(file, first_line + line, &error.to_string())
        })?;
        let line = first_line + record.position().map_or(0, csv::Position::line);
        let label = columns
            .label(&record, line)
            .map_err(|why| wrong(file, line, &why))?;
        labels.extend(label);
    }
    Ok(labels)
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(separator)
        // Spreadsheets add empty cells to some rows and drop them from others.
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// The separator and the columns: as named, or by which the header has what is needed.
fn columns_of(text: &str, named: Option<u8>) -> Result<(u8, Columns), String> {
    let candidates = match &named {
        Some(separator) => std::slice::from_ref(separator),
        None => &SEPARATORS[..],
    };
    let mut refused = None;
    for &separator in candidates {
        let mut reader = reader(text, separator);
        let header = reader.headers().map_err(|error| error.to_string())?;
        match Columns::find(header, separator) {
            Ok(columns) => return Ok((separator, columns)),
            // The separator that makes the most of the header says what is wrong with it.
            Err(why) if header.len() > 1 || refused.is_none() => refused = Some(why),
            Err(_) => {}
        }
    }
    Err(refused.unwrap_or_default())
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

impl Columns {
    fn find(header: &csv::StringRecord, separator: u8) -> Result<Columns, String> {
        let names: Vec<String> = header
            .iter()
            .map(|cell| cell.trim().to_lowercase())
            .collect();
        let place = |name: &str| names.iter().position(|cell| cell == name);
        let (Some(path), Some(person)) = (place("path"), place("person")) else {
            return Err(
                "the header must be path,person or path,person,x,y,width,height, separated by commas, semicolons or tabs"
                    .into(),
            );
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
            count: names.len(),
            separator,
        })
    }

    /// The label of a record; None if the person is empty, as in a partly filled table of faces.
    fn label(&self, record: &csv::StringRecord, line: u64) -> Result<Option<Label>, String> {
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let is_too_long = record
            .iter()
            .skip(self.count)
            .any(|cell| !cell.trim().is_empty());
        // Cells that are missing at the end are empty, unless something else separates this row's.
        let other_separators = SEPARATORS.map(char::from);
        let is_one_cell = record.len() == 1 && self.count > 1;
        if is_too_long || (is_one_cell && cell(0).contains(other_separators)) {
            return Err(format!(
                "{} columns where the header has {}: put a cell that holds {:?} in quotes",
                record.len(),
                self.count,
                char::from(self.separator)
            ));
        }
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
            Some(columns) => rect(columns.map(cell), self.separator)?,
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
fn rect(cells: [&str; 4], separator: u8) -> Result<Option<PhotoRect>, String> {
    let cells = cells.map(str::trim);
    if cells.iter().all(|cell| cell.is_empty()) {
        return Ok(None);
    }
    if cells.iter().any(|cell| cell.is_empty()) {
        return Err("a box needs all of x, y, width and height, or none".into());
    }
    let mut numbers = [0.0_f32; 4];
    for (place, cell) in numbers.iter_mut().zip(cells) {
        *place = number(cell, separator != b',')?;
        if place.abs() > MAX_PIXELS {
            return Err(format!("{cell:?} is not a number of pixels"));
        }
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
