//! Camera raw: the largest picture that the camera put in as a JPEG.
//!
//! The sensor's own data are not developed. Most raw files are TIFF inside: every directory that can be reached within bounds is
//! looked at for JPEGs, and the one with the most pixels is taken. Which way is up says the raw's first directory, not the
//! preview. Where things lie: TIFF/EP and DNG 1.7 (directories), ExifTool's tables of tags (maker notes, RAF, RW2), and
//! lclevy's "canon_cr3" (CR3).

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{Cursor, Read as _, SeekFrom};

use super::jpeg::cost::frame_size;
use crate::photo::PhotoError;
use crate::photo::decode_watch::Watch;
use crate::photo::exif::ExifFacts;
use crate::photo::exif::tags::{Entry, Tags};
use crate::photo::file::{SeekRead, Source};
use crate::photo::file_kind::FUJI_HEAD;

/// Directories looked at in one file; a NEF has about ten.
const MAX_DIRECTORIES: usize = 64;
/// JPEGs looked at in one file.
const MAX_PREVIEWS: usize = 64;
/// Bytes of a preview that are looked at for its size.
const HEAD: u64 = 64 << 10;
/// Longest preview; the largest that cameras write has about 30 MB.
const MAX_PREVIEW: u64 = 64 << 20;
/// Boxes of a CR3 looked at.
const MAX_BOXES: usize = 512;
/// Longest box of a CR3 that is read whole: the directories of tags.
const MAX_TAGS_BOX: u64 = 1 << 20;

const COMPRESSION: u16 = 0x0103;
const PHOTOMETRIC: u16 = 0x0106;
const STRIP_OFFSETS: u16 = 0x0111;
const STRIP_LENGTHS: u16 = 0x0117;
const SUB_DIRECTORIES: u16 = 0x014A;
const JPEG_OFFSET: u16 = 0x0201;
const JPEG_LENGTH: u16 = 0x0202;
const EXIF_DIRECTORY: u16 = 0x8769;
const MAKER_NOTE: u16 = 0x927C;
const DNG_VERSION: u16 = 0xC612;
const PANASONIC_JPEG: u16 = 0x002E;
/// Colours of the sensor itself: a filter array, or samples in a line.
const SENSOR_COLORS: [u64; 2] = [32_803, 34_892];
/// Compressions that cameras alone use: Sony, Nikon, Samsung, Pentax.
const CAMERA_COMPRESSIONS: [u64; 6] = [32_767, 32_769, 32_770, 34_713, 65_000, 65_535];

/// What a raw file has to look at.
pub(crate) struct RawPreview<'a> {
    pub jpeg: Cow<'a, [u8]>,
    /// Of the raw file, whose preview may say something else.
    pub exif: ExifFacts,
}

impl RawPreview<'_> {
    /// Bytes of memory that the preview takes beside the file.
    pub(crate) fn held(&self) -> u64 {
        match &self.jpeg {
            Cow::Borrowed(_) => 0,
            Cow::Owned(bytes) => bytes.len() as u64,
        }
    }
}

/// Which way a raw file is built.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    Tiff,
    Fuji,
    Canon3,
}

fn container(head: &[u8]) -> Option<Container> {
    match head {
        head if head.starts_with(FUJI_HEAD) => Some(Container::Fuji),
        [_, _, _, _, brand @ ..] if brand.starts_with(b"ftypcrx ") => Some(Container::Canon3),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Container::Tiff),
        [b'I', b'I', b'R', b'O' | b'S', ..]
        | [b'I', b'I', b'U', 0, ..]
        | [b'M', b'M', b'O', b'R', ..] => Some(Container::Tiff),
        _ => None,
    }
}

/// Whether a file that begins as a TIFF is a camera's raw file.
pub(crate) fn is_raw_tiff<'a>(
    source: Source<'a>,
    watch: &'a Watch<'a>,
) -> Result<bool, PhotoError> {
    let Some(mut search) = Search::of_tiff(source, watch)? else {
        return Ok(false);
    };
    search.walk(watch)?;
    Ok(search.is_raw)
}

