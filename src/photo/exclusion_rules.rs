//! What is no photo of the user's: snapshots and recycle bins of servers and systems, thumbnails, what other programs
//! make of the photos in their own libraries, exported albums, folders marked `.nomedia`, hidden files, and what the user
//! excludes.
//!
//! Names that systems give are known by the whole name. What other programs keep is known by the structure of their
//! libraries, so that an ordinary folder called `Previews` or `snapshot` is walked. Sources: the manuals of Synology DSM
//! (`#recycle`, `#snapshot`, `@eaDir`), QNAP QTS (`@Recycle`, `@Recently-Snapshot`, `.@__thumb`), ZFS (`.zfs`), NetApp
//! ONTAP (`.snapshot`, `~snapshot`), Samba `shadow_copy2` (`@GMT-…`), the freedesktop.org trash (`.Trash-$uid`).

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};
use serde::{Deserialize, Serialize};

use crate::files::path_text;
use crate::text::search_key;

/// The file by which an export marks the folder that it wrote albums to.
pub const ALBUM_MANIFEST: &str = ".kinfolk-album.json";

/// The file by which Android and cameras mark folders without photos of the user's.
const NO_MEDIA: &str = ".nomedia";

/// Longest pattern, in bytes, and most patterns of a library: more than anybody types.
const MAX_PATTERN_BYTES: usize = 1000;
const MAX_PATTERNS: usize = 1000;

/// Why something is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// By a pattern of the user's.
    Excluded,
    /// A former state of the photos, kept by a server.
    Snapshots,
    RecycleBin,
    Thumbnails,
    /// Of a system or a server itself.
    System,
    /// Pictures that another program made of the photos in its library.
    OtherProgram,
    ExportedAlbums,
    NoMedia,
    Hidden,
}

impl Why {
    /// "2 snapshots", "1 exported album", "3 hidden": so many folders and files.
    pub fn counted(self, count: u64) -> String {
        match (self, count) {
            (Why::Snapshots, 1) => "1 snapshot".to_owned(),
            (Why::RecycleBin, 2..) => format!("{count} recycle bins"),
            (Why::ExportedAlbums, 1) => "1 exported album".to_owned(),
            (Why::Thumbnails, 1) => "1 folder of thumbnails".to_owned(),
            (Why::Thumbnails, _) => format!("{count} folders of thumbnails"),
            (Why::OtherProgram, 2..) => {
                format!("{count} made by other programs in their libraries")
            }
            _ => format!("{count} {self}"),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::Excluded => "excluded by you",
            Why::Snapshots => "snapshots",
            Why::RecycleBin => "recycle bin",
            Why::Thumbnails => "thumbnails",
            Why::System => "of the system",
            Why::OtherProgram => "made by another program in its library",
            Why::ExportedAlbums => "exported albums",
            Why::NoMedia => "marked .nomedia",
            Why::Hidden => "hidden",
        })
    }
}

/// A folder that was not walked, or a photo by name that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Relative to the walked folder, as [`path_text::text_of`] writes it.
    pub path: String,
    pub is_folder: bool,
    pub why: Why,
}

/// A user's patterns. Without `/` a pattern means a name at any depth, with `/` a path from the scanned folder on, with
/// `/` in front the same or a whole path. `*` and `?` stop at a `/`, `**` does not; case does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Patterns {
    /// Folders and files to leave out.
    pub exclude: Vec<String>,
    /// Folders and files to take though they would be left out.
    pub include: Vec<String>,
}

/// A pattern that can't be kept.
#[derive(Debug, thiserror::Error)]
pub enum PatternError {
    #[error(
        "the pattern {pattern:?} means nothing: give a name or a path such as \"Screenshots\" or \"2019/**/*.png\""
    )]
    Empty { pattern: String },
    #[error("the pattern {pattern:?} can't be understood ({reason}): write [[] for a bracket")]
    Syntax {
        pattern: String,
        reason: &'static str,
    },
    #[error("a pattern may have {MAX_PATTERN_BYTES} bytes, and a library {MAX_PATTERNS} patterns")]
    TooMany,
}

impl Patterns {
    /// Adds a pattern of what to leave out, or takes one back that included the same.
    pub fn add_exclude(&mut self, pattern: &str) -> Result<(), PatternError> {
        Self::add(pattern, &mut self.exclude, &mut self.include)
    }

