//! Writes the table of faces to a file, and decides which existing files it may replace.
//!
//! Photos and the library are never replaced, under any name and whatever the user says. Otherwise `force` only
//! replaces text files: a table is text, whether Kinfolk or a person made it. The files that a mistyped name may hit
//! (unknown image formats, films, documents, archives, databases) are not.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use super::face_table::{FACE_COLUMNS, TableFormat, TableOptions, table};
use crate::export::error::ExportError;
use crate::export::portable_names::clash_key;
use crate::files::{self, FileIdentity};
use crate::library::{Library, PhotoRow};
use crate::photo::{FileKind, kind_by_content};

/// Bytes at the beginning of a file that determine its kind.
const HEAD: u64 = 4096;

/// Writes the table to `path` atomically; replaces an existing file only if it is a table of faces, or with `force` a
/// text file.
pub fn table_file(
    library: &Library,
    options: impl Into<TableOptions>,
    format: TableFormat,
    path: &Path,
    force: bool,
) -> Result<(), ExportError> {
    let failed = |action| ExportError::io(action, path);
    refuse_library(library, path)?;
    refuse_photos(library, path)?;
    let free = match fs::symlink_metadata(path) {
        Ok(_) => {
            refuse_foreign(path, force)?;
            false
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(failed("look at")(error)),
    };
    let mut text = Vec::new();
    table(library, options, format, &mut text)?;
    files::entries_without_abandoned(files::folder_of(path))
        .map_err(failed("list the folder of"))?;
    let write = match free {
        true => files::write_new,
        false => files::write_whole,
    };
    write(path, &text).map_err(failed("write"))
}

/// Whether two paths may name one file on some file system, judging by their letters.
fn name_alike(a: &Path, b: &Path) -> bool {
    let key = |path: &Path| clash_key(&path.to_string_lossy());
    key(a) == key(b)
}

fn real(path: &Path) -> Result<std::path::PathBuf, ExportError> {
    files::with_real_folder(path).map_err(ExportError::io("find the folder of", path))
}

fn refuse_library(library: &Library, path: &Path) -> Result<(), ExportError> {
    let real = real(path)?;
    // Not opened, because closing it would drop the locks of an open library.
    let identity = FileIdentity::at(path).ok();
    let is_one = |own: &Path| {
        name_alike(own, &real) || (identity.is_some() && FileIdentity::at(own).ok() == identity)
    };
    if library.files().iter().any(|own| is_one(own)) {
        return Err(ExportError::LibraryFile {
            path: path.to_owned(),
        });
    }
    Ok(())
}

/// Refuses the paths of photos of the library, including missing ones. [`refuse_foreign`] recognises other photos by
/// content.
fn refuse_photos(library: &Library, path: &Path) -> Result<(), ExportError> {
    let real = real(path)?;
    let Some(name) = real
        .file_name()
        .map(|name| clash_key(&name.to_string_lossy()))
    else {
        return Ok(());
    };
    let photos = library.photos()?;
    let of_that_name = photos.iter().filter(|photo| {
        let path = photo.shown_path();
        let file_name = path.rsplit('/').next().unwrap_or(&path);
        clash_key(file_name) == name
    });
    if of_that_name
        .map(PhotoRow::absolute)
        .any(|photo| name_alike(&photo, &real))
    {
        return Err(ExportError::PhotoFile {
            path: path.to_owned(),
        });
    }
    Ok(())
}

fn refuse_foreign(path: &Path, force: bool) -> Result<(), ExportError> {
    let owned = || path.to_owned();
    let found = fs::symlink_metadata(path).map_err(ExportError::io("look at", path))?;
    files::what_else(&found).map_err(ExportError::io("replace", path))?;
    let mut head = Vec::new();
    files::open_regular(path)
        .and_then(|file| file.take(HEAD).read_to_end(&mut head))
        .map_err(ExportError::io("look at", path))?;
    if kind_by_content(&head) != FileKind::Other {
        Err(ExportError::PhotoFile { path: owned() })
    } else if is_table(&head) {
        Ok(())
    } else if !force {
        Err(ExportError::ForeignFile { path: owned() })
    } else if !is_text(&head) {
        Err(ExportError::NotText { path: owned() })
    } else {
        Ok(())
    }
}

/// Whether it begins like a table of faces.
fn is_table(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head);
    let csv_header = FACE_COLUMNS.join(",");
    let empty_json = head.trim() == "[\n]";
    let first = head.lines().next().unwrap_or_default();
    let further = first.strip_prefix(&csv_header);
    further.is_some_and(|further| further.is_empty() || further.starts_with(','))
        || head.starts_with("[\n{\"root\":")
        || empty_json
}

/// Text in any encoding that preserves ASCII: no control characters except white space.
fn is_text(head: &[u8]) -> bool {
    head.iter()
        .all(|&byte| !byte.is_ascii_control() || byte.is_ascii_whitespace())
}
