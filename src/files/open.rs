//! Opening files that others may have put there or changed, and telling whether two paths lead to one file.
//!
//! A path may lead to a pipe, which is never opened to its end, or to a link that was set a moment ago. What is opened
//! here is a regular file, and is looked at after it was opened.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Opens a regular file to read it. The last part of `path` may not be a link: take [`Path::canonicalize`] first where
/// links are welcome.
pub fn open_regular(path: &Path) -> io::Result<File> {
    // Looked at before it is opened, for the systems that have no such flags as below.
    what_else(&path.symlink_metadata()?)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // Without waiting: a pipe that took the file's place has perhaps no writer.
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    let file = options.open(path)?;
    what_else(&file.metadata()?)?;
    Ok(file)
}

/// An error that says what it is, for anything but a regular file.
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

/// Which file it is, whatever names it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileIdentity {
    volume: u64,
    number: u64,
}

impl FileIdentity {
    /// Of the file that `path` leads to, links followed. On Unix the file is not opened: closing it again would drop the
    /// locks that SQLite holds on it.
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

/// How many names (hard links) a file has.
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

/// The canonical, absolute spelling of a path to something that is there: links resolved, no `.` or `..`.
pub fn real_path(path: &Path) -> io::Result<PathBuf> {
    Ok(without_verbatim_prefix(path.canonicalize()?))
}

/// Windows spells canonical paths as `\\?\C:\…`, which people never type and many programs don't take.
fn without_verbatim_prefix(path: PathBuf) -> PathBuf {
    let plain = path
        .to_str()
        .and_then(|text| text.strip_prefix(r"\\?\"))
        .filter(|text| !text.starts_with("UNC"))
        .map(PathBuf::from);
    plain.unwrap_or(path)
}

/// `path` with the links of its folder resolved; what it names itself need not be there.
pub fn with_real_folder(path: &Path) -> io::Result<PathBuf> {
    let Some(name) = path.file_name() else {
        return real_path(path);
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    Ok(real_path(folder.unwrap_or(Path::new(".")))?.join(name))
}
