//! Photos, for the window and the tables, and for comparing the library with the disk.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rusqlite::Row;

use crate::files::path_text;
use crate::geometry::Size;
use crate::library::sql::{file_size, photo_size};
use crate::library::{Library, LibraryError, PhotoId, RootId};
use crate::photo::ContentHash;

/// A photo, as the window and the tables show it.
#[derive(Clone, Debug, PartialEq)]
pub struct PhotoRow {
    pub photo_id: PhotoId,
    pub root_id: RootId,
    pub root: PathBuf,
    /// Relative to the root, with `/`; names that are not Unicode as [`crate::files::path_text`] writes them.
    pub path: String,
    /// Of the upright photo.
    pub size: Size,
    /// EXIF, 1 to 8: how to rotate and flip the stored pixels into the upright photo.
    pub orientation: u8,
    /// EXIF text, `YYYY-MM-DDTHH:MM:SS`.
    pub taken: Option<String>,
    /// The file did not exist at the last scan; its faces and people stay.
    pub vanished: bool,
}

impl PhotoRow {
    /// The absolute path of the file.
    pub fn absolute(&self) -> PathBuf {
        absolute(&self.root, &self.path)
    }

    /// [`PhotoRow::path`] to be read: `�` for what is not Unicode.
    pub fn shown_path(&self) -> Cow<'_, str> {
        path_text::shown_text(&self.path)
    }
}

/// A relative path with `/` under a root, as a platform path.
pub(crate) fn absolute(root: &Path, path: &str) -> PathBuf {
    path_text::path_below(root, path)
}

/// A photo, as a scan compares it with the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPhoto {
    pub photo_id: PhotoId,
    pub path: String,
    pub file_size: u64,
    pub modified_ns: i64,
    /// `None` where it is not known.
    pub changed_ns: Option<i64>,
    pub content_hash: ContentHash,
    pub vanished: bool,
}

const PHOTO: &str = "SELECT p.photo_id, p.root_id, r.path, p.path, p.width, p.height, p.orientation, p.taken, p.vanished
                     FROM photo p JOIN root r USING (root_id)";
const KNOWN: &str =
    "SELECT photo_id, path, file_size, modified_ns, content_hash, vanished, changed_ns FROM photo";

impl Library {
    /// Every photo, including vanished ones, by date taken (undated ones last), then by path.
    pub fn photos(&self) -> Result<Vec<PhotoRow>, LibraryError> {
        let mut photos = self.rows(PHOTO, [], photo_row)?;
        photos.sort_by(|a, b| shown_order(a).cmp(&shown_order(b)));
        Ok(photos)
    }

    /// One photo; `None` if it does not exist.
    pub fn photo(&self, photo_id: PhotoId) -> Result<Option<PhotoRow>, LibraryError> {
        self.row(
            &format!("{PHOTO} WHERE p.photo_id = ?1"),
            [photo_id],
            photo_row,
        )
    }

    /// All known photos of a root. Of several rows with one path at most one is present.
    pub fn known_photos(&self, root_id: RootId) -> Result<Vec<KnownPhoto>, LibraryError> {
        self.rows(
            &format!("{KNOWN} WHERE root_id = ?1"),
            [root_id],
            known_photo,
        )
    }

    /// Whether any photo of a root is known.
    pub fn has_known_photos(&self, root_id: RootId) -> Result<bool, LibraryError> {
        let sql = "SELECT 1 FROM photo WHERE root_id = ?1 LIMIT 1";
        Ok(self.row(sql, [root_id], |_| Ok(()))?.is_some())
    }

    /// The photos of all roots with this content, vanished ones first: a new path may be one of them, moved.
    pub fn photos_with_content(
        &self,
        content_hash: &ContentHash,
    ) -> Result<Vec<PhotoRow>, LibraryError> {
        let sql = format!("{PHOTO} WHERE p.content_hash = ?1 ORDER BY p.vanished DESC, p.photo_id");
        self.rows(&sql, [content_hash.0.as_slice()], photo_row)
    }
}

fn shown_order(photo: &PhotoRow) -> (bool, Option<&str>, &Path, &str, PhotoId) {
    let taken = photo.taken.as_deref();
    (
        taken.is_none(),
        taken,
        &photo.root,
        &photo.path,
        photo.photo_id,
    )
}

fn photo_row(row: &Row<'_>) -> rusqlite::Result<PhotoRow> {
    Ok(PhotoRow {
        photo_id: row.get(0)?,
        root_id: row.get(1)?,
        root: path_text::path_of(&row.get::<_, String>(2)?),
        path: row.get(3)?,
        size: photo_size(row, 4)?,
        orientation: row.get(6)?,
        taken: row.get(7)?,
        vanished: row.get(8)?,
    })
}

fn known_photo(row: &Row<'_>) -> rusqlite::Result<KnownPhoto> {
    Ok(KnownPhoto {
        photo_id: row.get(0)?,
        path: row.get(1)?,
        file_size: file_size(row, 2)?,
        modified_ns: row.get(3)?,
        content_hash: ContentHash(row.get(4)?),
        vanished: row.get(5)?,
        changed_ns: row.get(6)?,
    })
}
