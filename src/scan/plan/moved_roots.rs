//! Scanned folders that lie elsewhere now (renamed, or moved to another drive), and those that are back.
//!
//! A folder that is gone may be a drive that is not plugged in, so a move is only guessed where at least half of its
//! photos have new files of the same relative path and size in one folder of this scan. Each photo then moves when its
//! bytes are found to be the same, there or elsewhere in that folder's root. Once that is true for at least half of them, the folder has moved, and the rest is away.
//!
//! Those files may also be a backup of the drive, so the library remembers where the folder was. When it is back, with at
//! least half of its files, its photos return to it, and the files of the backup are copies of them.

use std::collections::HashMap;
use std::path::PathBuf;

use super::roots::{Target, is_at_or_below, path_below};
use crate::files::path_text;
use crate::library::{FormerRoot, RootId};
use crate::scan::item::Item;

/// A root, or a folder in one, whose photos seem to lie elsewhere now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MovedRoot {
    pub from: RootId,
    pub from_path: PathBuf,
    /// From the root `from` to the folder, with `/`; empty for the root itself.
    pub from_below: String,
    pub to: RootId,
    pub to_root: PathBuf,
    /// From the root `to` to the folder, with `/`; empty for the root itself.
    pub below: String,
    /// Photos of which half must be found.
    pub photos: usize,
    pub kind: MoveKind,
}

/// What becomes of the place that photos have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MoveKind {
    /// The folder does not exist, or is the empty place of a drive: the root goes.
    Gone,
    /// None of the photos is in the folder, but something else is: the root stays.
    LeftBehind,
    /// The former folder is back; what is in the other one are copies.
    Return,
}

impl MovedRoot {
    /// The place, relative to the root `to`, of a photo that has this path in the root `from`.
    pub(crate) fn path_of(&self, path: &str) -> Option<String> {
        let inner = match self.from_below.as_str() {
            "" => path,
            below => path.strip_prefix(below)?.strip_prefix('/')?,
        };
        Some(path_text::joined(&self.below, inner))
    }

    pub(crate) fn to_path(&self) -> PathBuf {
        path_text::path_below(&self.to_root, &self.below)
    }

    /// Whether so many photos say that it has moved.
    pub(crate) fn is_shown_by(&self, photos: usize) -> bool {
        photos > 0 && 2 * photos >= self.photos
    }
}

/// A root that has none of its photos.
pub(crate) struct GoneRoot<'a> {
    pub root_id: RootId,
    pub path: PathBuf,
    /// Its folder is there, with other files.
    pub has_folder: bool,
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
            // A folder that has only moved its photos further in or out stays a root.
            for item in same.filter(|item| item.target.root_id != root.root_id) {
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
            from_below: String::new(),
            to,
            to_root: target.root.clone(),
            below: below.to_owned(),
            photos: root.photos.len(),
            kind: match root.has_folder {
                true => MoveKind::LeftBehind,
                false => MoveKind::Gone,
            },
        };
        moved.is_shown_by(found).then_some(moved)
    });
    moved.collect()
}

/// Looks for the folders among the new files that were scanned before their photos were found elsewhere. `photos` returns
/// path and size of all photos of a root.
pub(crate) fn find_returned_roots<'a>(
    former: &[FormerRoot],
    new: &[Item],
    photos: impl Fn(RootId) -> Vec<(&'a str, u64)>,
) -> Vec<MovedRoot> {
    let mut targets: Vec<&Target> = Vec::new();
    for item in new {
        if targets
            .iter()
            .all(|other| other.root_id != item.target.root_id)
        {
            targets.push(&item.target);
        }
    }
    let pairs = former.iter().flat_map(|former| {
        let places = targets
            .iter()
            .filter_map(|target| return_to(former, target));
        places.collect::<Vec<_>>()
    });
    let returned = pairs.filter_map(|moved| {
        let files = new.iter().filter(|item| {
            item.target.root_id == moved.to && is_at_or_below(&item.path, &moved.below)
        });
        let sizes: HashMap<&str, u64> = files
            .map(|item| (item.path.as_str(), item.stamp.bytes))
            .collect();
        let is_there = |(path, bytes): &(&str, u64)| {
            let place = moved.path_of(path);
            place.is_some_and(|place| sizes.get(place.as_str()) == Some(bytes))
        };
        let found = photos(moved.from).into_iter().filter(is_there).count();
        let moved = MovedRoot {
            photos: sizes.len(),
            ..moved
        };
        moved.is_shown_by(found).then_some(moved)
    });
    returned.collect()
}

/// The move from where a folder's photos are to a root that is, or holds, or is in, the folder where they were.
fn return_to(former: &FormerRoot, target: &Target) -> Option<MovedRoot> {
    let (from_below, below) = match path_below(&target.root, &former.path) {
        Some(below) => (former.below.clone(), below),
        None => {
            let inner = path_below(&former.path, &target.root)?;
            (path_text::joined(&former.below, &inner), String::new())
        }
    };
    (former.to != target.root_id).then(|| MovedRoot {
        from: former.to,
        from_path: former.path.clone(),
        from_below,
        to: target.root_id,
        to_root: target.root.clone(),
        below,
        photos: 0,
        kind: MoveKind::Return,
    })
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
