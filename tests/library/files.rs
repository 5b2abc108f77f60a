//! The library's files on disk: one process under any name, private, refused if they are no regular files, and readable
//! where nothing can be written.

#![allow(clippy::disallowed_methods, reason = "the files are this test's own")]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use kinfolk::library::{Library, LibraryError};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn kinfolk() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinfolk"));
    command.env_remove("KINFOLK_LOG");
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A closed library with a person, in `folder`.
fn library_with_maria(folder: &Path) -> PathBuf {
    let mut test = crate::support::test_library::TestLibrary::new();
    let (group, _) = test.add_group(1, 2);
    let name = "Maria".to_owned();
    kinfolk::curate::execute(
        &mut test.library,
        kinfolk::curate::Command::Name { group, name },
    )
    .unwrap();
    let path = folder.join("library.sqlite");
    test.keep_as(&path);
    path
}

#[test]
fn no_second_process_gets_in_by_another_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = library_with_maria(folder.path());
    let held = Library::open(&path).unwrap();
    let (link, linked_folder, hard) = (
        folder.path().join("link"),
        folder.path().join("folder"),
        folder.path().join("hard"),
    );
    symlink(&path, &link).unwrap();
    symlink(folder.path(), &linked_folder).unwrap();
    fs::hard_link(&path, &hard).unwrap();
    for (name, why) in [
        (&link, "is open in another Kinfolk"),
        (
            &linked_folder.join("library.sqlite"),
            "is open in another Kinfolk",
        ),
        (&hard, "2 names"),
    ] {
        let named = kinfolk()
            .args(["name", "1", "Ana", "--library"])
            .arg(name)
            .output()
            .unwrap();
        assert_eq!(named.status.code(), Some(1), "{name:?}");
        let told = stderr(&named);
        let told_why = told.contains(why) || told.contains("2 names");
        assert!(told_why, "{name:?}: {told}");
    }
    assert_eq!(held.people().unwrap()[0].1, "Maria");
    drop(held);
    fs::remove_file(&hard).unwrap();
    assert_eq!(Library::open(&link).unwrap().people().unwrap().len(), 1);
}

#[test]
fn a_link_that_leads_nowhere_makes_no_library() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    symlink(folder.path().join("nowhere"), &link).unwrap();
    assert!(matches!(Library::open(&link), Err(LibraryError::Io { .. })));
    assert!(!folder.path().join("nowhere").exists());
}

#[test]
fn a_new_library_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/library.sqlite");
    let mut library = Library::open(&path).unwrap();
    library.add_root(Path::new("/photos")).unwrap();
    for file in library.files().iter().filter(|file| file.exists()) {
        assert_eq!(mode(file), 0o600, "{file:?}");
    }
    assert!(folder.path().join("deep/er/library.sqlite-wal").exists());
    assert_eq!(mode(&folder.path().join("deep/er")), 0o700);
    assert_eq!(mode(&folder.path().join("deep")), 0o700);
}

#[test]
fn a_library_that_all_could_read_is_closed_to_them_and_its_folder_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = library_with_maria(folder.path());
    let lock = folder.path().join("library.sqlite.lock");
    fs::write(&lock, "").unwrap();
    for (file, mode) in [(&path, 0o644), (&lock, 0o664)] {
        set_mode(file, mode);
    }
    set_mode(folder.path(), 0o755);
    let library = Library::open(&path).unwrap();
    for file in library.files().iter().filter(|file| file.exists()) {
        assert_eq!(mode(file), 0o600, "{file:?}");
    }
    assert_eq!(mode(folder.path()), 0o755);
    // A file that is not a library is left alone.
    let other = folder.path().join("notes");
    fs::write(&other, "x".repeat(200)).unwrap();
    set_mode(&other, 0o644);
    assert!(Library::open(&other).is_err());
    assert_eq!(mode(&other), 0o644);
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let socket = folder.path().join("socket");
    let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let places = [pipe, socket, folder.path().to_owned(), "/dev/null".into()];
    for place in places {
        let mut asked = kinfolk()
            .args(["people", "--library"])
            .arg(&place)
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while asked.try_wait().unwrap().is_none() {
            if started.elapsed() > Duration::from_secs(60) {
                asked.kill().unwrap();
                panic!("{place:?} is waited for");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let output = asked.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{place:?}");
        let told = stderr(&output);
        assert!(told.contains("not a regular file"), "{place:?}: {told}");
    }
}

const READING: [&[&str]; 3] = [&["people"], &["faces"], &["history"]];

/// Files cannot grow, as on a full disk.
fn with_a_full_disk(arguments: &[&str], library: &Path) -> Output {
    Command::new("sh")
        .args(["-c", "ulimit -f 0; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_kinfolk"))
        .args(arguments)
        .arg("--library")
        .arg(library)
        .output()
        .unwrap()
}

#[test]
fn a_full_disk_keeps_nobody_from_reading() {
    let folder = tempfile::tempdir().unwrap();
    let path = library_with_maria(folder.path());
    for command in READING {
        let output = with_a_full_disk(command, &path);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{command:?}: {}",
            stderr(&output)
        );
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(told.contains("Maria"), "{command:?}: {told}");
    }
    // Commands that write report it, and are not killed by a signal.
    let before = fs::read(&path).unwrap();
    let named = with_a_full_disk(&["name", "1", "Ana"], &path);
    assert_eq!(named.status.code(), Some(1), "{}", stderr(&named));
    assert!(
        stderr(&named).contains("library.sqlite"),
        "{}",
        stderr(&named)
    );
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(
        Library::open(&path).unwrap().people().unwrap()[0].1,
        "Maria"
    );
}

/// Runs a copy of the program as a user without write access.
fn as_a_guest(program: &Path, arguments: &[&str], library: &Path) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).arg("--library").arg(library);
    if fs::metadata(library).unwrap().uid() == 0 {
        command.uid(65_534).gid(65_534);
    }
    loop {
        match command.output() {
            // The copy was still being written when another test started a process, which holds the file until it runs.
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            output => return output.unwrap(),
        }
    }
}

#[test]
fn a_medium_that_cannot_be_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = library_with_maria(folder.path());
    set_mode(&path, 0o444);
    let elsewhere = tempfile::tempdir().unwrap();
    set_mode(elsewhere.path(), 0o755);
    let program = elsewhere.path().join("kinfolk");
    fs::copy(env!("CARGO_BIN_EXE_kinfolk"), &program).unwrap();
    set_mode(folder.path(), 0o555);
    for command in READING {
        let output = as_a_guest(&program, command, &path);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{command:?}: {}",
            stderr(&output)
        );
        assert!(String::from_utf8_lossy(&output.stdout).contains("Maria"));
    }
    let named = as_a_guest(&program, &["name", "1", "Ana"], &path);
    assert_eq!(named.status.code(), Some(1));
    assert!(stderr(&named).contains("writable"), "{}", stderr(&named));
    set_mode(folder.path(), 0o755);
    let beside: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(beside.len(), 1, "nothing was made beside it: {beside:?}");
}
