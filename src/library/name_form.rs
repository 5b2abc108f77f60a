//! When two names are the same.

use caseless::Caseless as _;
use unicode_normalization::UnicodeNormalization as _;

use super::GroupId;

/// The stored form of a name: Unicode NFC, no control characters, single spaces, no spaces at the ends, and none of the
/// characters that are never seen ([`is_never_seen`]).
pub fn tidy_name(name: &str) -> String {
    let seen: String = name.chars().filter(|&c| !is_never_seen(c)).collect();
    let words: Vec<String> = seen
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| word.nfc().collect())
        .collect();
    let tidy = words.join(" ");
    // What joins letters is kept, but a name of nothing else is none.
    if tidy.chars().all(|c| is_joiner(c) || c == ' ') {
        return String::new();
    }
    tidy
}

/// Equal for names that differ only in case, spacing, Unicode form or characters that are not seen.
///
/// Case is folded in full (Unicode, section 3.13: `ß` and `SS`, `ς` and `σ`). The four letters i of Turkish (`i`, `İ`,
/// `ı`, `I`) are one, since the fold of `I` depends on the language, and no two names differ in that alone.
pub fn name_key(name: &str) -> String {
    let letters: String = name.chars().filter(|&c| !is_joiner(c)).collect();
    let tidy = tidy_name(&letters);
    let folded: String = tidy.nfd().default_case_fold().nfd().collect();
    folded.replace("i\u{307}", "i").replace('ı', "i")
}

/// People of one name, as a library may have them that an earlier version wrote: `(first, other)`, each with its name.
pub fn same_names(people: &[(GroupId, String)]) -> Vec<[(GroupId, String); 2]> {
    let mut first: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    let mut same = Vec::new();
    for (index, person) in people.iter().enumerate() {
        let known = *first.entry(name_key(&person.1)).or_insert(index);
        if known != index {
            same.push([people[known].clone(), person.clone()]);
        }
    }
    same
}

/// The first of `Maria (2)`, `Maria (3)` … that none of `taken` is called, for another person of the name `Maria`.
pub fn free_name<'a>(name: &str, taken: impl Iterator<Item = &'a str>) -> String {
    let taken: std::collections::HashSet<String> = taken.map(name_key).collect();
    let tidy = tidy_name(name);
    let stem = without_number(&tidy);
    // Of one more name than there are, one is free.
    (2..=taken.len() + 2)
        .map(|number| format!("{stem} ({number})"))
        .find(|choice| !taken.contains(&name_key(choice)))
        .unwrap_or(tidy.clone())
}

/// `Maria` for `Maria (2)`.
fn without_number(name: &str) -> &str {
    let inside = name
        .strip_suffix(')')
        .and_then(|open| open.rsplit_once(" ("));
    match inside {
        Some((stem, number))
            if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            stem
        }
        _ => name,
    }
}

/// Characters that no font shows and no name needs: zero-width spaces, marks of direction, soft hyphens, the byte order
/// mark, variation selectors and the other default-ignorable code points (Unicode, `DerivedCoreProperties.txt`), except
/// [`is_joiner`] and what emoji are made of.
fn is_never_seen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e001f}')
}

/// Characters that are not seen themselves and change how their neighbours look: the joiners of Persian and Indic
/// scripts, variation selectors and the tags of emoji. They are kept in a name, and make no other name.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_not_seen_makes_no_other_name() {
        for (one, other) in [
            ("Maria", "Ma\u{200b}ria"),
            ("Maria", "\u{feff}Maria\u{200f}"),
            ("Maria", "Ma\u{ad}ria"),
            ("Maria", "\u{202a}Maria\u{202c}"),
            ("Maria", "\u{2067}Maria\u{2069}"),
            ("Maria", "Maria\u{fe0f}"),
            ("Maria", "Ma\u{2060}ria"),
            ("Maria Rossi", " maria\u{a0}\t ROSSI "),
            ("نرگس\u{200c}ها", "نرگسها"),
            ("Straße", "STRASSE"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
            ("İpek", "ipek"),
            ("İpek", "İPEK"),
            ("Işıl", "ışıl"),
            ("IŞIL", "ışıl"),
            ("ﬁona", "FIONA"),
            ("Renée", "RENE\u{301}E"),
        ] {
            assert_eq!(name_key(one), name_key(other), "{one:?} {other:?}");
        }
        for (one, other) in [
            ("Maria", "Mária"),
            ("Ann", "Anne"),
            ("Maria Rossi", "MariaRossi"),
            ("Maria", "Maria (2)"),
            ("Лев", "Лёв"),
        ] {
            assert_ne!(name_key(one), name_key(other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_name_is_stored_without_what_is_not_seen_and_with_what_joins_letters() {
        assert_eq!(tidy_name("\u{feff}Ma\u{ad}ria\u{200e}"), "Maria");
        assert_eq!(tidy_name("نرگس\u{200c}ها"), "نرگس\u{200c}ها");
        for nothing in ["\u{200b}", "\u{feff} \u{200e}", "\u{200d}", " \u{fe0f} "] {
            assert_eq!(tidy_name(nothing), "", "{nothing:?}");
        }
    }

    #[test]
    fn another_person_of_a_name_gets_the_first_free_number() {
        let taken = ["Maria", "MARIA (2)", "Tom"];
        assert_eq!(free_name("maria", taken.into_iter()), "maria (3)");
        assert_eq!(free_name("Maria (2)", taken.into_iter()), "Maria (3)");
        assert_eq!(free_name("Tom", taken.into_iter()), "Tom (2)");
        assert_eq!(free_name("Ida (x)", ["Ida (x)"].into_iter()), "Ida (x) (2)");
    }

    proptest! {
        #[test]
        fn the_stored_form_has_the_same_key_and_is_stored_as_it_is(name in any::<String>()) {
            let tidy = tidy_name(&name);
            prop_assert_eq!(tidy_name(&tidy), tidy.clone());
            prop_assert_eq!(name_key(&tidy), name_key(&name));
        }

        #[test]
        fn case_and_form_make_no_other_name(name in "[\\p{L}\\p{M} ]{0,12}") {
            let key = name_key(&name);
            let decomposed: String = name.nfd().collect();
            prop_assert_eq!(name_key(&decomposed), key.clone());
            let lower: String = name.nfd().default_case_fold().collect();
            prop_assert_eq!(name_key(&lower), key);
        }

        #[test]
        fn a_free_name_is_free(name in "[A-Za-z]{1,4}", count in 0_usize..12) {
            let mut taken = vec![name.clone()];
            for _ in 0..count {
                let next = free_name(&name, taken.iter().map(String::as_str));
                prop_assert!(taken.iter().all(|known| name_key(known) != name_key(&next)));
                taken.push(next);
            }
        }
    }
}
