//! The library file.

#[cfg(unix)]
mod files;
mod groups;
mod journal_format;
mod models;
mod open;
mod remembered;
mod scan;
