//! Scanned folders that are gone and lie elsewhere now: renamed, or moved to another drive.
//!
//! A folder that is gone may be a drive that is not plugged in, so this is only guessed where at least half of its photos
//! have new files of the same relative path and size in one folder of this scan. Each photo then moves when its bytes are
//! found to be the same. Once that is true for at least half of them, the folder has moved, and the rest is away.

use std::collections::HashMap;
use std::path::PathBuf;

use super::roots::Target;
use crate::library::RootId;
use crate::scan::item::Item;

/// A root that seems to lie elsewhere now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MovedRoot {
    pub from: RootId,
    pub from_path: PathBuf,
    pub to: RootId,
    pub to_root: PathBuf,
    /// From the root `to` to the folder, with `/`; empty for the root itself.
    pub below: String,
    /// Photos of the root that were present.
    pub photos: usize,
}

impl MovedRoot {
    /// The place of a photo of the root, relative to the root `to`.
    pub(crate) fn path_of(&self, path: &str) -> String {
        match self.below.as_str() {
            "" => path.to_owned(),
            below => format!("{below}/{path}"),
        }
    }

    pub(crate) fn to_path(&self) -> PathBuf {
        match self.below.as_str() {
            "" => self.to_root.clone(),
            below => self.to_root.join(below),
        }
    }

    /// Whether so many of the root's photos say that it has moved.
    pub(crate) fn is_shown_by(&self, photos: usize) -> bool {
        photos > 0 && 2 * photos >= self.photos
    }
}

/// A root whose folder does not exist, or is the empty place of a drive.
pub(crate) struct GoneRoot<'a> {
    pub root_id: RootId,
    pub path: PathBuf,
    /// Path from the root and size of the photos that were present.
    pub photos: Vec<(&'a str, u64)>,
}

/// Looks for the photos of roots that are gone among the new files.
pub(crate) fn find_moved_roots(gone: Vec<GoneRoot<'_>>, new: &[Item]) -> Vec<MovedRoot> {
    if gone.is_empty() || new.is_empty() {
        return Vec::new();
    }
    let mut by_name: HashMap<(&str, u64), Vec<&Item>> = HashMap::new();
    for item in new {
        let key = (name_of(&item.path), item.stamp.bytes);
        by_name.entry(key).or_default().push(item);
    }
    let moved = gone.into_iter().filter_map(|root| {
        let mut places: HashMap<(RootId, &str), (usize, &Target)> = HashMap::new();
        for (path, bytes) in &root.photos {
            let same = by_name.get(&(name_of(path), *bytes)).into_iter().flatten();
            for item in same {
                if let Some(below) = folder_around(&item.path, path) {
                    let place = places.entry((item.target.root_id, below));
                    place.or_insert((0, &item.target)).0 += 1;
                }
            }
        }
        let best = places
            .into_iter()
            .max_by_key(|((root_id, below), (found, _))| (*found, *root_id, *below));
        let ((to, below), (found, target)) = best?;
        let moved = MovedRoot {
            from: root.root_id,
            from_path: root.path,
            to,
            to_root: target.root.clone(),
            below: below.to_owned(),
            photos: root.photos.len(),
        };
        moved.is_shown_by(found).then_some(moved)
    });
    moved.collect()
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What stands before the relative path `inner` in `path`.
fn folder_around<'a>(path: &'a str, inner: &str) -> Option<&'a str> {
    let before = path.strip_suffix(inner)?;
    match before {
        "" => Some(""),
        before => before.strip_suffix('/'),
    }
}
