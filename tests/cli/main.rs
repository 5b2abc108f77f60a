//! The command line as scripts see it: exit status, standard output, standard error.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that can't go on fails"
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../people/mod.rs"]
mod people;

mod curation;
mod evaluate;
mod export;
mod help;
#[cfg(target_os = "linux")]
mod hostile;
#[cfg(target_os = "linux")]
#[path = "../photo/hostile_files.rs"]
mod hostile_files;
mod identify;
mod labels;
mod review;
mod run;
mod scan;
mod tables;
mod terminal;

use common::variants::pictures;
