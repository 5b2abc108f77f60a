//! One photo into an album folder: a copy, a hard link or a symbolic link that never replaces anything.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::NamedTempFile;

/// How a photo gets into an album.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyMode {
    /// A file of its own with the same bytes and time.
    #[default]
    Copy,
    /// A second name of the same file: no space used, one disk only; a change to one is a change to both.
    HardLink,
    /// A pointer to where the photo lies (absolute path); breaks if the photo is moved.
    SymbolicLink,
}

/// Whose fault it was: the photo's (skip it) or the album's (stop).
pub enum PlaceError {
    Photo(io::Error),
    Album(io::Error),
}

/// A photo that can be placed: its real path, no link in it.
pub struct Source {
    pub path: PathBuf,
}

impl Source {
    /// Finds the photo; anything but a regular file is refused.
    pub fn find(path: &Path) -> io::Result<Source> {
        let path = fs::canonicalize(path)?;
        if fs::metadata(&path)?.is_file() {
            Ok(Source { path })
        } else {
            Err(io::Error::other("not a regular file"))
        }
    }

    /// Puts the photo at `target`, which must not exist: `Album(AlreadyExists)` if it does.
    pub fn place(&self, target: &Path, how: CopyMode) -> Result<(), PlaceError> {
        match how {
            CopyMode::Copy => self.copy(target),
            CopyMode::HardLink => fs::hard_link(&self.path, target).map_err(PlaceError::Album),
            CopyMode::SymbolicLink => symbolic_link(&self.path, target).map_err(PlaceError::Album),
        }
    }

    /// Whether `target` is already what [`Source::place`] would make of it.
    pub fn is_at(&self, target: &Path, how: CopyMode) -> bool {
        match how {
            CopyMode::SymbolicLink => fs::read_link(target).is_ok_and(|to| to == self.path),
            CopyMode::Copy | CopyMode::HardLink => {
                let is_file = fs::symlink_metadata(target).is_ok_and(|found| found.is_file());
                is_file && same_content(&self.path, target).unwrap_or(false)
            }
        }
    }

    fn copy(&self, target: &Path) -> Result<(), PlaceError> {
        let mut photo = File::open(&self.path).map_err(PlaceError::Photo)?;
        let folder = target.parent().unwrap_or(Path::new("."));
        let mut temporary = temporary_in(folder).map_err(PlaceError::Album)?;
        // A failing read and a failing write look alike here; a full disk must stop the export, a bad photo must not.
        io::copy(&mut photo, temporary.as_file_mut()).map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::FileTooLarge => PlaceError::Album(error),
            _ => PlaceError::Photo(error),
        })?;
        let taken_over = photo
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
}

/// A temporary file in `folder` with the permissions of an ordinary new file; gone unless persisted.
pub fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".kinfolk-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Renames to `target` unless it exists. Where the file system knows no such rename (exFAT on macOS), the name is
/// reserved by an empty file first.
fn persist_new(temporary: NamedTempFile, target: &Path) -> io::Result<()> {
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
    refused.file.persist(target)?;
    Ok(())
}

#[cfg(unix)]
fn symbolic_link(photo: &Path, target: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(photo, target)
}

#[cfg(windows)]
fn symbolic_link(photo: &Path, target: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(photo, target)
}

fn same_content(left: &Path, right: &Path) -> io::Result<bool> {
    use std::io::Read as _;
    let (mut left, mut right) = (File::open(left)?, File::open(right)?);
    if left.metadata()?.len() != right.metadata()?.len() {
        return Ok(false);
    }
    const CHUNK: u64 = 1 << 16;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    loop {
        ours.clear();
        theirs.clear();
        left.by_ref().take(CHUNK).read_to_end(&mut ours)?;
        right.by_ref().take(CHUNK).read_to_end(&mut theirs)?;
        if ours != theirs {
            return Ok(false);
        }
        if ours.is_empty() {
            return Ok(true);
        }
    }
}
