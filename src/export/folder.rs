//! One person's folder while photos are put into it.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::PathBuf;

use super::albums::AlbumResult;
use super::destination::MAX_CHOICES;
use super::names::{clash_key, file_choice};
use super::place::{CopyMode, PlaceError, Source};

/// One album's folder while it is being filled.
pub struct AlbumFolder<'a> {
    pub path: PathBuf,
    /// Clash keys of every name in the folder.
    pub taken: HashSet<String>,
    /// Content hash to file name, as the manifest keeps it.
    pub files: &'a mut BTreeMap<String, String>,
    pub result: AlbumResult,
}

impl AlbumFolder<'_> {
    /// Whether the photo was written earlier and is still there.
    pub fn holds(&self, hash: &str) -> bool {
        let Some(file) = self.files.get(hash) else {
            return false;
        };
        fs::symlink_metadata(self.path.join(file)).is_ok()
    }

    /// Adds the photo under `name` or the next free name, and returns that.
    pub fn add(
        &mut self,
        source: &Source,
        name: &str,
        how: CopyMode,
    ) -> Result<String, PlaceError> {
        for number in 1..MAX_CHOICES {
            let choice = file_choice(name, number);
            let target = self.path.join(&choice);
            if self.taken.contains(&clash_key(&choice)) {
                // Written by an export that was killed before it could remember so.
                if !self.files.values().any(|file| *file == choice) && source.is_at(&target, how) {
                    self.result.already_there += 1;
                    return Ok(choice);
                }
                continue;
            }
            self.taken.insert(clash_key(&choice));
            match source.place(&target, how) {
                Ok(()) => {
                    self.result.written += 1;
                    return Ok(choice);
                }
                Err(PlaceError::Album(error)) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(PlaceError::Photo(io::Error::other(
            "too many files of this name in the album",
        )))
    }
}
