//! Opens files that others may have changed, and writes files as a whole.

mod open;
pub mod page_path;
pub mod path_text;
mod write;

pub use open::{FileIdentity, names_of, open_regular, real_path, what_else, with_real_folder};
pub use write::{
    entries_without_abandoned, folder_of, persist_new, remedy, temporary_in, write_new,
    write_private, write_whole,
};
