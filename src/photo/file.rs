//! Reading a whole file within a limit, hashing it on the way.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::Read as _;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::PhotoError;

/// Bounds on what one file may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest file read, in bytes.
    pub max_file_bytes: u64,
    /// Most pixels (width × height) a picture may claim.
    pub max_pixels: u64,
}

impl Default for Limits {
    /// 512 MiB and 2²⁸ pixels: above the largest phone and medium-format photos (about 200 megapixels), and at 3 bytes
    /// a pixel still less than 1 GiB decoded.
    fn default() -> Self {
        Self {
            max_file_bytes: 512 << 20,
            max_pixels: 1 << 28,
        }
    }
}

/// BLAKE3 of a file's bytes: the same photo, wherever it lies and whatever it is called.
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

/// Size and time of last change: equal stamps at one path mean that the file needs no second look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStamp {
    pub bytes: u64,
    /// Nanoseconds since 1970-01-01 UTC, negative before; 0 where the file system keeps no times.
    pub modified_ns: i64,
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
        }
    }
}

/// A file's bytes as they were read, with their hash and the stamp the file bore just before.
pub struct PhotoFile {
    pub bytes: Vec<u8>,
    pub content_hash: ContentHash,
    pub stamp: FileStamp,
}

/// Bytes read and hashed at a time: small enough to stay in the processor's cache between the two.
const CHUNK: usize = 256 << 10;

/// Reads a whole file, at most `limits.max_file_bytes` of it, and hashes it on the way.
pub fn read(path: &Path, limits: &Limits) -> Result<PhotoFile, PhotoError> {
    let io_error = |source| PhotoError::io(path, source);
    // Looked at before it is opened: opening a pipe would wait for its writer for ever.
    let metadata = path.metadata().map_err(io_error)?;
    if !metadata.is_file() {
        return Err(PhotoError::NotAFile);
    }
    let stamp = FileStamp::of(&metadata);
    let too_large = |bytes| PhotoError::FileTooLarge {
        bytes,
        limit: limits.max_file_bytes,
    };
    if stamp.bytes > limits.max_file_bytes {
        return Err(too_large(stamp.bytes));
    }
    let mut file = File::open(path).map_err(io_error)?;
    let mut bytes = Vec::with_capacity(usize::try_from(stamp.bytes).unwrap_or(0));
    let mut hasher = blake3::Hasher::new();
    // The size above is only a claim: the file may grow while it is read, or be a device.
    loop {
        let start = bytes.len();
        let read = (&mut file)
            .take(CHUNK as u64)
            .read_to_end(&mut bytes)
            .map_err(io_error)?;
        if read == 0 {
            break;
        }
        if bytes.len() as u64 > limits.max_file_bytes {
            return Err(too_large(bytes.len() as u64));
        }
        hasher.update(&bytes[start..]);
    }
    if bytes.is_empty() {
        return Err(PhotoError::Empty);
    }
    Ok(PhotoFile {
        content_hash: ContentHash(*hasher.finalize().as_bytes()),
        bytes,
        stamp,
    })
}
