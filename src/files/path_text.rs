//! Paths as text that leads back to the very path, whatever bytes its names are made of.
//!
//! Names are Unicode nearly always, and then a path is its own text. What is not Unicode (a byte of an old encoding on
//! Unix, half of a surrogate pair on Windows) is written as [`ESCAPE`] and the hexadecimal digits of its value. `ESCAPE`
//! is a Unicode noncharacter, which is for a program's own use; where a name holds it all the same, and what follows
//! could be read as digits, its own bytes are escaped.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Begins what stands for something that is not Unicode.
const ESCAPE: char = '\u{fdd0}';

/// The text of a path's names, with `/` between them.
pub fn text_of(relative: &Path) -> String {
    let names: Vec<String> = relative.iter().map(escaped).collect();
    names.join("/")
}

/// The text of a whole path, as the platform writes it.
pub fn text_of_whole(path: &Path) -> String {
    escaped(path.as_os_str())
}

/// The path that a text of [`text_of_whole`] stands for.
pub fn path_of(text: &str) -> PathBuf {
    PathBuf::from(unescaped(text))
}

/// The path below `root` that a text of [`text_of`] stands for.
pub fn path_below(root: &Path, text: &str) -> PathBuf {
    let mut whole = root.to_owned();
    let names = text.split('/').filter(|name| !name.is_empty());
    whole.extend(names.map(unescaped));
    whole
}

/// A text below another; either may be empty.
pub fn joined(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) => path.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, path) => format!("{folder}/{path}"),
    }
}

/// A text to be read: `�` for what is not Unicode.
pub fn shown_text(text: &str) -> Cow<'_, str> {
    if text.contains(ESCAPE) {
        Cow::Owned(unescaped(text).to_string_lossy().into_owned())
    } else {
        Cow::Borrowed(text)
    }
}

/// Hexadecimal digits of an escaped value: a byte on Unix, a unit of UTF-16 on Windows.
#[cfg(unix)]
const DIGITS: usize = 2;
#[cfg(windows)]
const DIGITS: usize = 4;

/// The value that the digits at the beginning of `text` stand for, if they can stand for one.
fn value_at(text: &str) -> Option<u16> {
    let digits = text.get(..DIGITS)?;
    let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if !digits.bytes().all(is_digit) {
        return None;
    }
    let value = u16::from_str_radix(digits, 16).ok()?;
    let least = if DIGITS == 2 { 0x80 } else { 0xd800 };
    (value >= least).then_some(value)
}

fn escape(value: u16, text: &mut String) {
    use std::fmt::Write as _;
    // Writing to a string does not fail.
    let _ = write!(text, "{ESCAPE}{value:0DIGITS$x}");
}

#[cfg(unix)]
fn escaped(name: &std::ffi::OsStr) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    let mut text = String::with_capacity(name.len());
    for chunk in name.as_bytes().utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some((before, after)) = rest.split_once(ESCAPE) {
            text.push_str(before);
            let mut own = [0; 4];
            if value_at(after).is_some() || after.is_empty() {
                for byte in ESCAPE.encode_utf8(&mut own).bytes() {
                    escape(u16::from(byte), &mut text);
                }
            } else {
                text.push(ESCAPE);
            }
            rest = after;
        }
        text.push_str(rest);
        for &byte in chunk.invalid() {
            escape(u16::from(byte), &mut text);
        }
    }
    text
}

#[cfg(unix)]
fn unescaped(text: &str) -> OsString {
    use std::os::unix::ffi::OsStringExt as _;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(ESCAPE) {
        bytes.extend_from_slice(before.as_bytes());
        rest = after;
        match value_at(after).and_then(|value| u8::try_from(value).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[DIGITS..];
            }
            None => bytes.extend_from_slice(ESCAPE.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    OsString::from_vec(bytes)
}

#[cfg(windows)]
fn escaped(name: &std::ffi::OsStr) -> String {
    use std::os::windows::ffi::OsStrExt as _;
    let mut text = String::with_capacity(name.len());
    for unit in char::decode_utf16(name.encode_wide()) {
        match unit {
            // No file system of Windows gives such a name by itself: always escaped.
            Ok(ESCAPE) => escape(0xfdd0, &mut text),
            Ok(letter) => text.push(letter),
            Err(half) => escape(half.unpaired_surrogate(), &mut text),
        }
    }
    text
}

#[cfg(windows)]
fn unescaped(text: &str) -> OsString {
    use std::os::windows::ffi::OsStringExt as _;
    let mut units = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(ESCAPE) {
        units.extend(before.encode_utf16());
        rest = after;
        match value_at(after) {
            Some(unit) => {
                units.push(unit);
                rest = &after[DIGITS..];
            }
            None => units.push(ESCAPE as u16),
        }
    }
    units.extend(rest.encode_utf16());
    OsString::from_wide(&units)
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use proptest::prelude::*;

    use super::*;

    fn path(bytes: &[u8]) -> &Path {
        Path::new(OsStr::from_bytes(bytes))
    }

    #[test]
    fn a_path_of_unicode_is_its_own_text() {
        for text in ["2019/été.jpg", "a b/\u{301}.jpg", "emoji 👩‍👩‍👧.jpg"] {
            assert_eq!(text_of(Path::new(text)), text);
            assert_eq!(shown_text(text), text);
        }
    }

    #[test]
    fn what_is_not_unicode_is_shown_by_a_replacement_letter() {
        let text = text_of(path(b"Fotos \xe4lter/caf\xe9.jpg"));
        assert_eq!(shown_text(&text), "Fotos \u{fffd}lter/caf\u{fffd}.jpg");
        assert!(text.is_ascii() || text.contains(ESCAPE));
    }

    #[test]
    fn the_text_leads_back_also_where_a_name_holds_the_escape_itself() {
        for name in [
            &b"caf\xe9.jpg"[..],
            b"\xff\xfe\xfd",
            "\u{fdd0}".as_bytes(),
            "\u{fdd0}e9".as_bytes(),
            "\u{fdd0}\u{fdd0}80zz".as_bytes(),
            "a\u{fdd0}zz".as_bytes(),
            b"\xef\xb7\x90\xe9",
        ] {
            let path = path(name);
            assert_eq!(path_below(Path::new(""), &text_of(path)), path, "{name:?}");
            assert_eq!(path_of(&text_of_whole(path)), path, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn every_name_comes_back_and_no_two_share_a_text(
            one in proptest::collection::vec(1_u8.., 1..12),
            other in proptest::collection::vec(1_u8.., 1..12),
        ) {
            let one: Vec<u8> = one.into_iter().filter(|&b| b != b'/').collect();
            let other: Vec<u8> = other.into_iter().filter(|&b| b != b'/').collect();
            let (one, other) = (OsStr::from_bytes(&one), OsStr::from_bytes(&other));
            prop_assert_eq!(unescaped(&escaped(one)), one);
            prop_assert_eq!(escaped(one) == escaped(other), one == other);
        }

        #[test]
        fn names_of_escapes_and_digits_come_back(name in "[\u{fdd0}e9f8]{0,10}") {
            let name = OsStr::new(&name);
            prop_assert_eq!(unescaped(&escaped(name)), name);
        }
    }
}
