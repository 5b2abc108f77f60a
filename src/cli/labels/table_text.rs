//! The text of a table as spreadsheets write it: which letters its bytes are, and what separates its cells.
//!
//! Bytes are told by a byte order mark (UTF-8, UTF-16), then by being UTF-8, then by every other byte being zero (UTF-16
//! without a mark); what remains is Windows-1252, which Excel writes in western Europe, unless it holds bytes that mean
//! nothing there. The separator is what a first line `sep=;` says, or the one by which the header has the columns.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What cures a table in an encoding that can't be told.
const CURE: &str =
    "save it as UTF-8 (in Excel: \"CSV UTF-8\"; in LibreOffice: character set Unicode (UTF-8))";

/// What may separate cells.
pub const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A table's bytes as text without a byte order mark, and whether its encoding is a guess.
pub fn decoded(bytes: &[u8]) -> Result<(String, bool), String> {
    if let Some(what) = other_kind(bytes) {
        return Err(format!(
            "it is {what} and not a table of text: open it in the program that made it, and {CURE}"
        ));
    }
    let (text, is_guess) = text_of(bytes)?;
    match is_markup(&text) {
        true => Err(format!(
            "it is a web page or another file of markup and not a table of text, whatever its name says: open it in a \
             spreadsheet program, and {CURE}"
        )),
        false => Ok((text, is_guess)),
    }
}

/// What a file is that spreadsheet programs open, by its first bytes.
fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 4] = [
        // Workbooks of Excel, LibreOffice and Numbers are ZIP archives; older ones of Excel are compound files.
        (b"PK\x03\x04", "a workbook (xlsx, ods or numbers)"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "a workbook (xls)"),
        (b"SQLite format 3\0", "a database"),
        (b"%PDF-", "a PDF"),
    ];
    let kind = KINDS.iter().find(|(start, _)| bytes.starts_with(start));
    kind.map(|(_, what)| *what)
}

/// Programs export tables as HTML or XML under the name of a spreadsheet.
fn is_markup(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(64).collect();
    let start = start.to_lowercase();
    let starts = [
        "<!doctype",
        "<html",
        "<head",
        "<body",
        "<table",
        "<meta",
        "<style",
        "<?xml",
        "<!--",
    ];
    starts.iter().any(|mark| start.starts_with(mark))
}

fn text_of(bytes: &[u8]) -> Result<(String, bool), String> {
    if bytes.starts_with(&[0, 0, 0xfe, 0xff]) || bytes.starts_with(&[0xff, 0xfe, 0, 0]) {
        return Err(format!("the table is in UTF-32: {CURE}"));
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return in_encoding(encoding, &bytes[mark..]);
    }
    // ASCII letters of UTF-16 are valid UTF-8 with zeros in between.
    if let Some(encoding) = utf_16_without_mark(bytes) {
        return in_encoding(encoding, bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text.to_owned(), false)),
        Err(_) => in_encoding(WINDOWS_1252, bytes),
    }
}

fn in_encoding(encoding: &'static Encoding, bytes: &[u8]) -> Result<(String, bool), String> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    let is_plain =
        |c: char| !matches!(c, '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{80}'..='\u{9f}');
    match text {
        Some(text) if encoding != WINDOWS_1252 || text.chars().all(is_plain) => {
            Ok((text.into_owned(), encoding == WINDOWS_1252))
        }
        _ if encoding == UTF_8 => Err(format!(
            "the table calls itself UTF-8, but some of its letters are not: {CURE}"
        )),
        _ if encoding == WINDOWS_1252 => Err(format!(
            "the table is neither UTF-8 nor Windows-1252: {CURE}"
        )),
        _ => Err(format!("the table is UTF-16 and damaged: {CURE}")),
    }
}

fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(64)];
    let zeros = |first: usize| {
        let every_other = head.iter().skip(first).step_by(2);
        every_other.filter(|byte| **byte == 0).count()
    };
    // A header is mostly ASCII; no other text has zeros.
    match (zeros(0), zeros(1)) {
        (0, odd) if odd > 0 && odd * 2 > head.len() / 2 => Some(UTF_16LE),
        (even, 0) if even > 0 && even * 2 > head.len() / 2 => Some(UTF_16BE),
        _ => None,
    }
}

