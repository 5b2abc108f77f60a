//! All tests in one program, in folders that mirror `src`: linking is most of the cost of building them.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that can't go on fails"
)]

#[cfg(feature = "gui")]
mod app;
mod cli;
mod cluster;
mod curate;
mod demo;
mod export;
mod library;
mod photo;
mod scan;
mod search;
mod source_shape;
mod support;
mod vision;
