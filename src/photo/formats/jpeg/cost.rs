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
/// Progressive frames, of Huffman and of arithmetic codes.
const PROGRESSIVE_FRAMES: [u8; 2] = [0xC2, 0xCA];

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
            _ if is_frame(code) && frame.is_none() => frame = Frame::parse(bytes, at),
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
        let progressive = PROGRESSIVE_FRAMES.contains(bytes.get(at + 1)?);
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

/// Whether a marker begins a frame of a kind that is decoded: baseline, extended or progressive, of either code.
fn is_frame(code: u8) -> bool {
    matches!(code, 0xC0..=0xC2 | 0xC9 | 0xCA)
}

/// The size that the first frame claims, if there is a frame.
pub(crate) fn frame_size(bytes: &[u8]) -> Option<Size> {
    let (_, at) = markers(bytes).find(|(code, _)| is_frame(*code))?;
    let fields = bytes.get(at + 5..at + 9)?;
    let number = |high: u8, low: u8| u32::from(u16::from_be_bytes([high, low]));
    Some(Size {
        width: number(fields[2], fields[3]),
        height: number(fields[0], fields[1]),
    })
}

/// Sampling factors of the first frame's components, across and down; none where there is no frame.
pub(crate) fn sampling(bytes: &[u8]) -> Vec<(u8, u8)> {
    let frame = markers(bytes).find(|(code, _)| is_frame(*code));
    let specs = frame.and_then(|(_, at)| {
        let count = usize::from(*bytes.get(at + 9)?);
        bytes.get(at + 10..at + 10 + 3 * count)
    });
    let specs = specs.unwrap_or(&[]).chunks_exact(3);
    specs.map(|spec| (spec[1] >> 4, spec[1] & 15)).collect()
}

/// What a frame is of that no decoder here takes: sound, but neither 8 bits nor coded by blocks.
pub(crate) fn unsupported_frame(bytes: &[u8]) -> Option<String> {
    let frames = 0xC0..=0xCF;
    let is_other = |code: &u8| matches!(code, 0xC4 | 0xC8 | 0xCC);
    let mut all = markers(bytes).filter(|(code, _)| frames.contains(code) && !is_other(code));
    let (code, at) = all.next()?;
    let bits = *bytes.get(at + 4)?;
    match code {
        0xC3 | 0xCB => Some("lossless".to_owned()),
        0xC5..=0xC7 | 0xCD..=0xCF => Some("hierarchical".to_owned()),
        0xC1 | 0xC2 | 0xC9 | 0xCA if bits == 12 => Some("12 bits a sample".to_owned()),
        _ => None,
    }
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

/// Whether a picture that isn't progressive has its colours in scans of their own.
pub(crate) fn has_scans_of_parts(bytes: &[u8]) -> bool {
    let frame = markers(bytes).find(|(code, _)| is_frame(*code));
    let scan = markers(bytes).find(|(code, _)| *code == START_OF_SCAN);
    match (frame, scan) {
        (Some((code, frame)), Some((_, scan))) if !PROGRESSIVE_FRAMES.contains(&code) => {
            bytes.get(frame + 9) != bytes.get(scan + 4)
        }
        _ => false,
    }
}

/// Whether a picture is packed with arithmetic codes, whose decoder goes on without data and doesn't say so.
pub(crate) fn has_arithmetic_codes(bytes: &[u8]) -> bool {
    let frame = markers(bytes).find(|(code, _)| is_frame(*code));
    matches!(frame, Some((0xC9 | 0xCA, _)))
}

/// Whether every coefficient of a progressive picture is sent to its last bit by some scan (ITU T.81, G.1.1.1); what is not
/// progressive always is.
pub(crate) fn has_all_scans(bytes: &[u8]) -> bool {
    let mut frames = markers(bytes).filter(|(code, _)| is_frame(*code));
    let frame = match frames.next() {
        Some((code, frame)) if PROGRESSIVE_FRAMES.contains(&code) => frame,
        _ => return true,
    };
    let Some(count) = bytes.get(frame + 9) else {
        return false;
    };
    let specs = bytes.get(frame + 10..frame + 10 + usize::from(*count) * 3);
    let ids: Vec<u8> = specs
        .unwrap_or(&[])
        .chunks_exact(3)
        .map(|spec| spec[0])
        .collect();
    // Bits still missing of each coefficient, in zigzag order.
    let mut missing = vec![[u8::MAX; 64]; ids.len()];
    for (_, at) in markers(bytes).filter(|(code, _)| *code == START_OF_SCAN) {
        let components = scan_components(bytes, at);
        let last = at + 5 + 2 * components.len();
        let Some(&[first, end, bits]) = bytes.get(last..last + 3) else {
            return false;
        };
        for (id, missing) in ids.iter().zip(&mut missing) {
            if components.contains(id) && first <= end && end < 64 {
                missing[usize::from(first)..=usize::from(end)].fill(bits & 15);
            }
        }
    }
    missing.as_flattened().iter().all(|bits| *bits == 0)
}

/// The parts of an ICC profile in application segments 2 (ICC.1, annex B.4), joined by their numbers.
pub(crate) fn icc_profile(bytes: &[u8]) -> Option<Vec<u8>> {
    let before_scan = markers(bytes).take_while(|(code, _)| *code != START_OF_SCAN);
    let mut parts: Vec<(u8, &[u8])> = before_scan
        .filter(|(code, _)| *code == 0xE2)
        .filter_map(|(_, at)| {
            let segment = segment(bytes, at)?.strip_prefix(b"ICC_PROFILE\0")?;
            Some((*segment.first()?, segment.get(2..)?))
        })
        .collect();
    parts.sort_by_key(|(number, _)| *number);
    let joined: Vec<&[u8]> = parts.into_iter().map(|(_, part)| part).collect();
    (!joined.is_empty()).then(|| joined.concat())
}

/// The contents of a segment, of the marker at `at`.
fn segment(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]);
    bytes.get(at + 4..at + 2 + usize::from(length))
}

/// The contents of the first application segment 1 that begins with `prefix`, without it.
pub(crate) fn app1<'a>(bytes: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let before_scan = markers(bytes).take_while(|(code, _)| *code != START_OF_SCAN);
    before_scan
        .filter(|(code, _)| *code == 0xE1)
        .find_map(|(_, at)| segment(bytes, at)?.strip_prefix(prefix))
}