    /// Adds a pattern of what to take, or takes one back that excluded the same.
    pub fn add_include(&mut self, pattern: &str) -> Result<(), PatternError> {
        Self::add(pattern, &mut self.include, &mut self.exclude)
    }

    /// What a person may not have meant by a pattern, and what does it; `None` for most.
    pub fn hint(pattern: &str, is_include: bool) -> Option<String> {
        let literal = pattern.replace("[[]", "").replace("[]]", "");
        if literal.contains('[') {
            let escaped = Pattern::escape(pattern);
            return Some(format!(
                "in {pattern:?} the brackets stand for one of the letters in them: write {escaped:?} for a name with brackets"
            ));
        }
        let inside = pattern.trim_matches('/').rsplit_once('/');
        let mut folders = inside
            .iter()
            .filter(|_| is_include)
            .flat_map(|(folders, _)| folders.split('/'));
        let left_out = folders.find(|folder| {
            let name = folder.to_lowercase();
            system_folder(&name).is_some()
                || (name.starts_with('.') && name.len() > 1 && name != "..")
        })?;
        Some(format!(
            "{pattern:?} takes nothing, since the folder {left_out:?} around it is left out as a whole: include \
             {left_out:?} itself, and exclude what you do not want of it"
        ))
    }

    fn add(
        pattern: &str,
        to: &mut Vec<String>,
        from: &mut Vec<String>,
    ) -> Result<(), PatternError> {
        // A pattern that can't be compiled is never kept.
        Globs::new(std::slice::from_ref(&pattern.to_owned()))?;
        let is_same = |known: &String| known.to_lowercase() == pattern.to_lowercase();
        let former = from.len();
        from.retain(|known| !is_same(known));
        if from.len() == former && !to.iter().any(is_same) {
            if to.len() >= MAX_PATTERNS {
                return Err(PatternError::TooMany);
            }
            to.push(pattern.to_owned());
        }
        Ok(())
    }
}

/// Patterns, compiled. They are matched composed, since one system types `é` as a letter and another stores it as `e` with
/// an accent.
#[derive(Clone, Debug, Default)]
struct Globs {
    names: Vec<Pattern>,
    paths: Vec<Pattern>,
}

/// `*` and `?` stop at a `/`, and mean a dot in front as any letter.
const HOW: MatchOptions = MatchOptions {
    case_sensitive: false,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

impl Globs {
    fn new(patterns: &[String]) -> Result<Globs, PatternError> {
        let mut globs = Globs::default();
        for pattern in patterns {
            if pattern.len() > MAX_PATTERN_BYTES {
                return Err(PatternError::TooMany);
            }
            let plain = pattern.trim_end_matches('/');
            if plain.trim_matches(['/', '*', '.', ' ']).is_empty() {
                return Err(PatternError::Empty {
                    pattern: pattern.clone(),
                });
            }
            let glob = |text: &str| {
                Pattern::new(&compared(text)).map_err(|error| PatternError::Syntax {
                    pattern: pattern.clone(),
                    reason: error.msg,
                })
            };
            if plain.starts_with('/') || Path::new(plain).is_absolute() {
                // As a whole path, and as one from the scanned folder on.
                globs.paths.push(glob(plain)?);
                globs.paths.push(glob(plain.trim_start_matches('/'))?);
            } else if plain.contains('/') {
                globs.paths.push(glob(plain.trim_start_matches("./"))?);
            } else {
                globs.names.push(glob(plain)?);
            }
        }
        Ok(globs)
    }

    /// Whether `path`, which is `inside` the root, is meant.
    fn mean(&self, inside: &Path, path: &Path) -> bool {
        let any = |patterns: &[Pattern], text: &dyn Fn() -> String| {
            !patterns.is_empty() && {
                let text = text();
                patterns
                    .iter()
                    .any(|pattern| pattern.matches_with(&text, HOW))
            }
        };
        let name = || {
            path.file_name()
                .map(|name| compared(&name.to_string_lossy()))
        };
        any(&self.names, &|| name().unwrap_or_default())
            || any(&self.paths, &|| compared(&inside.to_string_lossy()))
            || any(&self.paths, &|| compared(&path.to_string_lossy()))
    }
}

/// Composed, in lower case and with `/`.
fn compared(text: &str) -> String {
    let text = search_key(text);
    if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text
    }
}

/// What is left out of one root.
#[derive(Clone, Debug)]
pub struct Rules {
    root: PathBuf,
    exclude: Globs,
    include: Globs,
}

