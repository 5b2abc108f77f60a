//! The two EXIF values that are used: the orientation and the time when the photo was taken.

pub(super) mod tags;

use std::io::{Cursor, Read, Seek};

use crate::photo::Orientation;
use tags::{Entry, Tags};

// EXIF 2.32, tables 4 and 7.
const ORIENTATION: u16 = 0x0112;
const DATE_TIME: u16 = 0x0132;
const EXIF_IFD: u16 = 0x8769;
const DATE_TIME_ORIGINAL: u16 = 0x9003;
const DATE_TIME_DIGITIZED: u16 = 0x9004;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ExifFacts {
    pub orientation: Orientation,
    /// `YYYY-MM-DDTHH:MM:SS` in the camera's local time.
    pub taken: Option<String>,
}

impl ExifFacts {
    pub(crate) const NONE: Self = Self {
        orientation: Orientation::UPRIGHT,
        taken: None,
    };

    /// Parses a raw EXIF block: a TIFF file in itself, with or without the prefix that it has in a JPEG. Of a broken
    /// block, what can be read is used.
    pub(crate) fn parse(raw: &[u8]) -> Self {
        let raw = raw.strip_prefix(b"Exif\0\0").unwrap_or(raw);
        match Tags::open(Cursor::new(raw)) {
            Some(mut tags) => Self::of(&mut tags),
            None => Self::NONE,
        }
    }

    /// Reads two directories and no others, so that the work is bounded for any file.
    pub(crate) fn of<R: Read + Seek>(tags: &mut Tags<R>) -> Self {
        let primary = tags.first_directory();
        let orientation = find(&primary, ORIENTATION).and_then(|entry| tags.number(entry));
        let exif = find(&primary, EXIF_IFD)
            .and_then(|entry| tags.number(entry))
            .map_or_else(Vec::new, |offset| tags.directory_at(offset));
        // The time of exposure, otherwise of scanning, otherwise of the last change by a program that records it.
        let dates = [
            find(&exif, DATE_TIME_ORIGINAL),
            find(&exif, DATE_TIME_DIGITIZED),
            find(&primary, DATE_TIME),
        ];
        let taken = dates
            .into_iter()
            .flatten()
            .find_map(|entry| date_text(&tags.ascii(entry)?));
        Self {
            orientation: Orientation::from_exif(
                orientation.map_or(1, |value| u32::try_from(value).unwrap_or(u32::MAX)),
            ),
            taken,
        }
    }
}

fn find(directory: &[Entry], tag: u16) -> Option<&Entry> {
    directory.iter().find(|entry| entry.tag == tag)
}

/// Parses `YYYY:MM:DD HH:MM:SS`. Cameras whose clock is not set write zeroes or blanks; such dates are ignored.
fn date_text(ascii: &[u8]) -> Option<String> {
    let separators = [(4, b':'), (7, b':'), (10, b' '), (13, b':'), (16, b':')];
    if ascii.len() < 19 || separators.iter().any(|(at, byte)| ascii[*at] != *byte) {
        return None;
    }
    let number = |from: usize, to: usize| {
        let digits = ascii[from..to].iter();
        digits.copied().try_fold(0u32, |number, digit| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + u32::from(digit - b'0'))
        })
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let valid = (1..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    valid.then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
}
