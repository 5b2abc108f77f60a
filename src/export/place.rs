//! Places one photo in an album folder: a copy, a hard link or a symbolic link that never replaces anything.
//!
//! The file at the photo's path may have changed since the scan. So its content is hashed on the way, and only the
//! content that the scan saw gets into an album.

use std::ffi::OsStr;
use std::fs::{self, DirEntry, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::plan::AlbumPhoto;
use super::summary::CopyMode;
use crate::files::{self, FileIdentity};
use crate::photo::ContentHash;

/// Bytes read, hashed and written at a time.
const CHUNK: usize = 256 << 10;

/// Temporary files of this module have these names, with [`RANDOM_LETTERS`] in between.
const TEMPORARY_PREFIX: &str = ".kinfolk-";
const TEMPORARY_SUFFIX: &str = ".part";
const RANDOM_LETTERS: usize = 6;

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
        let mut temporary = temporary_in(folder).map_err(PlaceError::Album)?;
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
            .and_then(|()| persist_new(temporary, target))
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

/// A temporary file in `folder` with the permissions of a normal new file. Deleted unless persisted, and locked while
/// in use.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder
        .prefix(TEMPORARY_PREFIX)
        .rand_bytes(RANDOM_LETTERS)
        .suffix(TEMPORARY_SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let temporary = builder.tempfile_in(folder)?;
    // Some network disks do not support locks; nothing is tidied up there.
    temporary.as_file().try_lock().ok();
    Ok(temporary)
}

/// Writes `content` to a temporary file beside `path`, ready to be persisted there.
pub fn written_beside(path: &Path, content: &[u8]) -> io::Result<NamedTempFile> {
    let mut temporary = temporary_in(folder_of(path))?;
    temporary.write_all(content)?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

pub fn folder_of(path: &Path) -> &Path {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// The entries of a folder. Temporary files of killed exports are deleted and left out.
pub fn tidied(folder: &Path) -> io::Result<Vec<DirEntry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !is_temporary(&entry.file_name()) {
            entries.push(entry);
        } else if let Err(error) = remove_abandoned(&entry.path()) {
            tracing::debug!("could not delete {:?}: {error}", entry.path());
        }
    }
    Ok(entries)
}

fn is_temporary(name: &OsStr) -> bool {
    let random = name
        .to_str()
        .and_then(|name| name.strip_prefix(TEMPORARY_PREFIX))
        .and_then(|name| name.strip_suffix(TEMPORARY_SUFFIX));
    random.is_some_and(|random| {
        random.len() == RANDOM_LETTERS
            && random.bytes().all(|letter| letter.is_ascii_alphanumeric())
    })
}

/// Deletes a temporary file unless another export has locked it.
fn remove_abandoned(path: &Path) -> io::Result<()> {
    let file = files::open_regular(path)?;
    match file.try_lock() {
        Ok(()) => fs::remove_file(path),
        Err(TryLockError::WouldBlock) => Ok(()),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Renames to `target` unless it exists. If the file system does not support this (exFAT on macOS), an empty file
/// reserves the name first.
pub fn persist_new(temporary: NamedTempFile, target: &Path) -> io::Result<()> {
    let Err(refused) = temporary.persist_noclobber(target) else {
        return Ok(());
    };
    if !matches!(
        refused.error.kind(),
        io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied
    ) {
        return Err(refused.error);
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(target)?;
    replace_reserved(refused.file, target)
}

/// Renames to `target`, an empty file that reserves the name. On failure neither file remains.
fn replace_reserved(temporary: NamedTempFile, target: &Path) -> io::Result<()> {
    let Err(refused) = temporary.persist(target) else {
        return Ok(());
    };
    fs::remove_file(target)?;
    Err(refused.error)
}

#[cfg(unix)]
fn symbolic_link(photo: &Path, target: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(photo, target)
}

#[cfg(windows)]
fn symbolic_link(photo: &Path, target: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(photo, target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserved_name_is_free_again_where_the_rename_fails() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("photo.jpg");
        File::create_new(&target).unwrap();
        let temporary = temporary_in(folder.path()).unwrap();
        // The rename can only fail.
        fs::remove_file(temporary.path()).unwrap();

        assert!(replace_reserved(temporary, &target).is_err());

        assert!(!target.exists());
    }
}
