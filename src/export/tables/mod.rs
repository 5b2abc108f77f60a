//! Tables of faces and of groups, as CSV and JSON.

mod cell_text;
mod csv_json;
mod face_table;
mod table_file;

pub use cell_text::{escaped_cell, unescaped_cell};
pub use csv_json::{write_csv_rows, write_json_rows};
pub use face_table::{
    FACE_COLUMNS, FaceTable, FaceTableRow, MEASURE_COLUMNS, MeasureCells, TableFormat,
    TableOptions, clusters, rounded, table,
};
pub use table_file::table_file;
