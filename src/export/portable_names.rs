//! Names of files and folders that are valid on all common file systems.
//!
//! A person's name or a photo's file name becomes one path component that is valid on Windows, macOS and Linux, cannot
//! leave its folder, and is not hidden. Sources: "Naming Files, Paths, and Namespaces" (Windows documentation) for
//! reserved characters and names; 255 bytes is the limit of a component on ext4, APFS, NTFS and exFAT.

use unicode_normalization::UnicodeNormalization as _;

/// Maximum length in bytes of UTF-8. Below the 255 of most file systems (143 in encrypted home folders on Linux), so
/// that a number or a temporary suffix still fits.
pub const MAX_NAME_BYTES: usize = 120;

/// Names that Windows reserves for devices, with or without an extension.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// `text` as a portable folder name, never empty.
pub fn folder_name(text: &str) -> String {
    let name = cut_at_bytes(&cleaned(text), MAX_NAME_BYTES);
    finished(&name)
}

/// `text` as a portable file name, never empty; a long name is shortened before its extension.
pub fn file_name(text: &str) -> String {
    let name = cleaned(text);
    let (stem, extension) = split_extension(&name);
    let stem = cut_at_bytes(stem, MAX_NAME_BYTES.saturating_sub(extension.len()));
    finished(&format!("{stem}{extension}"))
}

/// The `number`th candidate for `name`: the name itself, then `Maria (2)`, `Maria (3)`.
pub fn folder_choice(name: &str, number: usize) -> String {
    if number <= 1 {
        name.to_owned()
    } else {
        format!("{name} ({number})")
    }
}

/// As [`folder_choice`], with the number before the extension: `a (2).jpg`.
pub fn file_choice(name: &str, number: usize) -> String {
    if number <= 1 {
        return name.to_owned();
    }
    let (stem, extension) = split_extension(name);
    format!("{stem} ({number}){extension}")
}

/// Equal for names that some file system considers the same: composed and in lower case.
pub fn clash_key(name: &str) -> String {
    name.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// Whether `name` is one plain path component; for names from untrusted files.
pub fn is_plain_component(name: &str) -> bool {
    !name.is_empty()
        && name != "."
        && name != ".."
        && !name
            .chars()
            .any(|c| matches!(c, '/' | '\\' | ':') || c.is_control())
}

/// Composed (NFC), with forbidden characters replaced and invisible ones removed.
fn cleaned(text: &str) -> String {
    text.nfc()
        .filter(|&c| !is_invisible_direction(c))
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            c if c.is_control() => '_',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect()
}

/// Characters that reorder or hide text (bidirectional controls, byte order mark), as in `photo\u{202e}gpj.exe`.
fn is_invisible_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Removes spaces at both ends and dots at the end (Windows drops both), and replaces a leading dot (hidden file).
fn finished(name: &str) -> String {
    let name = name.trim().trim_end_matches(['.', ' ']);
    let mut name = match name.strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None => name.to_owned(),
    };
    if name.is_empty() || is_reserved(&name) {
        name.insert(0, '_');
    }
    name
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    let stem = stem.to_lowercase();
    if RESERVED.contains(&stem.as_str()) {
        return true;
    }
    let Some(port) = stem
        .strip_prefix("com")
        .or_else(|| stem.strip_prefix("lpt"))
    else {
        return false;
    };
    let mut digits = port.chars();
    matches!(
        (digits.next(), digits.next()),
        (Some('0'..='9' | '¹' | '²' | '³'), None)
    )
}

/// Stem and extension with its dot; the extension is empty if there is none or it is implausibly long.
fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= 16 => name.split_at(at),
        _ => (name, ""),
    }
}

/// The longest prefix of `text` within `limit` bytes that ends at a character boundary.
fn cut_at_bytes(text: &str, limit: usize) -> String {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
