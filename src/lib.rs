//! Kinfolk: who is in my photos? Everything but the process entry point lives in this library.
//!
//! Layers, each using only those below it: `app` and `cli`; `scan`, `curate`, `export`, `search`; `cluster`, `library`;
//! `vision`, `photo`; `geometry`. See `ARCHITECTURE.md`.

#[cfg(feature = "gui")]
pub mod app;
mod catch_panic;
pub mod cli;
pub mod cluster;
pub mod curate;
pub mod export;
pub mod files;
pub mod geometry;
pub mod library;
pub mod photo;
pub mod platform;
pub mod resample;
pub mod scan;
pub mod search;
pub mod stop;
pub mod text;
pub mod vision;
