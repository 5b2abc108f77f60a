//! Journals of released versions can be undone and redone by every later one.

use std::fs;
use std::path::Path;

use crate::support::test_library::TestLibrary;
use kinfolk::curate::{Command, execute};
use kinfolk::library::{
    FaceId, GroupId, GroupRow, Library, LibraryError, Mark, Membership, MembershipState, RowChange,
};
use rusqlite::Connection;

/// A library as left by a released version, as SQL text: its tables, rows and journal.
fn library_of(text: &str, folder: &Path) -> std::path::PathBuf {
    let path = folder.join("library.sqlite");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(text).unwrap();
    path
}

/// Undoes everything, redoes it, and expects the original state.
fn undone_and_redone(path: &Path, entries: usize) {
    // Opening it for the first time gives it an identity.
    drop(Library::open(path).unwrap());
    let after = crate::support::test_library::dump(path);
    let mut library = Library::open(path).unwrap();
    for _ in 0..entries {
        assert!(library.undo().unwrap().is_some());
    }
    assert_eq!(library.undo().unwrap(), None);
    assert_eq!(library.check_invariants().unwrap(), Vec::<String>::new());
    assert_eq!(library.people().unwrap(), [], "nobody had a name");
    let none_decided = library
        .all_faces()
        .unwrap()
        .iter()
        .all(|face| !["confirmed", "ignored", "not-a-face"].contains(&face.state.as_str()));
    assert!(none_decided, "nothing was decided");
    for _ in 0..entries {
        assert!(library.redo().unwrap().is_some());
    }
    drop(library);
    assert_eq!(crate::support::test_library::dump(path), after);
}

#[test]
fn the_journal_of_the_first_schema_replays() {
    let folder = tempfile::tempdir().unwrap();
    let text = include_str!("../journals/schema_1.sql");
    let path = library_of(text, folder.path());
    for change in ["group", "membership", "mark", "rejection", "apart"] {
        assert!(text.contains(&format!("{{\"{change}\":")), "{change}");
    }
    undone_and_redone(&path, 7);
}

/// The first builds wrote only the list of changes.
#[test]
fn entries_without_a_version_are_of_the_first_one() {
    let folder = tempfile::tempdir().unwrap();
    let text = include_str!("../journals/schema_1_unversioned.sql");
    assert!(!text.contains("\"version\""));
    let path = library_of(text, folder.path());
    undone_and_redone(&path, 7);
}

#[test]
fn the_text_of_every_change_stays_as_it_is() {
    let (face, group) = (FaceId(3), GroupId(7));
    let row = GroupRow {
        name: Some("Maria".to_owned()),
        cover: Some(face),
    };
    let membership = |state| Some(Membership { group, state });
    let changes = [
        RowChange::Group {
            group,
            before: None,
            after: Some(row),
        },
        RowChange::Membership {
            face,
            before: membership(MembershipState::Automatic),
            after: membership(MembershipState::Confirmed),
        },
        RowChange::Mark {
            face,
            before: Some(Mark::Ignored),
            after: Some(Mark::NotAFace),
        },
        RowChange::Rejection {
            face,
            group,
            before: false,
            after: true,
        },
        RowChange::Apart {
            groups: (group, GroupId(8)),
            before: true,
            after: false,
        },
    ];
    let text = concat!(
        r#"[{"group":{"group":7,"before":null,"after":{"name":"Maria","cover":3}}},"#,
        r#"{"membership":{"face":3,"before":{"group":7,"state":"automatic"},"after":{"group":7,"state":"confirmed"}}},"#,
        r#"{"mark":{"face":3,"before":"ignored","after":"not_a_face"}},"#,
        r#"{"rejection":{"face":3,"group":7,"before":false,"after":true}},"#,
        r#"{"apart":{"groups":[7,8],"before":true,"after":false}}]"#,
    );
    assert_eq!(serde_json::to_string(&changes).unwrap(), text);
    let read: Vec<RowChange> = serde_json::from_str(text).unwrap();
    assert_eq!(read, changes);
}

#[test]
fn an_entry_says_its_version() {
    let mut test = TestLibrary::new();
    let (group, _) = test.add_group(1, 1);
    let name = "Maria".to_owned();
    execute(&mut test.library, Command::Name { group, name }).unwrap();
    let stored: String = Connection::open(test.path())
        .unwrap()
        .query_row("SELECT changes FROM journal", [], |row| row.get(0))
        .unwrap();
    assert!(
        stored.starts_with(r#"{"version":1,"changes":[{""#),
        "{stored}"
    );
}

#[test]
fn an_entry_of_a_later_version_is_left_alone() {
    let mut test = TestLibrary::new();
    let (group, _) = test.add_group(1, 2);
    let name = "Maria".to_owned();
    execute(&mut test.library, Command::Name { group, name }).unwrap();
    Connection::open(test.path())
        .unwrap()
        .execute(
            r#"UPDATE journal SET changes = '{"version":2,"rows":[["face",1]]}'"#,
            [],
        )
        .unwrap();
    let before = test.dump();
    let error = test.library.undo().unwrap_err();
    assert!(
        matches!(
            error,
            LibraryError::NewerJournal {
                found: 2,
                known: 1,
                ..
            }
        ),
        "{error}"
    );
    assert!(error.to_string().contains("newer Kinfolk"), "{error}");
    assert_eq!(test.dump(), before);
    assert_eq!(test.name(group).as_deref(), Some("Maria"));
    assert!(!test.library.journal().unwrap()[0].undone);
    // Later commands can be undone.
    let name = "Ana".to_owned();
    execute(&mut test.library, Command::Name { group, name }).unwrap();
    test.library.undo().unwrap();
    assert_eq!(test.name(group).as_deref(), Some("Maria"));
    assert!(fs::metadata(test.path()).is_ok());
}
