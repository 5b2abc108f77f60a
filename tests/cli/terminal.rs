//! Names with control characters: unchanged in a pipe, never obeyed by a terminal.

use std::process::Command;

use super::run::{kinfolk, kinfolk_on};
use crate::support::home::Home;

const NAME: &str = "a\u{1b}[31m\u{7}\u{9b}5m\u{202e}.jpg";

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_shown_control_characters_and_a_pipe_gets_them() {
    let mut home = Home::new();
    home.store(NAME, b"x", &[0]);
    let home = home.close();
    for format in ["csv", "json"] {
        // A terminal of its own (util-linux).
        let line = format!(
            "{} faces --format {format} --library {}",
            env!("CARGO_BIN_EXE_kinfolk"),
            home.library.display()
        );
        let Ok(shown) = Command::new("script")
            .args(["-qec", &line, "/dev/null"])
            .output()
        else {
            println!("skipped: there is no `script`");
            return;
        };
        let shown = String::from_utf8(shown.stdout).unwrap();
        assert!(
            shown.contains(r"a\u001b[31m\u0007\u009b5m\u202e.jpg"),
            "{shown:?}"
        );
        assert!(
            !shown.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']),
            "{shown:?}"
        );
    }
    let row = kinfolk_on(&home.library, "faces").csv();
    assert_eq!(&row[0][1], NAME);
    let json: serde_json::Value =
        serde_json::from_str(&kinfolk_on(&home.library, "faces --format json").done()).unwrap();
    assert_eq!(json[0]["path"], NAME);
}

/// Arguments that can't be parsed are often names of files, and the message repeats them.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_shown_arguments_as_they_are_spelt() {
    let line = format!(
        r#"{} people "$(printf 'z\033[31m\007x')""#,
        env!("CARGO_BIN_EXE_kinfolk")
    );
    let Ok(shown) = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .output()
    else {
        println!("skipped: there is no `script`");
        return;
    };
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("unexpected argument"), "{shown:?}");
    assert!(!shown.contains(['\u{1b}', '\u{7}']), "{shown:?}");
}

#[test]
fn standard_error_never_gets_them() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("library.sqlite");
    for arguments in [
        vec!["people", NAME],
        vec!["scan", NAME],
        vec!["label", NAME],
        vec!["identify", NAME],
    ] {
        let library = ["--library", library.to_str().unwrap()];
        let run = kinfolk(arguments.iter().copied().chain(library));
        assert_ne!(run.status, 0);
        assert!(
            !run.stderr
                .contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']),
            "{arguments:?}: {:?}",
            run.stderr
        );
    }
}