impl Rules {
    /// The rules for what lies in `root`, with a user's patterns.
    ///
    /// # Errors
    /// A pattern that can't be understood.
    pub fn new(root: &Path, patterns: &Patterns) -> Result<Rules, PatternError> {
        Ok(Rules {
            root: root.to_owned(),
            exclude: Globs::new(&patterns.exclude)?,
            include: Globs::new(&patterns.include)?,
        })
    }

    /// The rules without patterns of the user's.
    pub fn by_default(root: &Path) -> Rules {
        Rules {
            root: root.to_owned(),
            exclude: Globs::default(),
            include: Globs::default(),
        }
    }

    /// Why a folder is not to be walked, or a file not to be taken; `is_marked_hidden` asks the system.
    pub(super) fn why_left_out(
        &self,
        path: &Path,
        is_folder: bool,
        is_marked_hidden: &dyn Fn() -> bool,
    ) -> Option<Why> {
        let inside = path.strip_prefix(&self.root).unwrap_or(path);
        if self.include.mean(inside, path) {
            return None;
        }
        if self.exclude.mean(inside, path) {
            return Some(Why::Excluded);
        }
        let name = path.file_name().map(lower).unwrap_or_default();
        let by_name = if is_folder {
            system_folder(&name).or_else(|| in_other_library(path, &name))
        } else {
            None
        };
        if by_name.is_some() {
            return by_name;
        }
        if name.starts_with('.') || is_marked_hidden() {
            return Some(Why::Hidden);
        }
        if !is_folder {
            return None;
        }
        if path.join(ALBUM_MANIFEST).is_file() {
            return Some(Why::ExportedAlbums);
        }
        path.join(NO_MEDIA).is_file().then_some(Why::NoMedia)
    }
}

fn lower(name: &OsStr) -> String {
    name.to_string_lossy().to_lowercase()
}

/// Folders that systems and servers keep for themselves, by their lower-case names.
fn system_folder(name: &str) -> Option<Why> {
    let why = match name {
        "#snapshot" | "@snapshot" | "@recently-snapshot" | ".snapshot" | ".snapshots"
        | "~snapshot" | ".zfs" | ".ckpt" | ".stversions" => Why::Snapshots,
        "#recycle"
        | "@recycle"
        | "$recycle.bin"
        | ".recycle"
        | ".recycler"
        | ".trash"
        | ".trashes"
        | ".dtrash"
        | "network trash folder" => Why::RecycleBin,
        "@eadir" | ".thumbnails" | ".thumbs" | ".@__thumb" | "@__thumb" | "@synothumb" => {
            Why::Thumbnails
        }
        "system volume information" | "__macosx" | "lost+found" | "@tmp" | "#tmp" => Why::System,
        _ if name.starts_with("@gmt-") => Why::Snapshots,
        _ if name.starts_with(".trash-") => Why::RecycleBin,
        _ => return None,
    };
    Some(why)
}

/// The folders of an Apple library that hold the photos themselves.
const APPLE_ORIGINALS: [&str; 2] = ["originals", "masters"];
/// Extensions of the packages of Apple Photos, iPhoto and Aperture.
const APPLE_PACKAGES: [&str; 5] = [
    "photoslibrary",
    "photolibrary",
    "aplibrary",
    "migratedphotolibrary",
    "migratedaplibrary",
];
/// What lies in every one of these packages; a folder of that ending without them is an ordinary one.
const APPLE_MARKS: [&str; 9] = [
    "database",
    "Database",
    "originals",
    "Originals",
    "Masters",
    "resources",
    "Previews",
    "Thumbnails",
    "Info.plist",
];
/// Files that only a library of iPhoto has, also where it is a plain folder (before iPhoto 9.3).
const IPHOTO_MARKS: [&str; 4] = [
    "AlbumData.xml",
    "Library.iPhoto",
    "Library6.iPhoto",
    "iPhotoMain.db",
];
/// What iPhoto makes of the photos.
const IPHOTO_DERIVED: [&str; 9] = [
    "data",
    "data.noindex",
    "modified",
    "previews",
    "thumbnails",
    "caches",
    "contents",
    "ipod photo cache",
    "apple tv photo cache",
];
/// What the folders of Immich and Nextcloud hold beside the photos.
const IMMICH_DERIVED: [&str; 4] = ["thumbs", "encoded-video", "profile", "backups"];
const NEXTCLOUD_DERIVED: [&str; 4] = ["files_trashbin", "files_versions", "thumbnails", "cache"];

