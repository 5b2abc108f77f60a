//! Names that every file system accepts.

use kinfolk::export::portable_names::{
    MAX_NAME_BYTES, clash_key, file_choice, file_name, folder_choice, folder_name,
};
use proptest::prelude::*;

#[test]
fn ordinary_names_stay_as_they_are() {
    for name in [
        "Maria",
        "Maria Rossi",
        "José Ñandú",
        "李雷",
        "O'Neil",
        "Dr. No Jr",
        "👩‍👧 Mum",
    ] {
        assert_eq!(folder_name(name), name);
    }
    assert_eq!(file_name("IMG_0001.JPG"), "IMG_0001.JPG");
}

#[test]
fn separators_and_reserved_characters_are_replaced() {
    assert_eq!(folder_name("../../etc/passwd"), "_._.._etc_passwd");
    assert_eq!(folder_name(r"C:\Windows"), "C__Windows");
    assert_eq!(folder_name("a<b>c:d\"e|f?g*h"), "a_b_c_d_e_f_g_h");
    assert_eq!(folder_name("tab\there\0and\nthere"), "tab_here_and_there");
}

#[test]
fn reserved_device_names_are_disarmed() {
    for name in [
        "CON",
        "con",
        "Aux.txt",
        "nul.tar.gz",
        "COM1",
        "lpt9",
        "COM¹",
        "CONIN$",
        "con .x",
    ] {
        assert!(folder_name(name).starts_with('_'), "{name}");
    }
    for name in ["Conrad", "COM10", "Comet", "auxiliary", "LPT"] {
        assert_eq!(folder_name(name), name);
    }
}

#[test]
fn ends_are_safe() {
    assert_eq!(folder_name("Maria. . "), "Maria");
    assert_eq!(folder_name("  Maria"), "Maria");
    assert_eq!(folder_name(".hidden"), "_hidden");
    assert_eq!(folder_name(""), "_");
    assert_eq!(folder_name("..."), "_");
    assert_eq!(folder_name("."), "_");
    assert_eq!(folder_name(".."), "_");
}

#[test]
fn names_are_composed_and_show_what_they_are() {
    assert_eq!(folder_name("Jose\u{301}"), "Jos\u{e9}");
    assert_eq!(file_name("photo\u{202e}gpj.exe"), "photogpj.exe");
}

#[test]
fn long_names_are_cut_between_characters_and_keep_their_extension() {
    let long = folder_name(&"ü".repeat(500));
    assert!(long.len() <= MAX_NAME_BYTES && long.chars().all(|c| c == 'ü'));
    let file = file_name(&format!("{}.jpeg", "é".repeat(300)));
    assert!(file.len() <= MAX_NAME_BYTES && file.ends_with("é.jpeg"));
}

#[test]
fn further_choices_are_numbered_before_the_extension() {
    assert_eq!(folder_choice("Maria", 1), "Maria");
    assert_eq!(folder_choice("Maria", 2), "Maria (2)");
    assert_eq!(file_choice("a.jpg", 1), "a.jpg");
    assert_eq!(file_choice("a.jpg", 3), "a (3).jpg");
    assert_eq!(file_choice("noextension", 2), "noextension (2)");
}

#[test]
fn names_that_some_file_system_takes_for_one_clash() {
    assert_eq!(clash_key("MARIA"), clash_key("maria"));
    assert_eq!(clash_key("Jose\u{301}"), clash_key("JOS\u{c9}"));
    assert_ne!(clash_key("Maria"), clash_key("Mario"));
}

proptest! {
    #[test]
    fn any_text_becomes_one_portable_component(text in any::<String>()) {
        for name in [folder_name(&text), file_name(&text)] {
            prop_assert!(!name.is_empty() && name.len() <= MAX_NAME_BYTES + 1, "{name:?}");
            prop_assert!(!name.starts_with(['.', ' ']) && !name.ends_with(['.', ' ']), "{name:?}");
            let forbidden = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
            prop_assert!(!name.chars().any(forbidden), "{name:?}");
        }
    }

    #[test]
    fn a_portable_name_stays_itself(text in any::<String>()) {
        let name = folder_name(&text);
        prop_assert_eq!(folder_name(&name), name);
    }
}
