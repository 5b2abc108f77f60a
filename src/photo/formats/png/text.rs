//! EXIF and XMP that programs keep as text in a PNG (PNG 3rd edition, 11.3.3): ImageMagick's "Raw profile type", XMP in `iTXt`,
//! an orientation under its own name; and EXIF in a chunk of its own behind the picture.
//!
//! The chunks are walked here, since they may stand behind the picture, and each is unpacked within bounds.

use std::io::{Read, SeekFrom};

use flate2::read::ZlibDecoder;

use crate::photo::decode_watch::Watch;
use crate::photo::exif::ExifFacts;
use crate::photo::file::Source;
use crate::photo::{Orientation, PhotoError};

/// Chunks of a file; a picture of 64 MB in chunks of 8 KB has as many.
const MAX_CHUNKS: usize = 8192;
/// Bytes of a text, packed and unpacked.
const MAX_TEXT: u64 = 1 << 20;
/// Texts looked at.
const MAX_TEXTS: usize = 32;
const SIGNATURE: u64 = 8;
const XMP: &[u8] = b"XML:com.adobe.xmp";
/// Keywords of an orientation in plain words, in lower case.
const ORIENTATIONS: [&[u8]; 3] = [b"orientation", b"exif:orientation", b"tiff:orientation"];
const RAW_PROFILES: [&[u8]; 3] = [
    b"Raw profile type exif",
    b"Raw profile type APP1",
    b"Raw profile type app1",
];

/// What the texts say; nothing where the file can't be read so far.
pub(super) fn facts<'a>(source: Source<'a>, watch: &'a Watch<'a>) -> Result<ExifFacts, PhotoError> {
    let mut reader = source.reader(watch)?;
    let (mut facts, mut in_words) = (ExifFacts::NONE, ExifFacts::NONE);
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
            match facts_of(&kind, &chunk) {
                Some(Said::Metadata(said)) => facts = facts.or(said),
                Some(Said::InWords(said)) => in_words = in_words.or(said),
                None => {}
            }
        }
        if &kind == b"IEND" {
            break;
        }
        at += 12 + length;
    }
    watch.check()?;
    Ok(facts.or(in_words))
}

/// What a text says: EXIF and XMP go before words.
enum Said {
    Metadata(ExifFacts),
    InWords(ExifFacts),
}

fn facts_of(kind: &[u8; 4], chunk: &[u8]) -> Option<Said> {
    if kind == b"eXIf" {
        return Some(Said::Metadata(ExifFacts::parse(chunk)));
    }
    let (keyword, rest) = split_at_nought(chunk)?;
    let is_profile = RAW_PROFILES.contains(&keyword);
    let is_in_words = ORIENTATIONS.contains(&&*keyword.to_ascii_lowercase());
    if !is_profile && !is_in_words && keyword != XMP {
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
    Some(match () {
        () if is_profile => Said::Metadata(facts_of_block(&raw_profile(text)?)),
        () if is_in_words => Said::InWords(ExifFacts {
            orientation: orientation_in_words(text)?,
            says_orientation: true,
            taken: None,
        }),
        () => Said::Metadata(ExifFacts::NONE.or_of_xmp(Some(text))),
    })
}

/// The names that ImageMagick and ExifTool have for the orientations 1 to 8, their letters and digits in lower case.
const NAMES: [[&str; 2]; 8] = [
    ["topleft", "horizontalnormal"],
    ["topright", "mirrorhorizontal"],
    ["bottomright", "rotate180"],
    ["bottomleft", "mirrorvertical"],
    ["lefttop", "mirrorhorizontalandrotate270cw"],
    ["righttop", "rotate90cw"],
    ["rightbottom", "mirrorhorizontalandrotate90cw"],
    ["leftbottom", "rotate270cw"],
];

/// A number as in EXIF, or a name of it.
fn orientation_in_words(text: &[u8]) -> Option<Orientation> {
    let letters = text.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let word: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
    let value = match word[..] {
        [digit @ b'1'..=b'8'] => u32::from(digit - b'0'),
        _ => {
            let is_meant = |names: &[&str; 2]| names.iter().any(|name| name.as_bytes() == word);
            NAMES.iter().position(is_meant)? as u32 + 1
        }
    };
    Some(Orientation::from_exif(value))
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
