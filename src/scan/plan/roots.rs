//! Finds the root of the library that each folder to scan belongs to.
//!
//! Invariant: no reachable root lies inside another one, so a photo belongs to one root only. A folder inside a known
//! root is scanned as a part of that root; a folder around known roots absorbs them.

use std::path::{Path, PathBuf};

use crate::files::path_text;
use crate::library::{Library, LibraryError, RootId, RootRow};
use crate::photo::normal_root;
use crate::scan::{ScanError, UnreachableFolder};

/// A folder to scan: a root or a folder below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub root_id: RootId,
    pub root: PathBuf,
    /// Path from the root to the folder to walk, with `/`; empty for the whole root.
    pub below: String,
    /// The other roots of the library.
    pub others: Vec<PathBuf>,
}

impl Target {
    /// A whole root; links into other roots are not looked for.
    pub(crate) fn whole(root_id: RootId, root: PathBuf) -> Target {
        Target {
            root_id,
            root,
            below: String::new(),
            others: Vec::new(),
        }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        match self.below.as_str() {
            // Joining an empty path would append a separator.
            "" => self.root.clone(),
            below => path_text::path_below(&self.root, below),
        }
    }

    /// Converts a path relative to the walked folder to one relative to the root.
    pub(crate) fn path_in_root(&self, path: &str) -> String {
        path_text::joined(&self.below, path)
    }

    /// Whether a path relative to the root is in the walked folder.
    pub(crate) fn covers(&self, path: &str) -> bool {
        is_at_or_below(path, &self.below)
    }
}

/// Whether `path` is `folder` or below it. Everything is below the empty folder.
pub(crate) fn is_at_or_below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Finds or adds the root of each folder. Folders that can't be reached are added to `unreachable`; folders inside
/// another given folder are dropped.
pub(crate) fn resolve(
    library: &mut Library,
    folders: &[PathBuf],
    unreachable: &mut Vec<UnreachableFolder>,
) -> Result<Vec<Target>, ScanError> {
    let mut wanted = Vec::new();
    for folder in folders {
        match normal_root(folder) {
            Ok(folder) => wanted.push(folder),
            Err(error) => unreachable.push(UnreachableFolder {
                path: folder.to_string_lossy().into_owned(),
                reason: error.reason(),
            }),
        }
    }
    // Outer folders come before inner ones, so they become the roots of the inner ones.
    wanted.sort();
    wanted.dedup();
    let mut covered: Vec<PathBuf> = Vec::new();
    wanted.retain(|folder| {
        let is_covered = covered.iter().any(|outer| folder.starts_with(outer));
        covered.push(folder.clone());
        !is_covered
    });
    let mut targets = Vec::new();
    for folder in wanted {
        let (root_id, root) = match outer_root(library, &folder)? {
            Some(outer) => (outer.root_id, outer.path),
            None => (library.add_root(&folder)?, folder.clone()),
        };
        let Some(below) = path_below(&root, &folder) else {
            continue;
        };
        absorb_inner_roots(library, root_id, &root)?;
        targets.push((root_id, root, below));
    }
    let roots = library.roots()?;
    let others = |root_id| {
        let others = roots.iter().filter(|other| other.root_id != root_id);
        others.map(|other| other.path.clone()).collect()
    };
    Ok(targets
        .into_iter()
        .map(|(root_id, root, below)| Target {
            others: others(root_id),
            root_id,
            root,
            below,
        })
        .collect())
}

/// The known root that is the folder or lies around it.
pub(crate) fn outer_root(
    library: &Library,
    folder: &Path,
) -> Result<Option<RootRow>, LibraryError> {
    let roots = library.roots()?;
    Ok(roots
        .into_iter()
        .find(|root| folder.starts_with(&root.path)))
}

fn absorb_inner_roots(
    library: &mut Library,
    outer: RootId,
    outer_path: &Path,
) -> Result<(), ScanError> {
    for inner in library.roots()? {
        // A root that isn't reachable (its drive isn't connected) keeps its photos.
        let is_inside = inner.root_id != outer && normal_root(&inner.path).is_ok();
        if let Some(below) = path_below(outer_path, &inner.path).filter(|_| is_inside) {
            tracing::info!("{:?} is now a part of {outer_path:?}", inner.path);
            library.absorb_root(inner.root_id, outer, &below)?;
        }
    }
    Ok(())
}

/// Path from one folder to another one inside it, with `/`.
pub(crate) fn path_below(outer: &Path, inner: &Path) -> Option<String> {
    Some(path_text::text_of(inner.strip_prefix(outer).ok()?))
}
