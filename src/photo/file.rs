//! Reads and hashes a whole file, up to a limit.
//!
//! A file that is long for a photo is hashed without being held in memory; its decoder reads it from the disk again.

use std::borrow::Cow;
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{BufRead, BufReader, Cursor, Read as _, Seek};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::decode_watch::{OnDisk, Watch, Watched};
use super::file_kind::{FileKind, HEAD, PhotoFormat, kind_by_content};
use super::{Limits, PhotoError};
use crate::stop::StopFlag;

/// BLAKE3 hash of a file's bytes. It identifies a photo wherever the file lies and whatever it is called.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

/// Size and times of the last change. If the stamp at a path is unchanged, the file is not read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStamp {
    pub bytes: u64,
    /// Nanoseconds since 1970-01-01 UTC, negative before; 0 where the file system stores no times.
    pub modified_ns: i64,
    /// When the bytes or the properties of the file last changed, since 1970-01-01 UTC: no program can set it, as it can the
    /// time above. `None` where the platform or the file system does not tell.
    pub changed_ns: Option<i64>,
}

impl FileStamp {
    pub fn of(metadata: &Metadata) -> Self {
        let modified_ns =
            metadata
                .modified()
                .map_or(0, |modified| match modified.duration_since(UNIX_EPOCH) {
                    Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
                    Err(before) => {
                        i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns)
                    }
                });
        Self {
            bytes: metadata.len(),
            modified_ns,
            changed_ns: changed_ns(metadata),
        }
    }

    /// Whether both may be of one unchanged file: all that both know is equal.
    pub fn agrees_with(&self, other: &FileStamp) -> bool {
        let changed = self.changed_ns.zip(other.changed_ns);
        self.bytes == other.bytes
            && self.modified_ns == other.modified_ns
            && changed.is_none_or(|(one, other)| one == other)
    }
}

/// File systems without such times say 0.
#[cfg(unix)]
fn changed_ns(metadata: &Metadata) -> Option<i64> {
    use std::os::unix::fs::MetadataExt as _;
    let seconds = metadata.ctime().checked_mul(1_000_000_000)?;
    let changed = seconds.checked_add(metadata.ctime_nsec())?;
    (changed > 0).then_some(changed)
}

#[cfg(not(unix))]
fn changed_ns(_: &Metadata) -> Option<i64> {
    None
}

/// A file that was read, with its hash and the stamp that it had just before.
pub struct PhotoFile {
    pub(super) content: Content,
    /// The page that is the photo, from 1 on; `None` for the file's own photo.
    pub(super) page: Option<u32>,
    pub content_hash: ContentHash,
    pub stamp: FileStamp,
}

pub(super) enum Content {
    InMemory(Vec<u8>),
    /// Read again from this path by its decoder.
    OnDisk(PathBuf),
}

/// Where a decoder takes a file's bytes from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    Memory(&'a [u8]),
    /// With the stamp that the file must still have.
    Disk(&'a Path, FileStamp),
}

/// What decoders read from.
pub(super) trait SeekRead: BufRead + Seek {}

impl<R: BufRead + Seek> SeekRead for R {}

impl PhotoFile {
    pub(super) fn source(&self) -> Source<'_> {
        match &self.content {
            Content::InMemory(bytes) => Source::Memory(bytes),
            Content::OnDisk(path) => Source::Disk(path, self.stamp),
        }
    }
}

