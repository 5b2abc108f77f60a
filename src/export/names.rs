//! Names of files and folders that every common file system takes.
//!
//! A person's name or a photo's file name goes in, one path component comes out that is valid on Windows, macOS and
//! Linux, can't reach outside its folder, and doesn't hide. Sources: "Naming Files, Paths, and Namespaces" (Windows
//! documentation) for reserved characters and names; 255 bytes is the component limit of ext4, APFS, NTFS and exFAT.

use unicode_normalization::UnicodeNormalization as _;

/// Longest name in bytes of UTF-8. Below the 255 of most file systems (143 for encrypted home folders on Linux), so that
/// a number or a temporary suffix still fits.
pub const MAX_NAME_BYTES: usize = 120;

/// Names that Windows keeps for devices, with or without an extension.
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

/// The `number`th choice for `name`: the name itself, then `Maria (2)`, `Maria (3)`; files keep their extension last.
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

/// What two names have in common if some file system takes them for one: composed and in lower case.
pub fn clash_key(name: &str) -> String {
    name.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// Whether `name` is one plain component, as read back from a file that anybody could have written.
pub fn is_plain_component(name: &str) -> bool {
    !name.is_empty()
        && name != "."
        && name != ".."
        && !name
            .chars()
            .any(|c| matches!(c, '/' | '\\' | ':') || c.is_control())
}

/// Composed (NFC), without characters that some file system forbids or that make a name look like another.
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

/// Ends and beginnings made safe: no space at either end, no dot last (Windows drops both), no dot first (hidden).
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

/// Stem and extension with its dot; the extension is empty where there is none or it is too long to be one.
fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= 16 => name.split_at(at),
        _ => (name, ""),
    }
}

/// The longest beginning of `text` within `limit` bytes that ends at a character.
fn cut_at_bytes(text: &str, limit: usize) -> String {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
