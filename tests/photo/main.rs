//! Files to upright photos: decoding, limits, walking folders, thumbnails.
#![allow(clippy::expect_used, reason = "a test that can't go on fails")]

mod decode;
mod discover;
mod hostile;
mod hostile_files;
mod limits;
mod pictures;
mod reduced;
mod thumbnails;
