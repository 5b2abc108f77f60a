//! Compares a walked folder with the library, by path, size and times.

use std::sync::Arc;

use super::known_photos::{KnownPhotos, PathStatus};
use super::roots::{Target, is_at_or_below};
use crate::files::page_path;
use crate::library::{FoundProblem, OnePhoto};
use crate::photo::{Discovered, Pair, Unreadable, left_out};
use crate::scan::ScanError;
use crate::scan::excluded::covers;
use crate::scan::item::{Changed, Item};
use crate::scan::lost_folders::why_lost;
use crate::scan::writer::Writer;

/// The files to read, in path order.
#[derive(Default)]
pub(crate) struct Plan {
    pub changed: Vec<Changed>,
    /// Unchanged or returned photos that are to be searched again.
    pub outdated: Vec<Item>,
    pub new: Vec<Item>,
    /// Known photos that are another file's photo now.
    pub pairs: Vec<OnePhoto>,
}

/// Sorts the files of one folder into known files, files to read, and missing files. With `again`, known files are searched
/// again.
pub(super) fn compare(
    target: &Arc<Target>,
    found: Discovered,
    known_photos: &mut KnownPhotos,
    writer: &mut Writer<'_>,
    plan: &mut Plan,
    again: bool,
) -> Result<(), ScanError> {
    let mut known = known_photos.photos_below(target);
    let knows_photos = known.values().any(|at| known_photos.any_present(at));
    if let Some(reason) = unreachable(target, &found, knows_photos) {
        writer.note_unreachable(&target.folder(), reason);
        return Ok(());
    }
    let paths: Vec<&str> = found.files.iter().map(|file| file.path.as_str()).collect();
    let left_out = left_out(&paths);
    let (mut photos, mut other_files) = (0, found.other_files);
    let (mut returned, mut changed_times) = (Vec::new(), Vec::new());
    let mut unread_problems = writer.problems_below(target)?;
    for file in found.files {
        let path = target.path_in_root(&file.path);
        let at_path = known.remove(&path).unwrap_or_default();
        let pair = left_out.get(&file.path);
        let mut count_as_other = |pair: &Pair| {
            *other_files.entry(pair.kind.to_owned()).or_default() += 1;
        };
        let known_here = known_photos.present(&at_path);
        if let (Some(pair), None) = (pair, known_here) {
            count_as_other(pair);
            continue;
        }
        let status = known_photos.compare(&at_path, &file.stamp);
        if let (Some(pair), Some(left_out)) = (pair, known_here) {
            // What people decided in it goes on with the other file, once that is stored.
            plan.pairs.push(OnePhoto {
                left_out,
                root_id: target.root_id,
                kept: target.path_in_root(&pair.kept),
            });
            if status == PathStatus::Unchanged {
                count_as_other(pair);
                continue;
            }
        }
        photos += 1;
        if let Some(changed_ns) = file.stamp.changed_ns
            && let Some(photo_id) = known_photos.without_changed_time(&at_path)
        {
            changed_times.push((photo_id, changed_ns));
        }
        if !matches!(status, PathStatus::Unchanged | PathStatus::Returned(_)) {
            // The file is as it was when it could not be read: it would fail again.
            let known_problem = unread_problems.remove(&path);
            let is_to_be_read = again || matches!(status, PathStatus::Outdated);
            let is_as_it_was = known_problem.is_some_and(|known| known.agrees_with(&file.stamp));
            if is_as_it_was && !is_to_be_read {
                writer.note_known_problem();
                continue;
            }
        }
        let item = || Item {
            target: Arc::clone(target),
            path,
            stamp: file.stamp,
        };
        match status {
            PathStatus::Unchanged | PathStatus::Returned(_) if again => plan.outdated.push(item()),
            PathStatus::Unchanged => writer.note_unchanged(),
            PathStatus::Outdated => plan.outdated.push(item()),
            // It is present again once it has been searched.
            PathStatus::Returned(photo_id) if known_photos.is_outdated(photo_id) => {
                plan.outdated.push(item());
            }
            PathStatus::Returned(photo_id) => returned.push(photo_id),
            PathStatus::Changed(number) => plan.changed.push(Changed {
                item: item(),
                number,
            }),
            PathStatus::New => plan.new.push(item()),
        }
    }
    writer.note_walk(photos, other_files);
    // Files below a folder that can't be listed may still exist, and pages of a file that can't be looked at.
    let unreadable = |path: &str| {
        let path = page_path::page_in(path).map_or(path, |(file, _)| file);
        let folders = found.unreadable.iter();
        folders
            .map(|unreadable| target.path_in_root(&unreadable.path))
            .any(|folder| is_at_or_below(path, &folder))
    };
    let is_left_out = covers(&found.left_out, target);
    let mut known_left_out = 0;
    for (path, at_path) in known.iter().filter(|(path, _)| !unreadable(path)) {
        known_left_out += u64::from(is_left_out(path) && known_photos.any_present(at_path));
        known_photos.note_missing(at_path);
    }
    writer.note_left_out(&found.left_out, known_left_out);
    let problems: Vec<FoundProblem> = found
        .unreadable
        .iter()
        .map(|unreadable| problem(target, unreadable))
        .collect();
    for problem in &problems {
        unread_problems.remove(&problem.path);
    }
    let cleared: Vec<String> = unread_problems.into_keys().collect();
    writer.store_comparison(target, &returned, &changed_times, &cleared, &problems)
}

/// Why nothing can be concluded from this walk, if so.
fn unreachable(target: &Target, found: &Discovered, knows_photos: bool) -> Option<String> {
    if let Some(itself) = found.unreadable.iter().find(|place| place.path.is_empty()) {
        return Some(itself.reason.clone());
    }
    let reason = "the folder is empty, though photos of it are known: is its drive plugged in?";
    match found.empty {
        true => knows_photos.then(|| reason.to_owned()),
        // If the folder becomes unreadable during a walk, the walk ends early without an error.
        false => why_lost(&target.folder()),
    }
}

fn problem(target: &Target, unreadable: &Unreadable) -> FoundProblem {
    FoundProblem {
        root_id: target.root_id,
        path: target.path_in_root(&unreadable.path),
        file_size: 0,
        modified_ns: 0,
        reason: unreadable.reason.clone(),
    }
}
