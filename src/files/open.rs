//! Opens files that others may have put there or changed, and tells whether two paths lead to the same file.
//!
//! A path may lead to a pipe, which would block, or to a link that was created a moment ago. Only regular files are
//! opened, and what was opened is checked again afterwards.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Opens a regular file for reading. The last part of `path` must not be a link: use [`Path::canonicalize`] first where
/// links are allowed.
pub fn open_regular(path: &Path) -> io::Result<File> {
    // Checked before it is opened, for systems without the flags below.
    what_else(&path.symlink_metadata()?)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // Does not wait: a pipe that took the place of the file may have no writer.
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    let file = options.open(path)?;
    what_else(&file.metadata()?)?;
    Ok(file)
}

/// Fails for anything but a regular file, with an error that says what it is.
pub fn what_else(found: &Metadata) -> io::Result<()> {
    let kind = found.file_type();
    let what = if kind.is_file() {
        return Ok(());
    } else if kind.is_dir() {
        "a folder"
    } else if kind.is_symlink() {
        "a link"
    } else {
        "a pipe, a device or a socket"
    };
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("it is {what}, not a regular file"),
    ))
}

/// Identifies a file, whatever its names are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileIdentity {
    volume: u64,
    number: u64,
}

impl FileIdentity {
    /// The file that `path` leads to, through links. On Unix it is not opened: closing it would release the locks that
    /// SQLite holds on it.
    pub fn at(path: &Path) -> io::Result<FileIdentity> {
        #[cfg(unix)]
        return Ok(FileIdentity::of_metadata(&path.metadata()?));
        #[cfg(windows)]
        return FileIdentity::of_handle(&winapi_util::Handle::from_path_any(path)?);
    }

    pub fn of(file: &File) -> io::Result<FileIdentity> {
        #[cfg(unix)]
        return Ok(FileIdentity::of_metadata(&file.metadata()?));
        #[cfg(windows)]
        return FileIdentity::of_handle(file);
    }

    #[cfg(unix)]
    fn of_metadata(metadata: &Metadata) -> FileIdentity {
        use std::os::unix::fs::MetadataExt as _;
        FileIdentity {
            volume: metadata.dev(),
            number: metadata.ino(),
        }
    }

    #[cfg(windows)]
    fn of_handle(handle: impl winapi_util::AsHandleRef) -> io::Result<FileIdentity> {
        let found = winapi_util::file::information(handle)?;
        Ok(FileIdentity {
            volume: found.volume_serial_number(),
            number: found.file_index(),
        })
    }
}

/// The number of names (hard links) of a file.
pub fn names_of(file: &File) -> io::Result<u64> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Ok(file.metadata()?.nlink())
    }
    #[cfg(windows)]
    {
        Ok(winapi_util::file::information(file)?.number_of_links())
    }
}

/// The canonical, absolute path of something that exists: links are resolved, and it has no `.` or `..`.
pub fn real_path(path: &Path) -> io::Result<PathBuf> {
    Ok(without_verbatim_prefix(path.canonicalize()?))
}

/// Windows writes canonical paths as `\\?\C:\…`, which people never type and many programs don't accept.
fn without_verbatim_prefix(path: PathBuf) -> PathBuf {
    let plain = path
        .to_str()
        .and_then(|text| text.strip_prefix(r"\\?\"))
        .filter(|text| !text.starts_with("UNC"))
        .map(PathBuf::from);
    plain.unwrap_or(path)
}

/// `path` with the links of its folder resolved. It need not exist itself.
pub fn with_real_folder(path: &Path) -> io::Result<PathBuf> {
    let Some(name) = path.file_name() else {
        return real_path(path);
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    Ok(real_path(folder.unwrap_or(Path::new(".")))?.join(name))
}
