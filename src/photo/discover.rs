//! Walks a folder for photos, always in the same order.
//!
//! - Files that are not photos of the user are left out and listed, with the reason ([`super::exclusion_rules`]). The given folder
//!   itself is always walked.
//! - A symbolic link is followed only if its target is outside this folder and all other scanned folders. A link into them
//!   would only show the same photos twice, or never end.
//! - Files with a photo's extension are taken without being opened. All others are checked by their first bytes, so that a
//!   photo without an extension is found. Files that are not photos are counted by kind.
//! - A folder that can't be listed is reported, and the known photos below it must not be marked as vanished.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::FileStamp;
use super::exclusion_rules::{LeftOut, Rules, Why};
use super::file_kind::{
    FileKind, HEAD, KindByName, extension_of, is_video, kind_by_content, kind_by_name,
};
use super::pairs::{LIVE_PHOTO_FILM, VIDEO, films_of_photos};
use crate::files::path_text;

/// A file that is a photo, by content or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    /// Relative to the walked folder, as [`path_text::text_of`] writes it.
    pub path: String,
    pub stamp: FileStamp,
}

/// A file or folder that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Relative to the walked folder, as [`path_text::text_of`] writes it. Empty for the folder itself.
    pub path: String,
    pub reason: String,
}

/// The result of a walk, in path order.
#[derive(Debug, Default)]
pub struct Discovered {
    pub files: Vec<FoundFile>,
    /// Numbers of files that are not photos, by extension in lower case (`no extension` where there is none).
    pub other_files: BTreeMap<String, u64>,
    pub unreadable: Vec<Unreadable>,
    /// Folders that were not walked, and files with a photo's extension that were skipped.
    pub left_out: Vec<LeftOut>,
    /// Videos, with paths like those of `files`.
    videos: Vec<String>,
    /// The folder contains nothing, not even a hidden file: its drive may not be connected.
    pub empty: bool,
    /// The caller stopped the walk.
    pub stopped: bool,
}

/// Walks `root` for photos. `others` are folders that are scanned separately, `rules` say what is left out. `watch` is told
/// after each entry how many photos were found so far, and may stop the walk.
pub fn discover(
    root: &Path,
    others: &[PathBuf],
    rules: &Rules,
    mut watch: impl FnMut(usize) -> ControlFlow<()>,
) -> Discovered {
    let mut found = Discovered {
        empty: true,
        ..Discovered::default()
    };
    let mut links = Links::new(root, others);
    let mut walk = WalkDir::new(root)
        .follow_links(true)
        .sort_by(|a, b| a.file_name().cmp(b.file_name()))
        .into_iter();
    while let Some(entry) = walk.next() {
        match entry {
            Ok(entry) if entry.depth() == 0 => {}
            Ok(entry) => {
                found.empty = false;
                let is_folder = entry.file_type().is_dir();
                if let Some(why) =
                    rules.why_left_out(entry.path(), is_folder, &|| has_hidden_attribute(&entry))
                {
                    found.leave_out(root, &entry, why);
                    if is_folder {
                        walk.skip_current_dir();
                    }
                } else if links.lead_out(&entry) {
                    if !is_folder {
                        found.look_at(root, &entry);
                    }
                } else if is_folder {
                    walk.skip_current_dir();
                }
            }
            Err(error) => {
                found.empty &= error.depth() == 0;
                found.note_error(root, &error);
            }
        }
        if watch(found.files.len()).is_break() {
            found.stopped = true;
            break;
        }
    }
    found.count_videos();
    found
}

