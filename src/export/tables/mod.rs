//! Tables of faces and of groups, as CSV and JSON.

mod cell_text;
mod rows;
mod table;
mod table_file;

pub use cell_text::{escaped_cell, unescaped_cell};
pub use rows::{write_csv_rows, write_json_rows};
pub use table::{FACE_COLUMNS, FaceTableRow, TableFormat, clusters, rounded, table};
pub use table_file::table_file;
