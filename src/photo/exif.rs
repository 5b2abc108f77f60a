//! The two EXIF facts the core needs: which way is up, and when the photo was taken.

use exif::{DateTime, Exif, In, Reader, Tag, Value};

use super::Orientation;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct ExifFacts {
    pub orientation: Orientation,
    /// `YYYY-MM-DDTHH:MM:SS`, the camera's local time.
    pub taken: Option<String>,
}

impl ExifFacts {
    pub(super) const NONE: Self = Self {
        orientation: Orientation::UPRIGHT,
        taken: None,
    };

    /// Reads a raw EXIF block: a TIFF file in itself, with or without the prefix it bears in a JPEG. A broken one gives
    /// what could be read of it.
    pub(super) fn parse(raw: &[u8]) -> Self {
        let raw = raw.strip_prefix(b"Exif\0\0").unwrap_or(raw).to_vec();
        let parsed = Reader::new()
            .continue_on_error(true)
            .read_raw(raw)
            .or_else(|error| error.distill_partial_result(|_| ()));
        match parsed {
            Ok(exif) => Self {
                orientation: orientation(&exif),
                taken: taken(&exif),
            },
            Err(error) => {
                tracing::debug!("EXIF ignored: {error}");
                Self::NONE
            }
        }
    }
}

fn orientation(exif: &Exif) -> Orientation {
    let value = exif
        .get_field(Tag::Orientation, In::PRIMARY)
        .and_then(|field| field.value.get_uint(0));
    Orientation::from_exif(value.unwrap_or(1))
}

/// When the shutter opened, else when it was scanned, else when the file was last changed by a program that says so.
fn taken(exif: &Exif) -> Option<String> {
    [Tag::DateTimeOriginal, Tag::DateTimeDigitized, Tag::DateTime]
        .into_iter()
        .find_map(|tag| match &exif.get_field(tag, In::PRIMARY)?.value {
            Value::Ascii(texts) => texts.first().and_then(|text| date_text(text)),
            _ => None,
        })
}

/// Cameras without a set clock write zeroes or blanks: such dates are none.
fn date_text(ascii: &[u8]) -> Option<String> {
    let date = DateTime::from_ascii(ascii).ok()?;
    let valid = (1..=9999).contains(&date.year)
        && (1..=12).contains(&date.month)
        && (1..=31).contains(&date.day)
        && date.hour < 24
        && date.minute < 60
        && date.second <= 60;
    valid.then(|| {
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            date.year, date.month, date.day, date.hour, date.minute, date.second
        )
    })
}
