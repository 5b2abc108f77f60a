//! Albums and tables for other programs.
//!
//! Photos are only read. Nothing in the destination is replaced unless Kinfolk wrote it.

mod albums;
mod error;
pub mod portable_names;
mod tables;

pub use albums::{
    AlbumOptions, AlbumProblem, AlbumProgress, AlbumResult, AlbumSummary, CopyMode, FormerAlbum,
    KeptFolder, MANIFEST_FILE, RenamedFolder, albums,
};
pub use error::ExportError;
pub use tables::{
    FACE_COLUMNS, FaceTable, FaceTableRow, MEASURE_COLUMNS, MeasureCells, TableFormat,
    TableOptions, clusters, escaped_cell, rounded, table, table_file, unescaped_cell,
    write_csv_rows, write_json_rows,
};
