//! Opening a library file: created, opened again, locked, and refused if it is not sound.

#![allow(clippy::disallowed_methods, reason = "the files are this test's own")]

use std::fs;
use std::path::Path;

use crate::support::test_library::TestLibrary;
use kinfolk::curate::{Command, execute, undo};
use kinfolk::library::{Library, LibraryError, SCHEMA_VERSION};
use rusqlite::Connection;

/// Opening must fail and leave every byte unchanged.
fn refused(path: &Path) -> LibraryError {
    let before = fs::read(path).unwrap();
    let error = Library::open(path).err().unwrap();
    assert_eq!(
        fs::read(path).unwrap(),
        before,
        "a refused file stays as it was"
    );
    assert!(error.to_string().contains(&format!("{path:?}")), "{error}");
    error
}

/// A closed, sound library file without side files.
fn closed_library(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("library.sqlite");
    let mut library = Library::open(&path).unwrap();
    library.add_root(Path::new("/photos")).unwrap();
    drop(library);
    assert!(!folder.join("library.sqlite-wal").exists());
    path
}

#[test]
fn a_new_library_gets_its_folder_and_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/ünï.sqlite");
    let mut library = Library::open(&path).unwrap();
    let root_id = library.add_root(Path::new("/photos")).unwrap();
    assert_eq!(library.add_root(Path::new("/photos")).unwrap(), root_id);
    library.set_setting("sort", Some("name")).unwrap();
    drop(library);
    let mut library = Library::open(&path).unwrap();
    assert_eq!(library.path(), path);
    assert_eq!(library.roots().unwrap()[0].path, Path::new("/photos"));
    assert_eq!(library.setting("sort").unwrap().as_deref(), Some("name"));
    library.set_setting("sort", None).unwrap();
    assert_eq!(library.setting("sort").unwrap(), None);
    assert_eq!(library.check_invariants().unwrap(), Vec::<String>::new());
}

#[test]
fn an_empty_file_becomes_a_library() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty");
    fs::write(&path, "").unwrap();
    assert_eq!(Library::open(&path).unwrap().roots().unwrap(), []);
}

#[test]
fn a_reader_beside_a_writer_sees_one_state_and_writes_nothing() {
    let mut test = TestLibrary::new();
    let (maria, _) = test.add_group(1, 2);
    let name = |name: &str| Command::Name {
        group: maria,
        name: name.to_owned(),
    };
    execute(&mut test.library, name("Maria")).unwrap();
    let mut reader = Library::open_to_read(&test.path()).unwrap();
    let people = reader.people().unwrap();
    execute(&mut test.library, name("Ana")).unwrap();
    assert_eq!(reader.people().unwrap(), people);
    assert_eq!(reader.group(maria).unwrap().unwrap().name.unwrap(), "Maria");
    assert!(execute(&mut reader, name("Tom")).is_err());
    assert!(reader.set_setting("sort", Some("name")).is_err());
    drop(reader);
    let later = Library::open_to_read(&test.path()).unwrap();
    assert_eq!(later.people().unwrap(), [(maria, "Ana".to_owned())]);
    assert_eq!(
        test.library.check_invariants().unwrap(),
        Vec::<String>::new()
    );
}

#[test]
fn a_library_keeps_its_identity_and_another_has_another() {
    let folder = tempfile::tempdir().unwrap();
    let identity = |file: &str| {
        let library = Library::open(&folder.path().join(file)).unwrap();
        library.identity().unwrap().unwrap()
    };
    let first = identity("a.sqlite");
    assert_eq!(first.len(), 32);
    assert_eq!(identity("a.sqlite"), first);
    assert_ne!(identity("b.sqlite"), first);
}

#[test]
fn people_whom_an_earlier_version_told_apart_are_kept_and_known_to_be_alike() {
    let mut test = TestLibrary::new();
    let (one, _) = test.add_group(1, 2);
    let (other, _) = test.add_group(2, 2);
    let (third, _) = test.add_group(3, 1);
    for (group, name) in [(one, "Straße"), (other, "Tom"), (third, "Ana")] {
        let name = name.to_owned();
        execute(&mut test.library, Command::Name { group, name }).unwrap();
    }
    let path = test.path();
    Connection::open(&path)
        .unwrap()
        .execute(
            "UPDATE face_group SET name = 'STRASSE' WHERE group_id = ?1",
            [other.0],
        )
        .unwrap();
    let people = test.library.people().unwrap();
    let same = kinfolk::library::same_names(&people);
    assert_eq!(same.len(), 1);
    let mut groups = same[0].clone().map(|(group, _)| group);
    groups.sort();
    assert_eq!(groups, [one, other]);
    // Each goes by its own spelling still.
    let name = "STRASSE".to_owned();
    let moved = test.add_photo("new.jpg", &[2]).1;
    let command = Command::NameFaces { faces: moved, name };
    execute(&mut test.library, command).unwrap();
    assert_eq!(test.library.group(other).unwrap().unwrap().faces, 3);
}

