//! Albums and tables: what is written, and what never is.

#[path = "../people/mod.rs"]
mod people;

mod albums;
mod names;
mod tables;