impl<'a> Source<'a> {
    /// Its reads fail once `watch` has expired.
    pub(super) fn reader(self, watch: &'a Watch<'a>) -> Result<Box<dyn SeekRead + 'a>, PhotoError> {
        self.reader_of(CHUNK, watch)
    }

    /// As [`Self::reader`], for a few bytes at many places.
    pub(super) fn seeking_reader(
        self,
        watch: &'a Watch<'a>,
    ) -> Result<Box<dyn SeekRead + 'a>, PhotoError> {
        self.reader_of(FEW_BYTES, watch)
    }

    /// On the disk, `buffer` bytes are read at a time.
    fn reader_of(
        self,
        buffer: usize,
        watch: &'a Watch<'a>,
    ) -> Result<Box<dyn SeekRead + 'a>, PhotoError> {
        match self {
            Source::Memory(bytes) => Ok(Box::new(Watched::new(Cursor::new(bytes), watch))),
            Source::Disk(path, stamp) => {
                let io_error = |source| PhotoError::io(path, source);
                let file = File::open(path).map_err(io_error)?;
                if FileStamp::of(&file.metadata().map_err(io_error)?) != stamp {
                    return Err(PhotoError::Changed);
                }
                let file = BufReader::with_capacity(buffer, OnDisk { file, watch });
                Ok(Box::new(Watched::new(file, watch)))
            }
        }
    }

    /// All bytes. Only formats whose files are never long need them at once.
    pub(super) fn bytes(self, watch: &'a Watch<'a>) -> Result<Cow<'a, [u8]>, PhotoError> {
        match self {
            Source::Memory(bytes) => Ok(Cow::Borrowed(bytes)),
            Source::Disk(path, _) => {
                let mut bytes = Vec::new();
                let mut reader = self.reader(watch)?;
                let read = reader.read_to_end(&mut bytes);
                read.map_err(|source| PhotoError::io(path, source))?;
                Ok(Cow::Owned(bytes))
            }
        }
    }

    pub(super) fn head(self, watch: &'a Watch<'a>) -> Result<Vec<u8>, PhotoError> {
        match self {
            Source::Memory(bytes) => Ok(bytes[..bytes.len().min(HEAD)].to_vec()),
            Source::Disk(path, _) => {
                let mut head = Vec::with_capacity(HEAD);
                let mut start = self.reader(watch)?.take(HEAD as u64);
                let read = start.read_to_end(&mut head);
                read.map_err(|source| PhotoError::io(path, source))?;
                Ok(head)
            }
        }
    }

    /// For formats whose decoders seek in the file and whose files are never long.
    pub(super) fn check_held(self) -> Result<(), PhotoError> {
        match self {
            Source::Memory(_) => Ok(()),
            Source::Disk(_, stamp) => Err(PhotoError::FileTooLarge {
                bytes: stamp.bytes,
                limit: MAX_HELD,
            }),
        }
    }

    /// Bytes of memory that the file itself occupies.
    pub(super) fn held(self) -> u64 {
        match self {
            Source::Memory(bytes) => bytes.len() as u64,
            Source::Disk(..) => 0,
        }
    }
}

/// Bytes that are read and hashed at a time. They stay in the processor's cache between the two.
const CHUNK: usize = 256 << 10;
/// Bytes that are read at a time where the next ones wanted are elsewhere.
const FEW_BYTES: usize = 4 << 10;
/// Longest file that is held in memory until it is decoded, in bytes.
const MAX_HELD: u64 = 64 << 20;
/// Longest JPEG, in bytes: its decoders need all bytes at once.
const MAX_JPEG_BYTES: u64 = 192 << 20;

/// Reads a whole file and hashes it. Fails for a file longer than `limits.max_file_bytes`.
///
/// # Errors
/// [`PhotoError::Stopped`] once `stop` is set.
pub(super) fn read(path: &Path, limits: &Limits, stop: &StopFlag) -> Result<PhotoFile, PhotoError> {
    let io_error = |source| PhotoError::io(path, source);
    // Checked before it is opened: opening a pipe would wait for a writer for ever.
    let metadata = path.metadata().map_err(io_error)?;
    if !metadata.is_file() {
        return Err(PhotoError::NotAFile);
    }
    let stamp = FileStamp::of(&metadata);
    let check_length = |bytes: u64, limit: u64| match bytes > limit {
        true => Err(PhotoError::FileTooLarge { bytes, limit }),
        false => Ok(()),
    };
    check_length(stamp.bytes, limits.max_file_bytes)?;
    let mut file = File::open(path).map_err(io_error)?;
    let mut hasher = blake3::Hasher::new();
    let mut bytes = Vec::with_capacity(stamp.bytes.min(MAX_HELD) as usize);
    let mut length = 0;
    // The size above is only a claim: the file may grow or shrink while it is read, or may be a device.
    let (mut max_length, mut max_held) = (limits.max_file_bytes, MAX_HELD);
    let mut is_held = true;
    loop {
        if stop.is_set() {
            return Err(PhotoError::Stopped);
        }
        if !is_held {
            bytes.clear();
        }
        let start = bytes.len();
        let read = (&mut file)
            .take(CHUNK as u64)
            .read_to_end(&mut bytes)
            .map_err(io_error)?;
        if read == 0 {
            break;
        }
        if length == 0 && kind_by_content(&bytes) == FileKind::Photo(PhotoFormat::Jpeg) {
            max_length = max_length.min(MAX_JPEG_BYTES);
            max_held = max_length;
            check_length(stamp.bytes, max_length)?;
            bytes.reserve_exact((stamp.bytes as usize).saturating_sub(bytes.len()));
        }
        length += read as u64;
        check_length(length, max_length)?;
        hasher.update(&bytes[start..]);
        if is_held && length > max_held {
            is_held = false;
            bytes = Vec::with_capacity(CHUNK);
        }
    }
    if length == 0 {
        return Err(PhotoError::Empty);
    }
    Ok(PhotoFile {
        content_hash: ContentHash(*hasher.finalize().as_bytes()),
        content: match is_held {
            true => Content::InMemory(bytes),
            false => Content::OnDisk(path.to_path_buf()),
        },
        page: None,
        stamp,
    })
}
