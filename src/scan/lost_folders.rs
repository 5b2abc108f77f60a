//! Folders that became unreadable during a scan: a drive that was disconnected, a network share that was lost, a
//! permission that was revoked. Each is reported once, not once per file.

use std::path::Path;
use std::sync::{Arc, Mutex};

use super::item::Item;
use super::lock::lock;
use super::plan::roots::{Target, is_at_or_below};
use crate::files::path_text;
use crate::library::RootId;

/// A folder that became unreadable.
#[derive(Clone, Debug)]
pub(super) struct LostFolder {
    pub target: Arc<Target>,
    pub path: String,
    pub reason: String,
}

impl LostFolder {
    /// Whether it is the whole folder that was to be scanned, and not a part of it.
    pub(super) fn is_whole_target(&self) -> bool {
        self.path == self.target.below
    }

    pub(super) fn covers(&self, root_id: RootId, path: &str) -> bool {
        self.target.root_id == root_id && is_at_or_below(path, &self.path)
    }
}

/// The folders that the threads of a scan have lost so far.
#[derive(Default)]
pub(super) struct LostFolders(Mutex<Vec<LostFolder>>);

/// Why a file could not be read.
pub(super) enum Loss {
    /// Only this file could not be read.
    OfThisFile,
    /// A folder around it is gone, and has not been reported yet.
    New(LostFolder),
    Known,
}

impl LostFolders {
    pub(super) fn contain(&self, item: &Item) -> bool {
        let lost = lock(&self.0);
        lost.iter()
            .any(|folder| folder.covers(item.target.root_id, &item.path))
    }

    /// Checks the folders around a file that could not be read.
    pub(super) fn check_around(&self, item: &Item) -> Loss {
        if self.contain(item) {
            return Loss::Known;
        }
        let Some(folder) = lost_around(item) else {
            return Loss::OfThisFile;
        };
        if self.contain(item) {
            return Loss::Known;
        }
        lock(&self.0).push(folder.clone());
        Loss::New(folder)
    }

    pub(super) fn all(&self) -> Vec<LostFolder> {
        lock(&self.0).clone()
    }
}

/// The outermost folder around a file that can't be listed any more.
fn lost_around(item: &Item) -> Option<LostFolder> {
    let found = |path: &str, reason| LostFolder {
        target: Arc::clone(&item.target),
        path: path.to_owned(),
        reason,
    };
    if let Some(reason) = why_lost(&item.target.folder()) {
        return Some(found(&item.target.below, reason));
    }
    let ends = item
        .path
        .match_indices('/')
        .map(|(end, _)| &item.path[..end]);
    let mut below = ends.filter(|path| path.len() > item.target.below.len());
    below.find_map(|path| {
        let error = path_text::path_below(&item.target.root, path)
            .read_dir()
            .err()?;
        Some(found(path, format!("can't be read: {error}")))
    })
}

/// Why a folder that contained something can't be read any more. Where a drive was mounted, an empty folder remains.
pub(super) fn why_lost(folder: &Path) -> Option<String> {
    let listed = folder.read_dir().map(|mut entries| entries.next());
    let why = match listed {
        Ok(Some(Ok(_))) => return None,
        Ok(None) => "it is empty now".to_owned(),
        Ok(Some(Err(error))) | Err(error) => error.to_string(),
    };
    Some(format!(
        "the folder went away during the scan ({why}): is its drive plugged in? Scan it again when it is back"
    ))
}
