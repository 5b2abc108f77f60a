//! The cost of decoding a JPEG, known from its markers (ITU T.81, annex B) before a decoder runs.
//!
//! A progressive file covers its picture once per scan, and an empty scan takes ten bytes, so the size of the file
//! bounds nothing. Therefore the scans are counted, and the blocks that they cover.

use crate::geometry::Size;
use crate::photo::PhotoError;

/// Scans of one picture. Encoders write up to about 64; zune-jpeg accepts no more than this limit either.
const MAX_SCANS: u64 = 100;
/// Blocks of 8 × 8 samples that all scans cover: 20 scans of 100 megapixels at full colour resolution. They take less
/// than half a second if the scans are empty, about two seconds if they are full.
const MAX_BLOCK_VISITS: u64 = 1 << 25;
/// Bytes of coded data in several scans: twice those of a progressive photo of 200 megapixels. Decoding time grows with
/// them.
const MAX_SCAN_BYTES: u64 = 96 << 20;
/// Segments that are not scans: a profile or extended XMP has one for each 64 KB, a progressive file one or two for
/// each scan.
const MAX_SEGMENTS: u64 = 4096;

pub(crate) const START_OF_SCAN: u8 = 0xDA;
pub(crate) const END_OF_IMAGE: u8 = 0xD9;
const PROGRESSIVE_FRAME: u8 = 0xC2;

/// The work of decoding, by the markers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Work {
    /// Bytes of coefficients that are held until the last scan; 0 where one scan has all components.
    pub coefficients: u64,
    /// Bytes before the first scan: metadata, which decoders copy.
    pub header: u64,
}

/// The components of the frame, each with its number of blocks.
struct Frame {
    components: Vec<(u8, u64)>,
    progressive: bool,
}

/// Reads the markers. Fails if the work exceeds that of any photo.
pub(crate) fn work(bytes: &[u8]) -> Result<Work, PhotoError> {
    let mut work = Work::default();
    let mut frame = None;
    let (mut scans, mut segments, mut visits) = (0, 0, 0);
    for (code, at) in markers(bytes) {
        if scans > 0 {
            let coded = (at as u64).saturating_sub(work.header);
            check("bytes of scans", coded, MAX_SCAN_BYTES)?;
        }
        match code {
            0xC0..=0xC2 if frame.is_none() => frame = Frame::parse(bytes, at),
            END_OF_IMAGE if scans > 0 => break,
            START_OF_SCAN => {
                scans += 1;
                let Some(frame) = &frame else { continue };
                let components = scan_components(bytes, at);
                if scans == 1 {
                    work.header = at as u64;
                    if !frame.progressive && components.len() == frame.components.len() {
                        break;
                    }
                    let blocks = frame.components.iter().map(|(_, blocks)| blocks);
                    work.coefficients = blocks.sum::<u64>() * 64 * 2;
                }
                let visited = frame.components.iter();
                visits += visited
                    .filter(|(id, _)| components.contains(id))
                    .map(|(_, blocks)| blocks)
                    .sum::<u64>();
            }
            _ => segments += 1,
        }
        check("scans", scans, MAX_SCANS)?;
        check("segments", segments, MAX_SEGMENTS)?;
        check("blocks in all its scans", visits, MAX_BLOCK_VISITS)?;
    }
    Ok(work)
}

fn check(what: &str, count: u64, limit: u64) -> Result<(), PhotoError> {
    if count <= limit {
        return Ok(());
    }
    Err(PhotoError::TooMuchWork {
        format: "a JPEG",
        found: format!("{count} or more {what}"),
        limit,
    })
}