/// What a first line such as `sep=;` says, and the text behind that line.
pub fn separator_line(text: &str) -> Option<(u8, &str)> {
    let end = text.find(['\r', '\n']).unwrap_or(text.len());
    let (line, rest) = text.split_at(end);
    let line = line.trim().trim_matches('"');
    let (key, value) = line.split_at_checked(4)?;
    let separator = match value.as_bytes() {
        // An editor may have trimmed the tab away.
        [] => b'\t',
        [separator] if separator.is_ascii() => *separator,
        _ => return None,
    };
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.get(1..));
    key.eq_ignore_ascii_case("sep=")
        .then_some((separator, rest.unwrap_or_default()))
}

/// A number with a decimal point or comma. `comma_is_decimal` where the table's separator is another one; a comma before
/// just three digits could else be of thousands.
pub fn number(cell: &str, comma_is_decimal: bool) -> Result<f32, String> {
    let no_number = || format!("{cell:?} is not a number of pixels");
    let digits: String = cell
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\'' && *c != '\u{202f}')
        .collect();
    let (commas, points) = (digits.matches(',').count(), digits.matches('.').count());
    let plain = match (commas, points) {
        (0, _) => digits,
        (1, 0) => {
            let behind = digits.len() - digits.find(',').unwrap_or_default() - 1;
            if behind == 3 && !comma_is_decimal && !digits.starts_with("0,") {
                return Err(format!(
                    "{cell:?} may be a whole number with a separator of thousands, or a fraction: write numbers without \
                     separators of thousands and with a decimal point"
                ));
            }
            digits.replace(',', ".")
        }
        // The last of two kinds is the decimal one.
        (_, 1) if digits.rfind(',') < digits.find('.') => digits.replace(',', ""),
        (1, _) if digits.rfind('.') < digits.find(',') => digits.replace('.', "").replace(',', "."),
        _ => return Err(no_number()),
    };
    plain
        .parse()
        .ok()
        .filter(|value: &f32| value.is_finite())
        .ok_or_else(no_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_told_by_mark_by_form_or_by_zeros() {
        let text = "path,person\r\na.jpg,Renée Ş\r\n";
        let utf_16 = |big: bool, mark: bool| -> Vec<u8> {
            let marked = if mark { "\u{feff}" } else { "" }.to_owned() + text;
            let units = marked.encode_utf16();
            units
                .flat_map(|unit| {
                    if big {
                        unit.to_be_bytes()
                    } else {
                        unit.to_le_bytes()
                    }
                })
                .collect()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            utf_16(true, true),
            utf_16(false, true),
            utf_16(true, false),
            utf_16(false, false),
        ] {
            assert_eq!(
                decoded(&bytes).unwrap(),
                (text.to_owned(), false),
                "{:?}",
                &bytes[..8]
            );
        }
        assert_eq!(
            decoded(b"Ren\xe9e \x80 \x9c").unwrap(),
            ("Renée € œ".to_owned(), true)
        );
    }

    #[test]
    fn letters_that_cannot_be_told_name_the_cure() {
        for bytes in [
            &b"path,person\na.jpg,\x8d\xe9"[..],
            b"\xef\xbb\xbfpath\n\xe9",
            b"\xff\xfep\0a\0t",
            b"\xff\xfe\0\0p\0\0\0",
        ] {
            let told = decoded(bytes).unwrap_err();
            assert!(told.contains("save it as UTF-8"), "{told}");
        }
    }

    #[test]
    fn the_separator_line_is_understood() {
        assert_eq!(separator_line("sep=;\r\na;b"), Some((b';', "a;b")));
        assert_eq!(separator_line("SEP=\t\na\tb"), Some((b'\t', "a\tb")));
        assert_eq!(separator_line("\"sep=,\"\ra,b"), Some((b',', "a,b")));
        for no in ["path,person\n", "sep\n", "", "sep=;;\n", "séparateur"] {
            assert_eq!(separator_line(no), None, "{no:?}");
        }
    }

    #[test]
    fn numbers_are_read_with_either_mark() {
        for (cell, expected) in [
            ("282.3", 282.3),
            ("282,3", 282.3),
            ("1.234,5", 1234.5),
            ("1,234.5", 1234.5),
            ("1,234,567.5", 1_234_567.5),
            ("1\u{a0}234,5", 1234.5),
            ("0,125", 0.125),
            ("-3,25", -3.25),
            ("12", 12.0),
        ] {
            assert_eq!(number(cell, false).unwrap(), expected, "{cell}");
        }
        assert_eq!(number("1,234", true).unwrap(), 1.234);
        assert!(number("1,234", false).unwrap_err().contains("thousands"));
        for no in ["", "abc", "1,2,3", "1.2.3", "1,2.3.4", "inf", "NaN"] {
            assert!(number(no, true).is_err(), "{no}");
        }
    }
}
