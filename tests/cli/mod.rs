//! The command line as scripts see it: exit status, standard output, standard error.

mod curation;
mod evaluate;
mod export;
mod face_commands;
mod help;
#[cfg(target_os = "linux")]
mod hostile;
mod identify;
mod labels;
mod migrate;
mod models;
mod review;
mod run;
mod scan;
mod search;
mod tables;
mod terminal;
