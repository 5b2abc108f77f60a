//! Albums and tables for other programs.
//!
//! Photos are only read. Nothing in the destination is replaced unless Kinfolk wrote it.

mod albums;
mod destination;
mod error;
mod folder;
mod manifest;
pub mod names;
mod place;
mod plan;
mod rows;
mod summary;
mod table;
mod table_file;
mod text;
mod tidy;

pub use albums::albums;
pub use error::ExportError;
pub use manifest::MANIFEST_FILE;
pub use rows::{write_csv_rows, write_json_rows};
pub use summary::{
    AlbumOptions, AlbumProblem, AlbumProgress, AlbumResult, AlbumSummary, CopyMode, FormerAlbum,
    KeptFolder, RenamedFolder,
};
pub use table::{FACE_COLUMNS, FaceTableRow, TableFormat, clusters, rounded, table};
pub use table_file::table_file;
pub use text::{escaped_cell, unescaped_cell};
