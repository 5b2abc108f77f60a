//! The library's file on disk: its real path, the lock that excludes other programs, and its permissions.
//!
//! A library says who is in somebody's photos, so only its owner may read its files. Two programs that open one library
//! by different names would lose data. So the lock is next to the real file, with links resolved, and a file with
//! several hard links is refused.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::LibraryError;
use crate::{files, platform};

/// First bytes of a database, from <https://www.sqlite.org/fileformat.html#magic_header_string>.
const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";
const SQLITE_HEADER_BYTES: usize = 100;

const WRITE_AHEAD_LOG: &str = "-wal";
const LOCK: &str = ".lock";
/// Files that may be beside a library: SQLite's log, its index, its rollback journal, and the lock.
const SIDE_FILES: [&str; 4] = [WRITE_AHEAD_LOG, "-shm", "-journal", LOCK];

/// The real path of a file that need not exist yet; its folder must.
pub(super) fn real_path(path: &Path) -> Result<PathBuf, LibraryError> {
    let finding = |source| LibraryError::io("find the library", path, source);
    match files::real_path(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if fs::symlink_metadata(path).is_ok() {
                // A dangling link.
                return Err(finding(error));
            }
            files::with_real_folder(path).map_err(finding)
        }
        found => found.map_err(finding),
    }
}

/// The library's file and all files that may be beside it.
pub(super) fn with_side_files(real: &Path) -> Vec<PathBuf> {
    let beside = SIDE_FILES.iter().map(|suffix| with_suffix(real, suffix));
    std::iter::once(real.to_owned()).chain(beside).collect()
}

/// Refuses anything but a regular file, and a file that SQLite would try to repair; changes nothing.
pub(super) fn inspect(path: &Path, real: &Path) -> Result<(), LibraryError> {
    let reading = |source| LibraryError::io("read the library", path, source);
    let not_a_library = || LibraryError::NotALibrary {
        path: path.to_owned(),
    };
    // A pipe is never opened, because that would block.
    match fs::symlink_metadata(real) {
        Ok(found) => files::what_else(&found).map_err(|source| LibraryError::NotAFile {
            path: path.to_owned(),
            source,
        })?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(reading(error)),
    }
    let mut file = files::open_regular(real).map_err(reading)?;
    let names = files::names_of(&file).map_err(reading)?;
    if names > 1 {
        return Err(LibraryError::SeveralNames {
            path: path.to_owned(),
            names,
        });
    }
    let length = file.metadata().map_err(reading)?.len();
    if length == 0 {
        return Ok(());
    }
    let mut header = [0; SQLITE_HEADER_BYTES];
    if length < SQLITE_HEADER_BYTES as u64 {
        return Err(not_a_library());
    }
    file.read_exact(&mut header).map_err(reading)?;
    if !header.starts_with(SQLITE_MAGIC) {
        return Err(not_a_library());
    }
    let expected = bytes_in_header(&header);
    // With a write-ahead log, the file may be shorter than its header says.
    if length < expected && !has_write_ahead_log(real) {
        return Err(LibraryError::Damaged {
            path: path.to_owned(),
            detail: format!("{length} of {expected} bytes are there"),
        });
    }
    Ok(())
}

/// Page size times page count, from the header (offsets 16 and 28 of the SQLite file format).
fn bytes_in_header(header: &[u8; SQLITE_HEADER_BYTES]) -> u64 {
    let page_size = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    page_size
        * u64::from(u32::from_be_bytes([
            header[28], header[29], header[30], header[31],
        ]))
}

/// Whether there are commits that are not in the file itself yet.
pub(super) fn has_write_ahead_log(real: &Path) -> bool {
    fs::metadata(with_suffix(real, WRITE_AHEAD_LOG)).is_ok_and(|log| log.len() > 0)
}

/// Creates the library's folder if necessary, accessible to its owner only.
pub(super) fn create_folder(path: &Path) -> Result<(), LibraryError> {
    let Some(folder) = path.parent().filter(|folder| *folder != OsStr::new("")) else {
        return Ok(());
    };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|source| LibraryError::io("create the library's folder", folder, source))
}

/// Creates an empty file for a new library; SQLite gives its side files the same permissions.
pub(super) fn create_file(path: &Path, real: &Path) -> Result<(), LibraryError> {
    match private_file().create_new(true).open(real) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(LibraryError::io("create the library", path, source)),
    }
}

/// Options for a file that only its owner may read.
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Removes other users' permissions from a library's files, and from Kinfolk's own data folder. Libraries made before
/// 0.1.0 were readable by everybody.
pub(super) fn keep_private(real: &Path) {
    let mut all = with_side_files(real);
    let own_folder = platform::data_folder().and_then(|folder| files::real_path(&folder).ok());
    all.extend(own_folder.filter(|folder| real.parent() == Some(folder)));
    for path in all {
        match forbid_others(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::debug!("others may read {path:?}: {error}");
            }
            _ => {}
        }
    }
}

#[cfg(unix)]
fn forbid_others(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let found = fs::symlink_metadata(path)?;
    let mode = found.permissions().mode();
    if found.is_symlink() || mode & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700))
}

/// Windows creates user folders without access for others.
#[cfg(windows)]
fn forbid_others(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Locks a file beside the library; the system releases it when the process ends for any reason.
///
/// The library itself is not locked this way: closing any other handle to it would drop SQLite's own locks.
pub(super) fn lock_to_write(path: &Path, real: &Path) -> Result<File, LibraryError> {
    let lock = with_suffix(real, LOCK);
    let file = private_file()
        .create(true)
        .truncate(false)
        .open(&lock)
        .map_err(|source| LibraryError::io("create the lock", &lock, source))?;
    locked(file.try_lock(), path, &lock)?;
    Ok(file)
}

/// Excludes writers where nothing can be written: locks the existing lock file. If there is none, there is no writer,
/// since every writer creates one.
pub(super) fn lock_to_read(path: &Path, real: &Path) -> Result<Option<File>, LibraryError> {
    let lock = with_suffix(real, LOCK);
    let file = match File::open(&lock) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(LibraryError::io("open the lock", &lock, source)),
    };
    locked(file.try_lock_shared(), path, &lock)?;
    Ok(Some(file))
}

fn locked(outcome: Result<(), TryLockError>, path: &Path, lock: &Path) -> Result<(), LibraryError> {
    match outcome {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(LibraryError::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(LibraryError::io("lock", lock, source)),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
