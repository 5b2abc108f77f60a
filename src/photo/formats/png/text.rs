//! EXIF and XMP that programs keep as text in a PNG (PNG 3rd edition, 11.3.3): ImageMagick's "Raw profile type", XMP in `iTXt`;
//! and EXIF in a chunk of its own behind the picture.
//!
//! The chunks are walked here, since they may stand behind the picture, and each is unpacked within bounds.

use std::io::{Read, SeekFrom};

use flate2::read::ZlibDecoder;

use crate::photo::PhotoError;
use crate::photo::decode_watch::Watch;
use crate::photo::exif::ExifFacts;
use crate::photo::file::Source;

/// Chunks of a file; a picture of 64 MB in chunks of 8 KB has as many.
const MAX_CHUNKS: usize = 8192;
/// Bytes of a text, packed and unpacked.
const MAX_TEXT: u64 = 1 << 20;
/// Texts looked at.
const MAX_TEXTS: usize = 32;
const SIGNATURE: u64 = 8;
const XMP: &[u8] = b"XML:com.adobe.xmp";
const RAW_PROFILES: [&[u8]; 3] = [
    b"Raw profile type exif",
    b"Raw profile type APP1",
    b"Raw profile type app1",
];

/// What the texts say; nothing where the file can't be read so far.
pub(super) fn facts<'a>(source: Source<'a>, watch: &'a Watch<'a>) -> Result<ExifFacts, PhotoError> {
    let mut reader = source.reader(watch)?;
    let mut facts = ExifFacts::NONE;
    let (mut at, mut texts) = (SIGNATURE, 0);
    for _ in 0..MAX_CHUNKS {
        let mut head = [0; 8];
        let is_read = reader
            .seek(SeekFrom::Start(at))
            .and_then(|_| reader.read_exact(&mut head));
        if is_read.is_err() {
            break;
        }
        let length = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        let kind = [head[4], head[5], head[6], head[7]];
        let is_text = matches!(&kind, b"eXIf" | b"tEXt" | b"zTXt" | b"iTXt");
        if is_text && length <= MAX_TEXT && texts < MAX_TEXTS {
            texts += 1;
            let mut chunk = Vec::new();
            if (&mut reader).take(length).read_to_end(&mut chunk).is_err() {
                break;
            }
            facts = facts.or(facts_of(&kind, &chunk).unwrap_or(ExifFacts::NONE));
        }
        if &kind == b"IEND" {
            break;
        }
        at += 12 + length;
    }
    watch.check()?;
    Ok(facts)
}

fn facts_of(kind: &[u8; 4], chunk: &[u8]) -> Option<ExifFacts> {
    if kind == b"eXIf" {
        return Some(ExifFacts::parse(chunk));
    }
    let (keyword, rest) = split_at_nought(chunk)?;
    let is_profile = RAW_PROFILES.contains(&keyword);
    if !is_profile && keyword != XMP {
        return None;
    }
    let unpacked;
    let text = match kind {
        b"tEXt" => rest,
        b"zTXt" => {
            unpacked = unpack(rest.get(1..)?)?;
            &unpacked[..]
        }
        // Two bytes of packing, a language and a translated keyword.
        _ => {
            let is_packed = *rest.first()? == 1;
            let (_, rest) = split_at_nought(rest.get(2..)?)?;
            let (_, rest) = split_at_nought(rest)?;
            match is_packed {
                true => {
                    unpacked = unpack(rest)?;
                    &unpacked[..]
                }
                false => rest,
            }
        }
    };
    match is_profile {
        true => Some(facts_of_block(&raw_profile(text)?)),
        false => Some(ExifFacts::NONE.or_of_xmp(Some(text))),
    }
}

/// A profile of segment 1 is EXIF or XMP.
fn facts_of_block(block: &[u8]) -> ExifFacts {
    match block.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
        Some(packet) => ExifFacts::NONE.or_of_xmp(Some(packet)),
        None => ExifFacts::parse(block),
    }
}

fn split_at_nought(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == 0)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}

fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let read = ZlibDecoder::new(packed)
        .take(MAX_TEXT)
        .read_to_end(&mut text);
    read.ok().map(|_| text)
}

/// The bytes of a raw profile: a line with its name, one with its length, then hexadecimal digits in lines.
fn raw_profile(text: &[u8]) -> Option<Vec<u8>> {
    let mut lines = text.trim_ascii_start().splitn(3, |byte| *byte == b'\n');
    let (_name, length, digits) = (lines.next()?, lines.next()?, lines.next()?);
    let length: usize = std::str::from_utf8(length.trim_ascii())
        .ok()?
        .parse()
        .ok()?;
    let digits = digits
        .iter()
        .filter_map(|byte| char::from(*byte).to_digit(16));
    let digits: Vec<u32> = digits.collect();
    let bytes = digits
        .chunks_exact(2)
        .map(|pair| (pair[0] << 4 | pair[1]) as u8);
    let block: Vec<u8> = bytes.take(length).collect();
    (block.len() == length).then_some(block)
}
