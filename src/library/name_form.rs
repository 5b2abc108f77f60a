//! When two names are the same.

use unicode_normalization::UnicodeNormalization as _;

/// The stored form of a name: Unicode NFC, no control characters, single spaces, no spaces at the ends.
pub fn tidy_name(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| word.nfc().collect())
        .collect();
    words.join(" ")
}

/// Equal for names that differ only in case, spacing or Unicode form.
pub fn name_key(name: &str) -> String {
    tidy_name(name).to_lowercase()
}
