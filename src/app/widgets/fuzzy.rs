//! Fuzzy matching of typed letters.

use crate::text::search_key;

/// How well `typed` matches `text`: all letters must occur in order; letters that begin a word or follow one another
/// count more, long gaps less. `None` if it does not match.
pub fn fuzzy_score(typed: &str, text: &str) -> Option<i32> {
    let text: Vec<char> = search_key(text).chars().collect();
    let mut score = 0;
    let mut next = 0;
    for letter in search_key(typed)
        .chars()
        .filter(|letter| !letter.is_whitespace())
    {
        let found = next + text[next..].iter().position(|other| *other == letter)?;
        let begins_word = found == 0 || !text[found - 1].is_alphanumeric();
        let follows = found == next && next > 0;
        score += if begins_word { 8 } else { 0 } + if follows { 5 } else { 0 }
            - (found - next).min(8) as i32;
        next = found + 1;
    }
    Some(score)
}
