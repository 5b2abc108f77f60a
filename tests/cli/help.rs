//! Help, usage errors, and what happens without a library.

use super::run::{kinfolk, kinfolk_on, program};

const COMMANDS: [&str; 29] = [
    "scan",
    "faces",
    "people",
    "search",
    "cluster",
    "label",
    "identify",
    "evaluate",
    "merge",
    "models",
    "split",
    "name",
    "delete-name",
    "confirm",
    "reject",
    "move",
    "ignore",
    "not-a-face",
    "restore",
    "cover",
    "forget",
    "relocate",
    "migrate",
    "place",
    "undo",
    "redo",
    "history",
    "review",
    "export",
];

#[test]
fn the_help_lists_every_command_with_examples() {
    let help = kinfolk(["--help"]).done();
    for command in COMMANDS {
        let listed = help
            .lines()
            .any(|line| line.trim_start().starts_with(&format!("{command} ")));
        assert!(listed, "{command} is missing in:\n{help}");
    }
    assert!(help.contains("Examples:"));
}

#[test]
fn every_command_explains_itself_with_examples_and_takes_a_library() {
    let exports = ["albums", "table"].map(|kind| vec!["export", kind]);
    let commands = COMMANDS.map(|command| vec![command]);
    for command in commands.into_iter().chain(exports) {
        let arguments = [command.as_slice(), &["--help"]].concat();
        let help = kinfolk(&arguments).done();
        assert!(help.contains("Example"), "{command:?}:\n{help}");
        assert!(help.contains("--library <FILE>"), "{command:?}:\n{help}");
    }
}

#[test]
fn the_library_may_be_named_before_or_after_the_command() {
    let home = crate::support::home::Home::new().close();
    let library = home.library.to_str().unwrap();
    let header = "cluster,person,faces,photos\n";
    assert_eq!(kinfolk_on(&home.library, "people").done(), header);
    assert_eq!(kinfolk_on_before(library).done(), header);
}

/// `kinfolk --library FILE people`, repeated while the process of another test holds the lock.
fn kinfolk_on_before(library: &str) -> super::run::Run {
    super::run::when_free(|| kinfolk(["--library", library, "people"]))
}

#[test]
fn the_version_is_the_packages() {
    let version = kinfolk(["--version"]).done();
    assert_eq!(
        version.trim(),
        concat!("kinfolk ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn wrong_usage_is_status_2() {
    for words in [
        "scan",
        "faces --format xml",
        "cluster --threshold 7",
        "scan . --min-score 2",
        "scan . --threads 0",
        "scan . --device abacus",
        "scan . --exclude /",
        "scan . --exclude [",
        "ignore",
        "confirm",
        "move 1",
        "move --to 2",
        "cover",
        "delete-name",
        "scan --json",
        "split 1",
        "split 1 --cut 0.4 --pieces 2",
        "split 1 --pieces 1",
        "split 1 --faces one",
        "merge 1",
        "name 1",
        "name one Maria",
        "undo zero",
        "review --answers 3",
        "export",
        "export albums",
        "no-such-folder-or-command",
        "tests faces",
        "--no-such-option",
    ] {
        let run = kinfolk(words.split_whitespace());
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (2, ""),
            "{words}: {}",
            run.stderr
        );
        assert!(!run.stderr.is_empty(), "{words}");
    }
}

#[test]
fn a_missing_library_is_told_with_what_to_do_and_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("none.sqlite");
    for words in [
        "faces",
        "people",
        "search is:named",
        "cluster",
        "merge 1 2",
        "split 1 --pieces 2",
        "name 1 Maria",
        "undo",
        "redo",
        "history",
        "review",
        "export table out.csv",
    ] {
        let told = kinfolk_on(&library, words).failed();
        assert!(
            told.contains("none.sqlite") && told.contains("kinfolk scan FOLDER"),
            "{told}"
        );
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_file_that_is_no_library_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let diary = folder.path().join("diary.txt");
    crate::support::home::write(&diary, b"dear diary");
    let told = kinfolk_on(&diary, "people").failed();
    assert!(
        told.contains("diary.txt") && told.contains("--library"),
        "{told}"
    );
    assert_eq!(std::fs::read(&diary).unwrap(), b"dear diary");
}

#[test]
fn a_library_in_use_is_told() {
    let home = crate::support::home::Home::new();
    for words in ["undo", "ignore 1", "name 1 Maria", "scan ."] {
        let told = kinfolk_on(&home.library_path(), words).failed();
        assert!(told.contains("another Kinfolk"), "{words}: {told}");
    }
}

#[test]
fn commands_that_only_read_work_beside_another_kinfolk() {
    let mut home = crate::support::home::Home::new();
    let faces = home.photo("a.jpg", &[0]);
    let maria = home.name("Maria", &faces);
    let table = home.path().join("faces.csv");
    for words in [
        "faces".to_owned(),
        "people".to_owned(),
        "history".to_owned(),
        "review".to_owned(),
        format!("export table {}", table.display()),
        format!("export albums {}", home.path().join("albums").display()),
        "scan --list-excluded".to_owned(),
    ] {
        kinfolk_on(&home.library_path(), &words).done();
    }
    let people = || kinfolk_on(&home.library_path(), "people").csv();
    assert_eq!(&people()[0][1], "Maria");
    assert_eq!(home.library.group(maria).unwrap().unwrap().faces, 1);
    // What is written meanwhile is seen by the next one.
    let more = home.photo("b.jpg", &[0]);
    home.name("Tom", &more);
    assert_eq!(kinfolk_on(&home.library_path(), "people").csv().len(), 2);
}

#[test]
fn exports_that_come_later_say_so() {
    let closed = crate::support::home::Home::new().close();
    for kind in ["sidecars", "gallery"] {
        let told = kinfolk_on(&closed.library, &format!("export {kind} out")).failed();
        assert!(told.contains("later version"), "{told}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_stops_reading_is_no_error() {
    use std::io::Read as _;
    use std::process::Stdio;
    let mut home = crate::support::home::Home::new();
    for number in 0..1500 {
        home.store(
            &format!("{number:05}-a-long-name-that-fills-the-pipe.jpg"),
            b"x",
            &[0],
        );
    }
    let closed = home.close();
    for words in [
        ["faces", "--format=csv"],
        ["faces", "--format=json"],
        ["people", "--all"],
    ] {
        let mut child = program()
            .args(words)
            .arg("--library")
            .arg(&closed.library)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut told = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut told)
            .unwrap();
        assert_eq!(
            (child.wait().unwrap().code(), told.as_str()),
            (Some(0), ""),
            "{words:?}"
        );
    }
}