/// The largest preview of a raw file.
pub(crate) fn preview<'a>(
    source: Source<'a>,
    watch: &'a Watch<'a>,
) -> Result<RawPreview<'a>, PhotoError> {
    let head = source.head(watch)?;
    let (candidates, exif) = match container(&head) {
        Some(Container::Tiff) => {
            let none = || damaged("no directory");
            let mut search = Search::of_tiff(source, watch)?.ok_or_else(none)?;
            search.walk(watch)?;
            (search.candidates, ExifFacts::of(&mut search.tags))
        }
        Some(Container::Fuji) => fuji(source, watch)?,
        Some(Container::Canon3) => canon3(source, watch)?,
        None => return Err(damaged("no known kind")),
    };
    let jpeg = largest(source, watch, &candidates)?;
    Ok(RawPreview { jpeg, exif })
}

/// Where a JPEG may lie.
type Candidate = (u64, u64);

/// The JPEG of the most pixels; those of the sensor's own data (lossless) are none.
fn largest<'a>(
    source: Source<'a>,
    watch: &'a Watch<'a>,
    candidates: &[Candidate],
) -> Result<Cow<'a, [u8]>, PhotoError> {
    let mut best: Option<(u64, Candidate)> = None;
    for &(offset, length) in candidates.iter().take(MAX_PREVIEWS) {
        watch.check()?;
        let head = read(source, watch, offset, length.min(HEAD))?;
        if !head.starts_with(&[0xFF, 0xD8, 0xFF]) || length > MAX_PREVIEW {
            continue;
        }
        let pixels = frame_size(&head).map_or(0, |size| size.pixels());
        if pixels > best.map_or(0, |(most, _)| most) {
            best = Some((pixels, (offset, length)));
        }
    }
    let (_, (offset, length)) = best.ok_or(PhotoError::NotYetReadable { kind: "raw" })?;
    read(source, watch, offset, length)
}

/// `length` bytes of the file, or as many as there are.
fn read<'a>(
    source: Source<'a>,
    watch: &'a Watch<'a>,
    offset: u64,
    length: u64,
) -> Result<Cow<'a, [u8]>, PhotoError> {
    match source {
        Source::Memory(bytes) => {
            let from = usize::try_from(offset)
                .unwrap_or(usize::MAX)
                .min(bytes.len());
            let left = bytes.len() - from;
            let length = usize::try_from(length).unwrap_or(usize::MAX).min(left);
            Ok(Cow::Borrowed(&bytes[from..from + length]))
        }
        Source::Disk(path, _) => {
            let mut reader = source.reader(watch)?;
            let mut bytes = Vec::new();
            let read = reader
                .seek(SeekFrom::Start(offset))
                .and_then(|_| reader.take(length).read_to_end(&mut bytes));
            read.map_err(|source| PhotoError::io(path, source))?;
            Ok(Cow::Owned(bytes))
        }
    }
}

/// A walk through the directories of a raw file that is TIFF inside.
struct Search<'a> {
    tags: Tags<Box<dyn SeekRead + 'a>>,
    candidates: Vec<Candidate>,
    is_raw: bool,
}

impl<'a> Search<'a> {
    fn of_tiff(source: Source<'a>, watch: &'a Watch<'a>) -> Result<Option<Self>, PhotoError> {
        let head = source.head(watch)?;
        // The CR2 says so behind the TIFF's own header; Olympus's and Panasonic's have another header.
        let is_marked = head.get(8..10) == Some(b"CR")
            || !matches!(head.get(2..4), Some([42 | 43, 0] | [0, 42 | 43]));
        let tags = Tags::open(source.reader(watch)?);
        Ok(tags.map(|tags| Self {
            tags,
            candidates: Vec::new(),
            is_raw: is_marked,
        }))
    }

    fn walk(&mut self, watch: &Watch<'_>) -> Result<(), PhotoError> {
        let mut seen = HashSet::new();
        let mut waiting: Vec<u64> = self.tags.first_offset().into_iter().collect();
        while let Some(offset) = waiting.pop() {
            if seen.len() == MAX_DIRECTORIES || !seen.insert(offset) {
                continue;
            }
            watch.check()?;
            let (directory, next) = self.tags.directory_and_next(offset);
            waiting.extend(next);
            self.look_at(&directory, &mut waiting);
        }
        Ok(())
    }

