//! The demo photos: stored in the binary, unpacked into the data folder, then scanned like any other folder.
//!
//! `assets/demo/SOURCES.md` names their sources.

use std::path::{Path, PathBuf};

use crate::{files, platform};

macro_rules! demo_photos {
    ($($name:literal),* $(,)?) => {
        /// File names and contents.
        pub const DEMO_PHOTOS: &[(&str, &[u8])] = &[$(($name, include_bytes!(concat!("../../assets/demo/", $name)))),*];
    };
}

demo_photos!(
    "SOURCES.md",
    "astronaut.png",
    "biden.jpg",
    "chelsea.png",
    "curie.jpg",
    "curie2.pgm",
    "hopper.jpg",
    "obama.jpg",
    "obama2.jpg",
    "obama3.jpg",
    "obama4.jpg",
    "obama_partial_face.jpg",
    "rocket.jpg",
    "situation-room.jpg",
    "solvay-1927.jpg",
);

#[derive(Debug, thiserror::Error)]
#[error(
    "the demo photos could not be written to {path:?} ({source}): check that the disk has free space"
)]
pub struct DemoError {
    path: PathBuf,
    source: std::io::Error,
}

/// `demo photos` in the platform's data folder, or in the temporary folder if there is no home folder.
pub fn default_folder() -> PathBuf {
    let parent = platform::data_folder().unwrap_or_else(std::env::temp_dir);
    parent.join("demo photos")
}

/// Writes the photos that are missing.
pub fn unpack(folder: &Path) -> Result<(), DemoError> {
    let error = |path: &Path, source| DemoError {
        path: path.to_owned(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(|source| error(folder, source))?;
    for (name, bytes) in DEMO_PHOTOS {
        let path = folder.join(name);
        let is_there =
            std::fs::metadata(&path).is_ok_and(|found| found.len() == bytes.len() as u64);
        if !is_there {
            files::write_private(&path, bytes).map_err(|source| error(&path, source))?;
        }
    }
    Ok(())
}
