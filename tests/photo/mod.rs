//! Files to upright photos: decoding, limits, walking folders, thumbnails.

mod bad_input;
mod damaged;
mod decode;
mod discover;
mod hostile;
mod reduced;
mod thumbnails;

use std::path::Path;

use kinfolk::photo::{self, Limits, Photo, PhotoError};
use kinfolk::stop::StopFlag;

/// Reads and decodes a file at the largest scale within the limits.
fn open(path: &Path, limits: &Limits) -> Result<Photo, PhotoError> {
    let file = photo::read(path, limits, &StopFlag::default())?;
    let probe = file.probe(limits)?;
    file.decode(limits, &probe, probe.largest, &StopFlag::default())
}