impl Discovered {
    fn look_at(&mut self, root: &Path, entry: &DirEntry) {
        let path = text_below(root, entry.path());
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            Err(error) => return self.note_error(root, &error),
        };
        // Opening a pipe would wait for a writer for ever.
        let kind = if metadata.is_file() {
            kind_of(entry.path())
        } else {
            Ok(Kind::Other("no file".to_owned()))
        };
        match kind {
            Ok(Kind::Photo) => self.files.push(FoundFile {
                path,
                stamp: FileStamp::of(&metadata),
            }),
            Ok(Kind::Other(kind)) if kind == VIDEO => self.videos.push(path),
            Ok(Kind::Other(kind)) => *self.other_files.entry(kind).or_default() += 1,
            Err(error) => {
                let reason = format!("can't be read: {error}");
                self.cannot_look(root, entry.path(), reason);
            }
        }
    }

    /// Those of Live Photos belong to a photo.
    fn count_videos(&mut self) {
        if self.videos.is_empty() {
            return;
        }
        let files: Vec<&str> = self.files.iter().map(|file| file.path.as_str()).collect();
        let films = films_of_photos(&files, &self.videos);
        let videos = self.videos.len() as u64 - films;
        for (kind, count) in [(VIDEO, videos), (LIVE_PHOTO_FILM, films)] {
            if count > 0 {
                *self.other_files.entry(kind.to_owned()).or_default() += count;
            }
        }
        self.videos = Vec::new();
    }

    fn note_error(&mut self, root: &Path, error: &walkdir::Error) {
        // A link to a folder that contains it: everything below is found without the link.
        if error.loop_ancestor().is_some() {
            return;
        }
        let reason = match error.io_error() {
            Some(source) => format!("can't be read: {source}"),
            None => error.to_string(),
        };
        self.cannot_look(root, error.path().unwrap_or(root), reason);
    }

    fn cannot_look(&mut self, root: &Path, path: &Path, reason: String) {
        self.unreadable.push(Unreadable {
            path: text_below(root, path),
            reason,
        });
    }

    /// Notes a folder, or a file that is a photo by its name; others would not have been taken anyway.
    fn leave_out(&mut self, root: &Path, entry: &DirEntry, why: Why) {
        let is_folder = entry.file_type().is_dir();
        let extension = extension_of(entry.path());
        if is_folder || matches!(kind_by_name(&extension), KindByName::Photo) {
            self.left_out.push(LeftOut {
                path: text_below(root, entry.path()),
                is_folder,
                why,
            });
        }
    }
}

enum Kind {
    Photo,
    /// The kind under which it is counted.
    Other(String),
}

fn kind_of(path: &Path) -> io::Result<Kind> {
    let extension = extension_of(path);
    let inside = match kind_by_name(&extension) {
        KindByName::Photo => return Ok(Kind::Photo),
        KindByName::Skip => FileKind::Other,
        KindByName::LookInside | KindByName::Video => kind_by_content(&head(path)?),
    };
    Ok(match inside {
        FileKind::Photo(_) => Kind::Photo,
        FileKind::NotYetReadable(kind) => Kind::Other(kind.to_owned()),
        FileKind::Other if is_video(&extension) => Kind::Other(VIDEO.to_owned()),
        FileKind::Other if extension.is_empty() => Kind::Other("no extension".to_owned()),
        FileKind::Other => Kind::Other(extension),
    })
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    File::open(path)?.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn text_below(root: &Path, path: &Path) -> String {
    path_text::text_of(path.strip_prefix(root).unwrap_or(path))
}

#[cfg(windows)]
fn has_hidden_attribute(entry: &DirEntry) -> bool {
    use std::os::windows::fs::MetadataExt as _;
    // FILE_ATTRIBUTE_HIDDEN and FILE_ATTRIBUTE_SYSTEM of the Windows API.
    entry
        .metadata()
        .is_ok_and(|data| data.file_attributes() & (0x2 | 0x4) != 0)
}

#[cfg(not(windows))]
fn has_hidden_attribute(_: &DirEntry) -> bool {
    false
}

/// Decides which symbolic links are followed.
struct Links {
    root: PathBuf,
    /// The other scanned folders, and places outside the root that a followed link led to.
    visited: HashSet<PathBuf>,
}

impl Links {
    fn new(root: &Path, others: &[PathBuf]) -> Self {
        Self {
            root: root.canonicalize().unwrap_or_else(|_| root.to_path_buf()),
            visited: others.iter().cloned().collect(),
        }
    }

    /// True for anything that is not a link, and for the first link to a place outside the root and outside all places
    /// of other links.
    fn lead_out(&mut self, entry: &DirEntry) -> bool {
        if !entry.path_is_symlink() {
            return true;
        }
        let Ok(target) = entry.path().canonicalize() else {
            return true;
        };
        let is_inside = target.starts_with(&self.root)
            || self.visited.iter().any(|place| target.starts_with(place));
        // A link to a folder around the root would walk the root again.
        let is_around = self.root.starts_with(&target);
        !is_inside && !is_around && self.visited.insert(target)
    }
}
