//! Writes files as a whole: at any moment the name leads to the old content or to the new content.

use std::ffi::OsStr;
use std::fs::{self, DirEntry, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

use super::open::open_regular;

/// Temporary files are called so, with [`RANDOM_LETTERS`] in between.
const TEMPORARY_PREFIX: &str = ".kinfolk-";
const TEMPORARY_SUFFIX: &str = ".part";
const RANDOM_LETTERS: usize = 6;

/// Writes the file at `path`, replacing what is there, with the permissions of an ordinary new file.
pub fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = temporary_in(folder_of(path))?;
    filled(temporary, content)?.persist(path)?;
    Ok(())
}

/// As [`write_whole`], but only the owner may read the file.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = named_in(folder_of(path), &mut Builder::new())?;
    filled(temporary, content)?.persist(path)?;
    Ok(())
}

/// As [`write_whole`], but fails with `AlreadyExists` if there is something at `path`.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = temporary_in(folder_of(path))?;
    persist_new(filled(temporary, content)?, path)
}

/// Writes `content` and waits until it is on the disk.
fn filled(mut temporary: NamedTempFile, content: &[u8]) -> io::Result<NamedTempFile> {
    temporary.write_all(content)?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

/// A temporary file in `folder` with the permissions of an ordinary new file. It is deleted unless it is persisted, and
/// locked while it is in use.
pub fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    named_in(folder, &mut builder)
}

fn named_in(folder: &Path, builder: &mut Builder<'_, '_>) -> io::Result<NamedTempFile> {
    let temporary = builder
        .prefix(TEMPORARY_PREFIX)
        .rand_bytes(RANDOM_LETTERS)
        .suffix(TEMPORARY_SUFFIX)
        .tempfile_in(folder)?;
    // Some network disks don't support locks; no abandoned files are deleted there.
    temporary.as_file().try_lock().ok();
    Ok(temporary)
}

/// The folder of the file at `path`.
pub fn folder_of(path: &Path) -> &Path {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// The entries of a folder. Temporary files that a killed process left there are deleted and not returned.
pub fn entries_without_abandoned(folder: &Path) -> io::Result<Vec<DirEntry>> {
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

/// Deletes a temporary file unless another process holds it.
fn remove_abandoned(path: &Path) -> io::Result<()> {
    let file = open_regular(path)?;
    match file.try_lock() {
        Ok(()) => fs::remove_file(path),
        Err(TryLockError::WouldBlock) => Ok(()),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Renames to `target` unless it exists. Where the file system doesn't support such a rename (exFAT on macOS), an empty
/// file reserves the name first.
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

/// Renames to `target`, an empty file that reserves the name. If that fails, both files are deleted.
fn replace_reserved(temporary: NamedTempFile, target: &Path) -> io::Result<()> {
    let Err(refused) = temporary.persist(target) else {
        return Ok(());
    };
    fs::remove_file(target)?;
    Err(refused.error)
}

/// What the user can do about a failed write; empty if the error says it all.
pub fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ": free some space and try again"
        }
        io::ErrorKind::FileTooLarge => {
            ": files may not grow that large here; raise the limit or choose another disk"
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            ": make the place writable or choose another one"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserved_name_is_free_again_where_the_rename_fails() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("photo.jpg");
        fs::File::create_new(&target).unwrap();
        let temporary = temporary_in(folder.path()).unwrap();
        // Renaming it fails, since it is gone.
        fs::remove_file(temporary.path()).unwrap();

        assert!(replace_reserved(temporary, &target).is_err());

        assert!(!target.exists());
    }
}