/// Whether the folder holds what another program made of the photos in its library.
fn in_other_library(path: &Path, name: &str) -> Option<Why> {
    let parent = path.parent()?;
    let has = |file: &&str| parent.join(file).exists();
    let derived = match extension(parent).as_str() {
        kind if APPLE_PACKAGES.contains(&kind) => {
            !APPLE_ORIGINALS.contains(&name) && APPLE_MARKS.iter().any(&has)
        }
        _ if IPHOTO_DERIVED.contains(&name) => IPHOTO_MARKS.iter().any(&has),
        _ => false,
    };
    let is_program_s = derived
        || is_of_lightroom(path, name)
        || is_of_capture_one(parent, name)
        || (IMMICH_DERIVED.contains(&name) && path.join(".immich").is_file());
    if is_program_s {
        return Some(Why::OtherProgram);
    }
    let is_of_nextcloud = NEXTCLOUD_DERIVED.contains(&name)
        && has(&"files")
        && (has(&"files_trashbin") || has(&"files_versions"));
    match (is_of_nextcloud, name) {
        (false, _) => None,
        (true, "files_trashbin") => Some(Why::RecycleBin),
        (true, "files_versions") => Some(Why::Snapshots),
        (true, _) => Some(Why::OtherProgram),
    }
}

/// Lightroom Classic keeps previews in packages ending in `.lrdata` (but for "Mobile Downloads.lrdata", which holds
/// photos); Lightroom keeps originals and renditions in one ending in `.lrlibrary`.
fn is_of_lightroom(path: &Path, name: &str) -> bool {
    let is_package = name.ends_with(".lrdata") && name != "mobile downloads.lrdata";
    let in_library = || {
        let mut around = path.ancestors().skip(1);
        around.any(|folder| extension(folder) == "lrlibrary")
    };
    let is_derived = matches!(
        name,
        "previews" | "smart previews" | "smart-previews" | "proxies" | "cache" | "thumbnails"
    );
    is_package || (is_derived && in_library())
}

/// Capture One keeps proxies and thumbnails in `CaptureOne/Cache` beside the photos, or in its catalog.
fn is_of_capture_one(parent: &Path, name: &str) -> bool {
    let beside = || {
        parent
            .file_name()
            .is_some_and(|of| lower(of) == "captureone")
    };
    name == "cache" && (beside() || extension(parent) == "cocatalog")
}

fn extension(path: &Path) -> String {
    path.extension().map(lower).unwrap_or_default()
}

impl LeftOut {
    /// [`LeftOut::path`] to be read: `�` for what is not Unicode.
    pub fn shown_path(&self) -> std::borrow::Cow<'_, str> {
        path_text::shown_text(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_do_nothing_have_a_hint() {
        for (pattern, is_include, cure) in [
            ("[1]", false, Some("[[]1[]]")),
            ("2019/[old]", true, Some("2019/[[]old[]]")),
            ("#recycle/*", true, Some("include \"#recycle\"")),
            ("/nas/#Recycle/2019/**", true, Some("include \"#Recycle\"")),
            ("photos/.hidden/*.jpg", true, Some("include \".hidden\"")),
            ("#recycle", true, None),
            ("#recycle/*", false, None),
            ("[[]1[]]", false, None),
            ("2019/**/raw", true, None),
            ("./Screenshots", true, None),
        ] {
            let hint = Patterns::hint(pattern, is_include);
            match (cure, &hint) {
                (Some(cure), Some(hint)) => assert!(hint.contains(cure), "{pattern}: {hint}"),
                (cure, hint) => assert_eq!(cure, hint.as_deref(), "{pattern}"),
            }
        }
        // What the hint says to write does it.
        let mut globs = Globs::new(&["[1]".to_owned()]).expect("a pattern");
        let path = Path::new("/photos/[1]");
        assert!(!globs.mean(Path::new("[1]"), path));
        globs = Globs::new(&[Pattern::escape("[1]")]).expect("a pattern");
        assert!(globs.mean(Path::new("[1]"), path));
    }

    #[test]
    fn counts_are_of_one_or_of_many() {
        assert_eq!(Why::ExportedAlbums.counted(1), "1 exported album");
        assert_eq!(Why::ExportedAlbums.counted(2), "2 exported albums");
        assert_eq!(Why::Snapshots.counted(1), "1 snapshot");
        assert_eq!(Why::RecycleBin.counted(3), "3 recycle bins");
        assert_eq!(Why::Hidden.counted(1), "1 hidden");
    }
}