    fn look_at(&mut self, directory: &[Entry], waiting: &mut Vec<u64>) {
        let find = |tag: u16| directory.iter().find(|entry| entry.tag == tag);
        let tags = &mut self.tags;
        let mut number = |tag| find(tag).and_then(|entry| tags.number(entry));
        let compression = number(COMPRESSION).unwrap_or(0);
        let colors = number(PHOTOMETRIC).unwrap_or(0);
        self.is_raw |= SENSOR_COLORS.contains(&colors)
            || CAMERA_COMPRESSIONS.contains(&compression)
            || find(DNG_VERSION).is_some();
        self.candidates
            .extend(number(JPEG_OFFSET).zip(number(JPEG_LENGTH)));
        // A preview in one strip; the sensor's data may be lossless JPEG, which is told by its frame.
        let is_jpeg = matches!(compression, 6 | 7 | 34_892) || compression == 0;
        let is_single = find(STRIP_OFFSETS).is_some_and(|entry| entry.count == 1);
        if is_jpeg && is_single {
            self.candidates
                .extend(number(STRIP_OFFSETS).zip(number(STRIP_LENGTHS)));
        }
        if let Some(entry) = find(PANASONIC_JPEG) {
            self.candidates.extend(self.tags.place(entry));
        }
        if let Some(offset) = find(EXIF_DIRECTORY).and_then(|entry| self.tags.number(entry)) {
            waiting.push(offset);
        }
        if let Some(entry) = find(SUB_DIRECTORIES) {
            let most = MAX_DIRECTORIES as u64;
            waiting.extend(self.tags.numbers(entry, most).unwrap_or_default());
        }
        if let Some(place) = find(MAKER_NOTE).and_then(|entry| self.tags.place(entry)) {
            self.look_at_maker_note(place);
        }
    }

    /// Nikon's note is a TIFF in itself with a directory of the preview; Olympus's has directories of its own.
    fn look_at_maker_note(&mut self, (at, length): Candidate) {
        let mut head = Vec::new();
        if self
            .tags
            .read_at(at, length.min(MAX_TAGS_BOX), &mut head)
            .is_none()
        {
            return;
        }
        let found = match &head[..] {
            [b'N', b'i', b'k', b'o', b'n', 0, ..] if head.len() > 10 => {
                preview_of_nikon(&head[10..], at + 10)
            }
            [b'O', b'L', b'Y', b'M', b'P', b'U', b'S', 0, order, ..] if head.len() > 12 => {
                preview_of_olympus(&head, *order == b'I', at)
            }
            _ => None,
        };
        self.candidates.extend(found);
    }
}

/// Nikon's note has a TIFF header of its own, from which it counts: PreviewIFD (0x0011) has the place.
fn preview_of_nikon(note: &[u8], at: u64) -> Option<Candidate> {
    let mut tags = Tags::open(Cursor::new(note))?;
    let first = tags.first_directory();
    let offset = tags.number(first.iter().find(|entry| entry.tag == 0x0011)?)?;
    let inner = tags.directory_at(offset);
    let mut number = |tag| tags.number(inner.iter().find(|entry| entry.tag == tag)?);
    Some((number(JPEG_OFFSET)?.checked_add(at)?, number(JPEG_LENGTH)?))
}

/// Olympus counts from the note's start: CameraSettings (0x2020) has the preview's place in 0x0101 and 0x0102.
fn preview_of_olympus(note: &[u8], little_endian: bool, at: u64) -> Option<Candidate> {
    let mut tags = Tags::without_header(Cursor::new(note), little_endian);
    let first = tags.directory_at(12);
    let settings = first.iter().find(|entry| entry.tag == 0x2020)?;
    let offset = tags
        .number(settings)
        .or_else(|| Some(tags.place(settings)?.0))?;
    let inner = tags.directory_at(offset);
    let mut number = |tag| tags.number(inner.iter().find(|entry| entry.tag == tag)?);
    Some((number(0x0101)?.checked_add(at)?, number(0x0102)?))
}

/// The header of a RAF has the place of one JPEG, which is a whole file with EXIF.
fn fuji<'a>(
    source: Source<'a>,
    watch: &'a Watch<'a>,
) -> Result<(Vec<Candidate>, ExifFacts), PhotoError> {
    let header = read(source, watch, 84, 8)?;
    let [a, b, c, d, e, f, g, h] = *header else {
        return Err(PhotoError::CutOff);
    };
    let offset = u64::from(u32::from_be_bytes([a, b, c, d]));
    let length = u64::from(u32::from_be_bytes([e, f, g, h]));
    let head = read(source, watch, offset, length.min(HEAD))?;
    let exif = exif_of_jpeg(&head);
    Ok((vec![(offset, length)], exif))
}

