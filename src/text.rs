//! Counts and durations in English, for the window, the command line and the history; text as it is searched.

use unicode_normalization::UnicodeNormalization as _;

/// Text as searches compare it: without case, and composed, since one system types `é` as a letter and another stores it
/// as `e` with an accent.
pub fn search_key(text: &str) -> String {
    let composed: String = text.nfc().collect();
    composed.to_lowercase().nfc().collect()
}

/// Whether `text` contains every word of `search`, which is a [`search_key`].
pub fn contains_words(text: &str, search: &str) -> bool {
    if search.is_empty() {
        return true;
    }
    let text = search_key(text);
    search.split_whitespace().all(|word| text.contains(word))
}

/// Two hexadecimal digits for each byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The noun for a count: `plural(1, "face")` is "face", `plural(2, "face")` is "faces".
pub fn plural(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{noun}{ending}")
}

/// "1 face", "1204 faces".
pub fn counted(count: u64, noun: &str) -> String {
    format!("{count} {}", plural(count, noun))
}

/// "45 s", "12 min", "3 h 20 min".
pub fn duration(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round() as u64;
    match seconds {
        0..=90 => format!("{seconds} s"),
        91..=5400 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::search_key;

    #[test]
    fn composed_and_decomposed_letters_are_searched_alike() {
        for (one, other) in [
            ("Renée", "rene\u{301}e"),
            ("ÅSE", "a\u{30a}se"),
            ("Ệ", "ê\u{323}"),
        ] {
            assert_eq!(search_key(one), search_key(other), "{one} {other}");
        }
        assert_ne!(search_key("Renée"), search_key("Renee"));
    }
}