impl Frame {
    fn parse(bytes: &[u8], at: usize) -> Option<Frame> {
        let progressive = bytes.get(at + 1) == Some(&PROGRESSIVE_FRAME);
        let fields = bytes.get(at + 4..at + 10)?;
        let number = |high: u8, low: u8| u64::from(u16::from_be_bytes([high, low]));
        let (height, width) = (number(fields[1], fields[2]), number(fields[3], fields[4]));
        let components = bytes.get(at + 10..at + 10 + usize::from(fields[5]) * 3)?;
        let (components, _) = components.as_chunks::<3>();
        // (horizontal, vertical) sampling factors.
        let factors = |sampling: u8| {
            (
                u64::from(sampling >> 4).max(1),
                u64::from(sampling & 15).max(1),
            )
        };
        let all = || components.iter().map(|component| factors(component[1]));
        let widest = all().map(|(across, _)| across).max()?;
        let tallest = all().map(|(_, down)| down).max()?;
        let units = width.div_ceil(8 * widest) * height.div_ceil(8 * tallest);
        let blocks = components.iter().map(|[id, sampling, _]| {
            let (across, down) = factors(*sampling);
            (*id, units * across * down)
        });
        Some(Frame {
            components: blocks.collect(),
            progressive,
        })
    }
}

/// The ids of the components of a scan.
fn scan_components(bytes: &[u8], at: usize) -> Vec<u8> {
    let count = bytes.get(at + 4).map_or(0, |count| usize::from(*count));
    let specs = bytes.get(at + 5..at + 5 + 2 * count).unwrap_or(&[]);
    specs.chunks_exact(2).map(|spec| spec[0]).collect()
}

/// The size that the first frame claims, if there is a frame.
pub(crate) fn frame_size(bytes: &[u8]) -> Option<Size> {
    let (_, at) = markers(bytes).find(|(code, _)| matches!(code, 0xC0..=0xC2))?;
    let fields = bytes.get(at + 5..at + 9)?;
    let number = |high: u8, low: u8| u32::from(u16::from_be_bytes([high, low]));
    Some(Size {
        width: number(fields[2], fields[3]),
        height: number(fields[0], fields[1]),
    })
}

/// The markers of a JPEG stream in order, each with its position. Entropy-coded data are skipped.
pub(crate) fn markers(bytes: &[u8]) -> impl Iterator<Item = (u8, usize)> {
    let mut at = 2;
    std::iter::from_fn(move || {
        loop {
            at = next_0xff(bytes, at)?;
            let code = *bytes.get(at + 1)?;
            // Stuffed zeroes, fill bytes and restart markers are part of the data between markers.
            if matches!(code, 0x00 | 0x01 | 0xD0..=0xD8 | 0xFF) {
                at += 1;
                continue;
            }
            let here = at;
            at += 2;
            if code != END_OF_IMAGE {
                let length = bytes.get(at..at + 2)?;
                at += usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
            }
            return Some((code, here));
        }
    })
}

/// Position of the next byte 0xFF at or after `at`. Tests eight bytes at a time, since coded data contain few.
fn next_0xff(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let (words, _) = rest.as_chunks::<8>();
    // A byte 0xFF is a zero byte of the inverse (Bit Twiddling Hacks, "haszero").
    let has_0xff = |word: &[u8; 8]| {
        let inverse = !u64::from_ne_bytes(*word);
        inverse.wrapping_sub(0x0101_0101_0101_0101) & !inverse & 0x8080_8080_8080_8080 != 0
    };
    let passed = words.iter().take_while(|word| !has_0xff(word)).count() * 8;
    let found = rest[passed..].iter().position(|byte| *byte == 0xFF)?;
    Some(at + passed + found)
}

/// Searches backwards from the end of the file to the first scan: coded data can't contain an end marker, metadata
/// before the scan may.
pub(crate) fn has_end_marker(bytes: &[u8]) -> bool {
    let scan = markers(bytes).find(|(code, _)| *code == START_OF_SCAN);
    let Some((_, scan)) = scan else {
        return false;
    };
    let mut pairs = bytes[scan..].windows(2).rev();
    pairs.any(|pair| pair == [0xFF, END_OF_IMAGE])
}

pub(crate) fn is_progressive(bytes: &[u8]) -> bool {
    markers(bytes)
        .map(|(code, _)| code)
        .take_while(|code| *code != START_OF_SCAN)
        .any(|code| code == PROGRESSIVE_FRAME)
}