#[test]
fn a_library_is_held_by_one_opener_at_a_time() {
    let test = TestLibrary::new();
    let error = Library::open(&test.path()).err().unwrap();
    assert!(matches!(error, LibraryError::InUse { .. }), "{error}");
    let second = test.library.second_connection().unwrap();
    let path = test.path();
    let TestLibrary { library, .. } = &test;
    assert_eq!(library.path(), path);
    // The lock lasts as long as any connection.
    let folder = tempfile::tempdir().unwrap();
    let first = Library::open(&folder.path().join("a")).unwrap();
    let other = first.second_connection().unwrap();
    drop(first);
    assert!(Library::open(&folder.path().join("a")).is_err());
    drop(other);
    assert!(Library::open(&folder.path().join("a")).is_ok());
    drop(second);
}

#[test]
fn a_second_connection_sees_what_the_first_has_committed() {
    let mut test = TestLibrary::new();
    let second = test.library.second_connection().unwrap();
    test.add_photo("a.jpg", &[1, 2]);
    assert_eq!(second.counts().unwrap().faces, 2);
    let reader = std::thread::spawn(move || second.all_faces().unwrap().len());
    assert_eq!(reader.join().unwrap(), 2);
}

#[test]
fn a_library_in_memory_has_one_connection() {
    let library = Library::open_in_memory().unwrap();
    assert_eq!(library.counts().unwrap().photos, 0);
    assert!(matches!(
        library.second_connection(),
        Err(LibraryError::InMemory)
    ));
}

#[test]
fn files_of_another_kind_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    fs::write(&text, "milk\nbread\n".repeat(100)).unwrap();
    assert!(matches!(refused(&text), LibraryError::NotALibrary { .. }));
    let short = folder.path().join("short");
    fs::write(&short, "SQLite format 3\0").unwrap();
    assert!(matches!(refused(&short), LibraryError::NotALibrary { .. }));
    let other = folder.path().join("other.sqlite");
    let connection = Connection::open(&other).unwrap();
    connection
        .execute_batch("CREATE TABLE song (title TEXT); PRAGMA user_version = 1;")
        .unwrap();
    drop(connection);
    assert!(matches!(refused(&other), LibraryError::NotALibrary { .. }));
    let directory = Library::open(folder.path()).err().unwrap();
    assert!(
        matches!(directory, LibraryError::NotAFile { .. }),
        "{directory}"
    );
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = closed_library(folder.path());
    let connection = Connection::open(&path).unwrap();
    connection
        .pragma_update(None, "user_version", SCHEMA_VERSION + 1)
        .unwrap();
    drop(connection);
    let error = refused(&path);
    assert!(
        matches!(error, LibraryError::NewerSchema { found, known, .. } if found == known + 1),
        "{error}"
    );
}

#[test]
fn a_truncated_library_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = closed_library(folder.path());
    let bytes = fs::read(&path).unwrap();
    for kept in [bytes.len() / 2, bytes.len() - 1, 4096, 100] {
        fs::write(&path, &bytes[..kept]).unwrap();
        let error = refused(&path);
        assert!(
            matches!(error, LibraryError::Damaged { .. }),
            "{kept} bytes: {error}"
        );
    }
    fs::write(&path, &bytes).unwrap();
    assert!(Library::open(&path).is_ok());
}

#[test]
fn damage_inside_a_library_is_an_error_and_no_crash() {
    let folder = tempfile::tempdir().unwrap();
    let path = closed_library(folder.path());
    let sound = fs::read(&path).unwrap();
    for page in 1..sound.len() / 4096 {
        let mut bytes = sound.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0x5a);
        fs::write(&path, &bytes).unwrap();
        let found = Library::open(&path).and_then(|library| library.check_invariants());
        assert!(
            found.is_err() || found.is_ok_and(|broken| !broken.is_empty()),
            "page {page}"
        );
    }
}

#[test]
fn a_file_in_the_way_of_the_folder_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    let error = Library::open(&folder.path().join("file/library.sqlite"))
        .err()
        .unwrap();
    assert!(error.to_string().contains("file"), "{error}");
}

#[test]
fn a_command_that_is_dropped_leaves_nothing() {
    let mut test = TestLibrary::new();
    let (group, faces) = test.add_group(1, 3);
    let before = test.dump();
    let mut edit = test.library.edit().unwrap();
    edit.set_membership(faces[0], None).unwrap();
    edit.set_group(group, Some(kinfolk::library::GroupRow::default()))
        .unwrap();
    drop(edit);
    assert_eq!(test.dump(), before);
    assert_eq!(test.library.journal().unwrap(), []);
}

/// A kill leaves the database and its log as they are on disk at that moment, like a copy of the two.
#[test]
fn a_kill_in_the_middle_of_a_command_loses_that_command_only() {
    let mut test = TestLibrary::new();
    let (group, faces) = test.add_group(1, 200);
    let name = "Maria".to_owned();
    execute(&mut test.library, Command::Name { group, name }).unwrap();
    let committed = test.dump();

    let path = test.path();
    let mut edit = test.library.edit().unwrap();
    for &face in &faces {
        edit.set_membership(face, None).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("library.sqlite");
    fs::copy(&path, &copy).unwrap();
    fs::copy(
        path.with_extension("sqlite-wal"),
        copy.with_extension("sqlite-wal"),
    )
    .unwrap();
    drop(edit);

    let mut found = Library::open(&copy).unwrap();
    assert_eq!(found.check_invariants().unwrap(), Vec::<String>::new());
    assert_eq!(crate::support::test_library::dump(&copy), committed);
    assert_eq!(
        undo(&mut found).unwrap().unwrap().message,
        "Named 200 faces Maria"
    );
}
