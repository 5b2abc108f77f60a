//! Scanning folders: what is found the first time, what survives the next times, stopping, and roots that come and go.
#![allow(clippy::expect_used, reason = "a test that can't go on fails")]

mod again;
#[path = "../common/mod.rs"]
mod common;
mod control;
mod first;
mod large;
mod outdated;
mod places;
mod world;

use common::variants::pictures;
