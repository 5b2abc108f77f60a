//! Places one photo in an album folder: a copy, a hard link or a symbolic link that never replaces anything.
//!
//! The file at the photo's path may have changed since the scan. So its content is hashed on the way, and only the
//! content that the scan saw gets into an album.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write};
use std::path::{Path, PathBuf};

use super::plan::AlbumPhoto;
use super::summary::CopyMode;
use crate::files::{self, FileIdentity};
use crate::photo::ContentHash;

/// Bytes read, hashed and written at a time.
const CHUNK: usize = 256 << 10;

/// What failed: reading the photo (skip it) or writing to the album (stop).
pub enum PlaceError {
    /// The file has other content than the scan saw.
    Changed,
    Photo(io::Error),
    Album(io::Error),
}

/// An opened photo.
pub struct Source {
    /// Its real path, without links.
    pub path: PathBuf,
    file: File,
    size: u64,
    content_hash: ContentHash,
}

impl Source {
    /// Opens the photo; fails unless it is a regular file.
    pub fn open(photo: &AlbumPhoto) -> Result<Source, PlaceError> {
        let path = files::real_path(&photo.path).map_err(PlaceError::Photo)?;
        let file = files::open_regular(&path).map_err(PlaceError::Photo)?;
        if file.metadata().map_err(PlaceError::Photo)?.len() != photo.file_size {
            return Err(PlaceError::Changed);
        }
        Ok(Source {
            path,
            file,
            size: photo.file_size,
            content_hash: photo.content_hash,
        })
    }

    /// Places the photo at `target`, which must not exist; otherwise fails with `Album(AlreadyExists)`.
    pub fn place(&mut self, target: &Path, how: CopyMode) -> Result<(), PlaceError> {
        match how {
            CopyMode::Copy => self.copy(target),
            CopyMode::HardLink => {
                self.verify()?;
                self.link(target)
            }
            CopyMode::SymbolicLink => {
                self.verify()?;
                symbolic_link(&self.path, target).map_err(PlaceError::Album)
            }
        }
    }

    /// Reads the photo to check that its content is what the scan saw.
    pub fn verify(&mut self) -> Result<(), PlaceError> {
        self.read_into(&mut io::sink())
    }

    fn copy(&mut self, target: &Path) -> Result<(), PlaceError> {
        let folder = target.parent().unwrap_or(Path::new("."));
        let mut temporary = files::temporary_in(folder).map_err(PlaceError::Album)?;
        self.read_into(temporary.as_file_mut())?;
        let taken_over = self
            .file
            .metadata()
            .and_then(|metadata| metadata.modified())
            .and_then(|modified| temporary.as_file().set_modified(modified));
        if let Err(error) = taken_over {
            tracing::debug!("could not keep the time of {:?}: {error}", self.path);
        }
        temporary
            .as_file()
            .sync_all()
            .and_then(|()| files::persist_new(temporary, target))
            .map_err(PlaceError::Album)
    }

    fn link(&self, target: &Path) -> Result<(), PlaceError> {
        fs::hard_link(&self.path, target).map_err(PlaceError::Album)?;
        // Linked by path, which may lead to another file by now.
        let same = FileIdentity::of(&self.file)
            .and_then(|verified| Ok(verified == FileIdentity::at(target)?))
            .map_err(PlaceError::Album);
        if matches!(same, Ok(true)) {
            return Ok(());
        }
        fs::remove_file(target).map_err(PlaceError::Album)?;
        same.and(Err(PlaceError::Changed))
    }

    /// Reads the whole photo once, or one byte more than its size if it has grown.
    fn read_into(&mut self, out: &mut dyn Write) -> Result<(), PlaceError> {
        self.file.rewind().map_err(PlaceError::Photo)?;
        let mut photo = (&self.file).take(self.size + 1);
        let mut hasher = blake3::Hasher::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            let length = match photo.read(&mut chunk) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(PlaceError::Photo(error)),
            };
            hasher.update(&chunk[..length]);
            out.write_all(&chunk[..length]).map_err(PlaceError::Album)?;
        }
        if *hasher.finalize().as_bytes() == self.content_hash.0 {
            Ok(())
        } else {
            Err(PlaceError::Changed)
        }
    }
}

/// The hash of a regular file of `size` bytes.
pub fn hash_of(path: &Path, size: u64) -> io::Result<ContentHash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(files::open_regular(path)?.take(size))?;
    Ok(ContentHash(*hasher.finalize().as_bytes()))
}

#[cfg(unix)]
fn symbolic_link(photo: &Path, target: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(photo, target)
}

#[cfg(windows)]
fn symbolic_link(photo: &Path, target: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(photo, target)
}
