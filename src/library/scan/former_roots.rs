//! Where scanned folders were before a scan found their photos elsewhere.
//!
//! A folder that is gone may be a drive that is not plugged in, and the photos that were found elsewhere a backup of it.
//! When the folder is back, its photos return there (`scan/plan/moved_roots.rs`).

use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension as _, Transaction};
use serde::{Deserialize, Serialize};

use super::RootMove;
use crate::files::path_text;
use crate::library::{Library, LibraryError, RootId, settings};

/// The setting that stores them.
const KEY: &str = "former_roots";
/// The latest ones that are remembered.
const MAX_FORMER_ROOTS: usize = 100;

/// A folder whose photos were found elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerRoot {
    /// Where it was.
    pub path: PathBuf,
    /// The root that its photos are in now.
    pub to: RootId,
    /// From the root `to` to the folder, with `/`; empty for the root itself.
    pub below: String,
}

/// Its stored form.
#[derive(Serialize, Deserialize)]
struct Stored {
    path: String,
    to: i64,
    below: String,
}

impl Library {
    /// The folders whose photos a scan has found elsewhere, where they still are; the latest last.
    pub fn former_roots(&self) -> Result<Vec<FormerRoot>, LibraryError> {
        let roots = self.roots()?;
        let former = parsed(self.setting(KEY)?);
        Ok(former
            .into_iter()
            .filter(|former| roots.iter().any(|root| root.root_id == former.to))
            .collect())
    }

    /// Remembers that a folder's photos were found elsewhere.
    pub fn remember_former_root(&mut self, former: FormerRoot) -> Result<(), LibraryError> {
        let tx = self.write()?;
        let mut known = read(&tx)?;
        known.retain(|other| other.path != former.path);
        known.push(former);
        write(&tx, &known)?;
        Ok(tx.commit()?)
    }

    /// The folder is back, or is no longer expected.
    pub fn forget_former_root(&mut self, path: &Path) -> Result<(), LibraryError> {
        let tx = self.write()?;
        let mut known = read(&tx)?;
        known.retain(|other| other.path != path);
        write(&tx, &known)?;
        Ok(tx.commit()?)
    }
}

/// Roots move: what was in one of them before is in its new place. A folder that moves to where it came from is not away.
pub(super) fn follow_moves(tx: &Transaction<'_>, moves: &[RootMove]) -> Result<(), LibraryError> {
    let mut known = read(tx)?;
    if known.is_empty() {
        return Ok(());
    }
    for moved in moves {
        let root: Option<String> = tx
            .prepare_cached("SELECT path FROM root WHERE root_id = ?1")?
            .query_row([moved.to], |row| row.get(0))
            .optional()?;
        let to = root.map(|root| path_text::path_below(&path_text::path_of(&root), &moved.below));
        for former in known.iter_mut().filter(|former| former.to == moved.from) {
            former.to = moved.to;
            former.below = path_text::joined(&moved.below, &former.below);
        }
        known.retain(|former| Some(&former.path) != to.as_ref());
    }
    write(tx, &known)
}

fn read(tx: &Transaction<'_>) -> Result<Vec<FormerRoot>, LibraryError> {
    Ok(parsed(settings::read(tx, KEY)?))
}

/// What cannot be read is nothing to be remembered: copies of photos are found as copies then.
fn parsed(stored: Option<String>) -> Vec<FormerRoot> {
    let stored = stored.and_then(|text| serde_json::from_str::<Vec<Stored>>(&text).ok());
    let former = stored.unwrap_or_default().into_iter();
    former
        .map(|stored| FormerRoot {
            path: path_text::path_of(&stored.path),
            to: RootId(stored.to),
            below: stored.below,
        })
        .collect()
}

fn write(tx: &Transaction<'_>, former: &[FormerRoot]) -> Result<(), LibraryError> {
    let latest = &former[former.len().saturating_sub(MAX_FORMER_ROOTS)..];
    let stored: Vec<Stored> = latest
        .iter()
        .map(|former| Stored {
            path: path_text::text_of_whole(&former.path),
            to: former.to.0,
            below: former.below.clone(),
        })
        .collect();
    settings::write(tx, KEY, Some(&serde_json::to_string(&stored)?))
}
