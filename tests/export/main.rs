//! Albums and tables: what is written, and what never is.
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "../people/mod.rs"]
mod people;

mod albums;
mod names;
mod tables;