fn exif_of_jpeg(head: &[u8]) -> ExifFacts {
    let mut segments = super::jpeg::cost::markers(head).filter(|(code, _)| *code == 0xE1);
    let exif = segments.find_map(|(_, at)| {
        let length = u16::from_be_bytes([*head.get(at + 2)?, *head.get(at + 3)?]);
        let segment = head.get(at + 4..at + 2 + usize::from(length))?;
        segment.strip_prefix(b"Exif\0\0")
    });
    exif.map_or(ExifFacts::NONE, ExifFacts::parse)
}

/// CR3 is an ISO file: tags and a thumbnail in a box of `moov`, a preview in a box of its own, and the whole picture as the
/// only sample of the first track.
fn canon3<'a>(
    source: Source<'a>,
    watch: &'a Watch<'a>,
) -> Result<(Vec<Candidate>, ExifFacts), PhotoError> {
    const PREVIEW_UUID: [u8; 4] = [0xEA, 0xF4, 0x2B, 0x5E];
    const CANON_UUID: [u8; 4] = [0x85, 0xC0, 0xB6, 0x87];
    let mut candidates = Vec::new();
    let mut exif = ExifFacts::NONE;
    // Of the first track: the length and place of its sample.
    let (mut length, mut is_first_track) = (None, true);
    let mut waiting = vec![(0, u64::MAX)];
    let mut boxes = 0;
    while let Some((mut at, end)) = waiting.pop() {
        while at < end && boxes < MAX_BOXES {
            watch.check()?;
            boxes += 1;
            let head = read(source, watch, at, 80)?;
            let Some((header, size)) = box_size(&head) else {
                break;
            };
            let body = at.saturating_add(header);
            let next = at.saturating_add(size.max(8)).min(end);
            let inside = || read(source, watch, body, (next - body).min(MAX_TAGS_BOX));
            let inner = &head[header as usize..];
            // Where the boxes inside begin, of those that are looked into.
            let children = match &head[4..8] {
                b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" => Some(0),
                b"uuid" if inner.starts_with(&CANON_UUID) => Some(16),
                b"uuid" if inner.starts_with(&PREVIEW_UUID) => Some(24),
                _ => None,
            };
            if let Some(skip) = children {
                waiting.push((next, end));
                waiting.push((body + skip, next));
                break;
            }
            match &head[4..8] {
                b"CMT1" => exif = ExifFacts::parse(&inside()?),
                b"CMT2" => exif.taken = exif_directory(&inside()?).taken.or(exif.taken),
                b"PRVW" => {
                    let length = inner.get(12..16);
                    candidates.extend(length.map(|length| (body + 16, number(length))));
                }
                b"THMB" => {
                    let length = inner.get(8..12);
                    candidates.extend(length.map(|length| (body + 16, number(length))));
                }
                b"stsz" if is_first_track => {
                    let one = inner.get(4..8).map(number);
                    let listed = inner.get(12..16).map(number);
                    length = one.filter(|length| *length > 0).or(listed);
                }
                b"co64" if is_first_track => {
                    let offset = inner.get(8..16);
                    candidates.extend(offset.map(number).zip(length));
                    is_first_track = false;
                }
                _ => {}
            }
            at = next;
        }
    }
    Ok((candidates, exif))
}

/// Tags whose first directory is that of EXIF itself.
fn exif_directory(block: &[u8]) -> ExifFacts {
    match Tags::open(Cursor::new(block)) {
        Some(mut tags) => {
            let directory = tags.first_directory();
            ExifFacts::of_exif_directory(&mut tags, &directory)
        }
        None => ExifFacts::NONE,
    }
}

/// Bytes of a box's header, and of the box.
fn box_size(head: &[u8]) -> Option<(u64, u64)> {
    let size = number(head.get(..4)?);
    head.get(4..8)?;
    match size {
        0 => Some((8, u64::MAX)),
        1 => Some((16, number(head.get(8..16)?))),
        size => Some((8, size)),
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn damaged(reason: &str) -> PhotoError {
    PhotoError::Damaged {
        format: "raw",
        reason: reason.to_owned(),
    }
}
