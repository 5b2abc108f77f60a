//! Albums and tables for other programs.
//!
//! Photos are read and never changed; nothing that exists at the destination is replaced unless Kinfolk wrote it.

mod albums;
mod destination;
mod error;
mod folder;
mod manifest;
pub mod names;
mod place;
mod plan;
mod rows;
mod table;
mod table_file;
mod text;

pub use albums::{AlbumOptions, AlbumProblem, AlbumProgress, AlbumResult, AlbumSummary, albums};
pub use error::ExportError;
pub use manifest::MANIFEST_FILE;
pub use place::CopyMode;
pub use rows::{write_csv_rows, write_json_rows};
pub use table::{FACE_COLUMNS, FaceTableRow, TableFormat, clusters, rounded, table};
pub use table_file::table_file;
pub use text::{escaped_cell, unescaped_cell};
