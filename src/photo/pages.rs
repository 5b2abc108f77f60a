//! Photos on further pages of a file: which there are, and reading one.
//!
//! A file of many pages may be long, so a page is read without the others: the hash of its content is of what the page itself is
//! made of, and stays when pages before it are taken out of the file.

use std::path::Path;

use super::decode::{format_of, guarded};
use super::decode_watch::Watch;
use super::file::{self, Content, FileStamp, PhotoFile, Source};
use super::file_kind::PhotoFormat;
use super::formats::tiff::{self, Tiff};
use super::{Limits, PhotoError};
use crate::files::page_path::file_and_page;
use crate::stop::StopFlag;

/// Reads and hashes a photo: a whole file, or where the path names a page of one ([`crate::files::page_path`]), that page. Fails
/// for a file longer than `limits.max_file_bytes`.
///
/// # Errors
/// [`PhotoError::Stopped`] once `stop` is set.
pub fn read(path: &Path, limits: &Limits, stop: &StopFlag) -> Result<PhotoFile, PhotoError> {
    match file_and_page(path) {
        (file, Some(page)) => read_page(&file, page, limits, stop),
        (file, None) => file::read(&file, limits, stop),
    }
}

/// The pages of the file at `path` that are photos beside the file's own, by their numbers in the file, from 1 on. Only its
/// directories are read.
///
/// # Errors
/// The file can't be read, or `stop` is set. A file of another kind has no such pages.
pub fn further_pages(
    path: &Path,
    limits: &Limits,
    stop: &StopFlag,
) -> Result<Vec<u32>, PhotoError> {
    let watch = &Watch::new(limits, stop);
    let stamp = stamp_of(path)?;
    let source = Source::Disk(path, stamp);
    match format_of(source, watch) {
        Ok(PhotoFormat::Tiff) => guarded(PhotoFormat::Tiff, watch, || {
            tiff::further_pages(source, watch)
        }),
        Err(
            error @ (PhotoError::Io { .. } | PhotoError::Stopped | PhotoError::TookTooLong { .. }),
        ) => Err(error),
        _ => Ok(Vec::new()),
    }
}

/// Its decoder reads the page again.
fn read_page(
    path: &Path,
    page: u32,
    limits: &Limits,
    stop: &StopFlag,
) -> Result<PhotoFile, PhotoError> {
    let watch = &Watch::new(limits, stop);
    let stamp = stamp_of(path)?;
    if stamp.bytes > limits.max_file_bytes {
        return Err(PhotoError::FileTooLarge {
            bytes: stamp.bytes,
            limit: limits.max_file_bytes,
        });
    }
    let source = Source::Disk(path, stamp);
    let content_hash = guarded(PhotoFormat::Tiff, watch, || {
        Tiff::open(source, Some(page), limits, watch)?.content_hash(stamp.bytes)
    })?;
    Ok(PhotoFile {
        content: Content::OnDisk(path.to_path_buf()),
        page: Some(page),
        content_hash,
        stamp,
    })
}

fn stamp_of(path: &Path) -> Result<FileStamp, PhotoError> {
    let metadata = path.metadata();
    let metadata = metadata.map_err(|source| PhotoError::io(path, source))?;
    match metadata.is_file() {
        true => Ok(FileStamp::of(&metadata)),
        // Opening a pipe would wait for a writer for ever.
        false => Err(PhotoError::NotAFile),
    }
}
