//! `kinfolk search`: the photos of people, dates, folders and names.

use std::io::Write as _;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::error::CliError;
use super::open::LibraryChoice;
use super::output::{self, Format};
use crate::export::escaped_cell;
use crate::files::path_text;
use crate::search::{Index, IndexedPhoto, parse};

/// Find photos: of A and B, without C, after a date, in a folder
#[derive(Args)]
#[command(after_help = "\
All conditions must hold; write `or` between two of which one must hold. A value with spaces stands in quotes.
  with:Ana            Ana is in the photo; with:Ana|Tom: one of them
  without:Eve         Eve is not
  only:Ana,Tom        these people and no other face
  faces:2             the number of faces; faces:>=3, faces:<=1
  is:unnamed          a face has no name; is:named; is:missing: a face that is not found in the photo any more
  after:2015          taken in 2015 or later; before:2015-06; on:2014-06-01
  folder:Italy        the folders of its path contain the word; file:IMG_2
  Ana                 the name of a person, the file or a folder contains the word
Names are compared without case. Faces that were only suggested count, but for --confirmed. Photos that are away are left
out. The date is that of the photo's metadata, else of the file's or a folder's name (`20140601_1234.jpg`, `Summer 1987`),
else of the file; the column date_from says which.

Columns: root,path,date,date_from,people,faces,unnamed; people are separated by `; `.

Examples:
  kinfolk search \"with:Ana with:Tom without:Eve after:2015\"
  kinfolk search \"only:Ana or only:Tom\" --format json
  kinfolk search is:unnamed --format paths")]
pub struct SearchArgs {
    /// What to look for; several words are one search
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,

    /// How to print the photos
    #[arg(long, value_enum, default_value_t = PhotoFormat::Csv)]
    format: PhotoFormat,

    /// Only count faces that are confirmed as somebody
    #[arg(long)]
    confirmed: bool,
}

/// How photos are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PhotoFormat {
    /// Comma-separated values with a header line
    Csv,
    /// A JSON array with one object per photo
    Json,
    /// The whole path of each photo on a line
    Paths,
}

#[derive(Serialize)]
struct PhotoRow {
    root: String,
    path: String,
    date: Option<String>,
    date_from: Option<&'static str>,
    people: Vec<String>,
    faces: u32,
    unnamed: u32,
}

pub fn run(choice: &LibraryChoice, args: &SearchArgs) -> Result<(), CliError> {
    let query = parse(&args.query.join(" ")).map_err(|error| CliError::Usage(error.to_string()))?;
    let index = Index::of(&choice.open_to_read()?, args.confirmed)?;
    let found = index
        .find(&query)
        .map_err(|error| CliError::Failed(error.to_string()))?;
    let photos = found.into_iter().map(|position| &index.photos[position]);
    let format = match args.format {
        PhotoFormat::Csv => Format::Csv,
        PhotoFormat::Json => Format::Json,
        PhotoFormat::Paths => {
            return output::print_with(|out| {
                photos.into_iter().try_for_each(|photo| {
                    let path = path_text::path_below(&photo.root, &photo.path);
                    out.write_all(path.as_os_str().as_encoded_bytes())?;
                    out.write_all(b"\n")
                })
            });
        }
    };
    let rows: Vec<PhotoRow> = photos.map(|photo| row(&index, photo)).collect();
    let header = [
        "root",
        "path",
        "date",
        "date_from",
        "people",
        "faces",
        "unnamed",
    ];
    output::print_table(format, header, &rows, |row| {
        [
            escaped_cell(&row.root).into_owned(),
            escaped_cell(&row.path).into_owned(),
            row.date.clone().unwrap_or_default(),
            row.date_from.unwrap_or_default().to_owned(),
            escaped_cell(&row.people.join("; ")).into_owned(),
            row.faces.to_string(),
            row.unnamed.to_string(),
        ]
    })
}

fn row(index: &Index, photo: &IndexedPhoto) -> PhotoRow {
    let names = photo
        .people
        .iter()
        .filter_map(|person| index.people.get(person));
    PhotoRow {
        root: photo.root.to_string_lossy().into_owned(),
        path: path_text::shown_text(&photo.path).into_owned(),
        date: photo.date.map(|(period, _)| period.to_string()),
        date_from: photo.date.map(|(_, source)| source.as_str()),
        people: names.cloned().collect(),
        faces: photo.faces,
        unnamed: photo.unnamed,
    }
}
