//! Directories of tags in TIFF files and EXIF blocks (TIFF 6.0, section 2; BigTIFF).
//!
//! One directory is read at a time, and values only on request and up to a limit. So entries that overlap, repeat or
//! claim more than the file has cost nothing. What can't be read counts as absent.

use std::io::{Read, Seek, SeekFrom};

/// Entries that are read of one directory: the largest count of a classic TIFF.
const MAX_ENTRIES: u64 = u16::MAX as u64;
/// Bytes of a text that are read; dates have 20.
const MAX_ASCII: u64 = 64;

// Field types.
const BYTE: u16 = 1;
const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const UNDEFINED: u16 = 7;
const LONG8: u16 = 16;

pub(crate) struct Entry {
    pub tag: u16,
    kind: u16,
    pub count: u64,
    /// The value itself where it fits, otherwise its offset.
    value: [u8; 8],
}

/// The tags of a TIFF file or an EXIF block.
pub(crate) struct Tags<R> {
    reader: R,
    little_endian: bool,
    big: bool,
}

impl<R: Read + Seek> Tags<R> {
    /// None if this is not a TIFF.
    pub(crate) fn open(mut reader: R) -> Option<Self> {
        let mut head = [0; 4];
        reader.seek(SeekFrom::Start(0)).ok()?;
        reader.read_exact(&mut head).ok()?;
        let (little_endian, big) = match head {
            [b'I', b'I', 42, 0] => (true, false),
            [b'M', b'M', 0, 42] => (false, false),
            [b'I', b'I', 43, 0] => (true, true),
            [b'M', b'M', 0, 43] => (false, true),
            _ => return None,
        };
        Some(Self {
            reader,
            little_endian,
            big,
        })
    }

    pub(crate) fn first_directory(&mut self) -> Vec<Entry> {
        let at = if self.big { 8 } else { 4 };
        match self.seek(at).and_then(|()| self.offset()) {
            Some(offset) => self.directory_at(offset),
            None => Vec::new(),
        }
    }

    /// The entries of a directory, up to the first broken one.
    pub(crate) fn directory_at(&mut self, offset: u64) -> Vec<Entry> {
        let count_bytes = if self.big { 8 } else { 2 };
        let count = self
            .seek(offset)
            .and_then(|()| self.unsigned(count_bytes))
            .unwrap_or(0);
        let entries = (0..count.min(MAX_ENTRIES)).map_while(|_| self.entry());
        entries.collect()
    }

    /// The first number of a field of integers.
    pub(crate) fn number(&mut self, entry: &Entry) -> Option<u64> {
        if !matches!(entry.kind, BYTE | SHORT | LONG | LONG8) || entry.count == 0 {
            return None;
        }
        let size = size_of_kind(entry.kind);
        let bytes = self.value(entry, size)?;
        Some(self.to_number(&bytes))
    }

    /// The numbers of a field, at most `max`.
    pub(crate) fn numbers(&mut self, entry: &Entry, most: u64) -> Option<Vec<u64>> {
        if !matches!(entry.kind, BYTE | SHORT | LONG | LONG8) || entry.count > most {
            return None;
        }
        let size = size_of_kind(entry.kind);
        let bytes = self.value(entry, entry.count.checked_mul(size)?)?;
        let numbers = bytes.chunks_exact(size as usize);
        Some(numbers.map(|number| self.to_number(number)).collect())
    }

    /// The first text of a field.
    pub(crate) fn ascii(&mut self, entry: &Entry) -> Option<Vec<u8>> {
        if entry.kind != ASCII {
            return None;
        }
        let bytes = self.value(entry, entry.count.min(MAX_ASCII))?;
        bytes.split(|byte| *byte == 0).next().map(<[u8]>::to_vec)
    }

    /// A field of at most `max` bytes.
    pub(crate) fn bytes(&mut self, entry: &Entry, most: u64) -> Option<Vec<u8>> {
        let is_bytes = matches!(entry.kind, BYTE | UNDEFINED) && entry.count <= most;
        is_bytes.then(|| self.value(entry, entry.count)).flatten()
    }

    fn entry(&mut self) -> Option<Entry> {
        let tag = self.unsigned(2)? as u16;
        let kind = self.unsigned(2)? as u16;
        let count = self.unsigned(if self.big { 8 } else { 4 })?;
        let mut value = [0; 8];
        let inline = self.inline_bytes();
        self.reader.read_exact(&mut value[..inline]).ok()?;
        Some(Entry {
            tag,
            kind,
            count,
            value,
        })
    }

    fn inline_bytes(&self) -> usize {
        if self.big { 8 } else { 4 }
    }

    /// The first `length` bytes of a field's value.
    fn value(&mut self, entry: &Entry, length: u64) -> Option<Vec<u8>> {
        let whole = entry.count.checked_mul(size_of_kind(entry.kind))?;
        let inline = self.inline_bytes();
        if whole <= inline as u64 {
            return Some(entry.value[..length as usize].to_vec());
        }
        let offset = self.to_number(&entry.value[..inline]);
        self.seek(offset)?;
        let mut bytes = Vec::new();
        let mut limited = (&mut self.reader).take(length);
        limited.read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 == length).then_some(bytes)
    }

    fn seek(&mut self, offset: u64) -> Option<()> {
        self.reader.seek(SeekFrom::Start(offset)).ok().map(drop)
    }

    fn offset(&mut self) -> Option<u64> {
        self.unsigned(self.inline_bytes())
    }

    fn unsigned(&mut self, length: usize) -> Option<u64> {
        let mut bytes = [0; 8];
        self.reader.read_exact(&mut bytes[..length]).ok()?;
        Some(self.to_number(&bytes[..length]))
    }

    fn to_number(&self, bytes: &[u8]) -> u64 {
        let append = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        match self.little_endian {
            true => bytes.iter().rev().fold(0, append),
            false => bytes.iter().fold(0, append),
        }
    }
}

/// Bytes of one value of a field type; only for the types that are read here.
fn size_of_kind(kind: u16) -> u64 {
    match kind {
        SHORT => 2,
        LONG => 4,
        LONG8 => 8,
        _ => 1,
    }
}
