//! What a scan leaves out: the user's patterns, kept in the library, and the list with the reasons.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;

use serde::Serialize;

use super::plan::roots::Target;
use super::{ScanControl, ScanError};
use crate::files::path_text;
use crate::library::{Library, LibraryError, RootRow};
use crate::photo::{self, LeftOut, Patterns, Rules, Why, discover, normal_root};

/// The setting that keeps a library's patterns, as JSON of [`Patterns`].
const PATTERNS: &str = "scan_patterns";

/// The patterns of a library; none where there are none that can be read.
pub fn patterns(library: &Library) -> Result<Patterns, LibraryError> {
    let Some(kept) = library.setting(PATTERNS)? else {
        return Ok(Patterns::default());
    };
    Ok(serde_json::from_str(&kept).unwrap_or_else(|error| {
        tracing::warn!("the patterns kept in this library can't be read and are not used: {error}");
        Patterns::default()
    }))
}

/// Keeps the patterns for all later scans of this library, in the window too.
pub fn keep_patterns(library: &mut Library, patterns: &Patterns) -> Result<(), ScanError> {
    let kept = serde_json::to_string(patterns).map_err(crate::library::LibraryError::from)?;
    Ok(library.set_setting(PATTERNS, Some(&kept))?)
}

/// A folder or photo that a scan leaves out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOutRow {
    pub path: PathBuf,
    pub is_folder: bool,
    pub why: Why,
}

/// What a scan does not take, beside the photos.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOutList {
    /// In path order.
    pub rows: Vec<LeftOutRow>,
    /// Numbers of files that are no photos of their own, by kind: videos, a raw file beside its JPEG …
    pub other_files: BTreeMap<String, u64>,
}

/// All that a scan of these folders leaves out, in path order; `roots` are the library's. Nothing is read but folders, and
/// nothing is kept.
///
/// # Errors
/// A folder that can't be reached, or a pattern that can't be understood.
pub fn list_left_out(
    folders: &[PathBuf],
    roots: &[RootRow],
    patterns: &Patterns,
    control: &ScanControl,
) -> Result<Vec<LeftOutRow>, ScanError> {
    Ok(look_at_left_out(folders, roots, patterns, control)?.rows)
}

/// As [`list_left_out`], with the files that are only counted.
pub fn look_at_left_out(
    folders: &[PathBuf],
    roots: &[RootRow],
    patterns: &Patterns,
    control: &ScanControl,
) -> Result<LeftOutList, ScanError> {
    let mut list = LeftOutList::default();
    for folder in folders {
        let folder = normal_root(folder)?;
        // Patterns are paths from the root on.
        let mut around = roots.iter().filter(|root| folder.starts_with(&root.path));
        let root = around.next().map_or(&folder, |root| &root.path);
        let rules = Rules::new(root, patterns)?;
        let found = discover(&folder, &[], &rules, |_| match control.may_go_on() {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        });
        for (kind, count) in found.other_files {
            *list.other_files.entry(kind).or_default() += count;
        }
        let paths: Vec<&str> = found.files.iter().map(|file| file.path.as_str()).collect();
        for pair in photo::left_out(&paths).into_values() {
            *list.other_files.entry(pair.kind.to_owned()).or_default() += 1;
        }
        let rows = found.left_out.into_iter().map(|left_out| LeftOutRow {
            path: path_text::path_below(&folder, &left_out.path),
            is_folder: left_out.is_folder,
            why: left_out.why,
        });
        list.rows.extend(rows);
    }
    Ok(list)
}

/// Whether a path of a root lies in something that was left out of the walk of `target`.
pub(super) fn covers(left_out: &[LeftOut], target: &Target) -> impl Fn(&str) -> bool {
    let places: std::collections::HashSet<String> = left_out
        .iter()
        .map(|left_out| target.path_in_root(&left_out.path))
        .collect();
    move |path: &str| {
        let ends = path.match_indices('/').map(|(end, _)| &path[..end]);
        ends.chain([path]).any(|place| places.contains(place))
    }
}
