//! Bitmaps as their decoder takes them: those of OS/2 2, and run-length coded ones whose first row is the top one.
//!
//! Only the header is written anew; what follows is the same in both.

use std::ops::Range;

use crate::photo::PhotoError;
use crate::photo::decode_watch::Watch;
use crate::photo::file::Source;

const FILE_HEADER: usize = 14;
const DATA_OFFSET: Range<usize> = 10..14;
const HEADER_LENGTH: Range<usize> = 14..18;
const HEIGHT: Range<usize> = 22..26;
const COMPRESSION: Range<usize> = 30..34;
/// Length of the usual header.
const USUAL: usize = 40;
/// Lengths of the headers of OS/2 2, whose fields are the first of the usual one.
const OF_OS2: [usize; 2] = [16, 64];

/// A bitmap with another header.
pub(super) struct Rewritten {
    pub bytes: Vec<u8>,
    /// The rows are the other way round.
    pub is_flipped: bool,
}

/// The file with a header that its decoder takes; none where it takes it as it is.
pub(super) fn rewritten<'a>(
    source: Source<'a>,
    watch: &'a Watch<'a>,
) -> Result<Option<Rewritten>, PhotoError> {
    let head = source.head(watch)?;
    let length = number(&head, HEADER_LENGTH).unwrap_or(0) as usize;
    let is_top_down = number(&head, HEIGHT).is_some_and(|height| height & 0x8000_0000 != 0);
    let is_of_os2 = OF_OS2.contains(&length);
    if !(is_of_os2 || is_top_down && length >= USUAL) || source.check_held().is_err() {
        return Ok(None);
    }
    let bytes = source.bytes(watch)?;
    if !is_of_os2 && !is_run_length(&bytes) {
        return Ok(None);
    }
    let mut file = match is_of_os2 {
        true => with_usual_header(&bytes, length),
        false => Some(bytes.into_owned()),
    };
    let is_flipped = file.as_deref_mut().is_some_and(flip_runs);
    Ok(file
        .filter(|_| is_of_os2 || is_flipped)
        .map(|bytes| Rewritten { bytes, is_flipped }))
}

/// Fields that the header lacks are nought; those beyond the usual ones say nothing of the pixels. OS/2 has packings of its own.
fn with_usual_header(bytes: &[u8], length: usize) -> Option<Vec<u8>> {
    let header = bytes.get(FILE_HEADER..FILE_HEADER + length)?;
    let mut usual = header[..length.min(USUAL)].to_vec();
    usual.resize(USUAL, 0);
    usual[..4].copy_from_slice(&(USUAL as u32).to_le_bytes());
    let rest = &bytes[FILE_HEADER + length..];
    let mut file = [&bytes[..FILE_HEADER], &usual, rest].concat();
    let offset = number(bytes, DATA_OFFSET)?;
    let moved = (offset as usize + USUAL).checked_sub(length)?;
    file[DATA_OFFSET].copy_from_slice(&u32::try_from(moved).ok()?.to_le_bytes());
    (number(&file, COMPRESSION)? <= 2).then_some(file)
}

/// Makes the height of a run-length coded bitmap positive: the codes are the same, and the rows the other way round.
fn flip_runs(file: &mut [u8]) -> bool {
    let height = number(file, HEIGHT).map(u32::cast_signed);
    match height
        .filter(|height| *height < 0)
        .and_then(i32::checked_neg)
    {
        Some(height) if is_run_length(file) => {
            file[HEIGHT].copy_from_slice(&height.to_le_bytes());
            true
        }
        _ => false,
    }
}

fn is_run_length(file: &[u8]) -> bool {
    matches!(number(file, COMPRESSION), Some(1 | 2))
}

fn number(bytes: &[u8], at: Range<usize>) -> Option<u32> {
    let bytes = bytes.get(at)?.try_into().ok()?;
    Some(u32::from_le_bytes(bytes))
}
