//! When two names are one person's.

use unicode_normalization::UnicodeNormalization as _;

/// The name as it is stored: Unicode NFC, without control characters, runs of white space as one blank, none at the ends.
pub fn tidy_name(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| word.nfc().collect())
        .collect();
    words.join(" ")
}

/// Equal for names that differ in case, spacing or Unicode form only.
pub fn name_key(name: &str) -> String {
    tidy_name(name).to_lowercase()
}
