//! Undo and redo over many commands, restarts, and other changes of the library.

use crate::support::test_library::TestLibrary;
use kinfolk::curate::{Command, MoveTarget, execute, history, redo, undo};
use kinfolk::library::{Assignment, FaceState, GroupId};

fn name(test: &mut TestLibrary, group: GroupId, name: &str) {
    let name = name.to_owned();
    execute(&mut test.library, Command::Name { group, name }).unwrap();
}

fn told(test: &TestLibrary) -> Vec<(String, bool)> {
    let rows = history(&test.library).unwrap().into_iter();
    rows.map(|row| (row.message, row.undone)).collect()
}

fn row(message: &str, undone: bool) -> (String, bool) {
    (message.to_owned(), undone)
}

#[test]
fn the_history_has_messages_newest_first() {
    let mut test = TestLibrary::new();
    assert_eq!(told(&test), []);
    assert_eq!(undo(&mut test.library).unwrap(), None);
    assert_eq!(redo(&mut test.library).unwrap(), None);
    let (ana, _) = test.add_group(1, 2);
    let (tom, faces) = test.add_group(2, 3);
    name(&mut test, ana, "Ana");
    name(&mut test, tom, "Tom");
    execute(
        &mut test.library,
        Command::Ignore {
            faces: vec![faces[0]],
        },
    )
    .unwrap();
    undo(&mut test.library).unwrap();
    let rows = [
        row("Ignored 1 face", true),
        row("Named 3 faces Tom", false),
        row("Named 2 faces Ana", false),
    ];
    assert_eq!(told(&test), rows);
    assert!(
        history(&test.library)
            .unwrap()
            .iter()
            .all(|row| row.at > 1_700_000_000)
    );
    let cursor = test.library.journal_cursor().unwrap();
    assert_eq!(
        cursor,
        (
            Some("Named 3 faces Tom".to_owned()),
            Some("Ignored 1 face".to_owned())
        )
    );
}

#[test]
fn a_new_command_drops_what_was_undone() {
    let mut test = TestLibrary::new();
    let (ana, faces) = test.add_group(1, 2);
    name(&mut test, ana, "Ana");
    name(&mut test, ana, "Anna");
    undo(&mut test.library).unwrap();
    undo(&mut test.library).unwrap();
    execute(&mut test.library, Command::Ignore { faces }).unwrap();
    assert_eq!(redo(&mut test.library).unwrap(), None);
    assert_eq!(told(&test), [row("Ignored 2 faces", false)]);
}

#[test]
fn a_refused_command_keeps_what_can_be_redone() {
    let mut test = TestLibrary::new();
    let (ana, _) = test.add_group(1, 2);
    name(&mut test, ana, "Ana");
    undo(&mut test.library).unwrap();
    execute(&mut test.library, Command::DeleteName { group: ana }).unwrap_err();
    assert_eq!(
        redo(&mut test.library).unwrap().unwrap().message,
        "Named 2 faces Ana"
    );
}

#[test]
fn undo_and_redo_go_on_after_a_restart() {
    let mut test = TestLibrary::new();
    let (ana, _) = test.add_group(1, 2);
    let (tom, _) = test.add_group(2, 3);
    let before = test.dump();
    name(&mut test, ana, "Ana");
    name(&mut test, tom, "Tom");
    let from = vec![ana];
    execute(&mut test.library, Command::Merge { from, into: tom }).unwrap();
    let after = test.dump();
    for _ in 0..3 {
        test = test.reopened();
        assert!(undo(&mut test.library).unwrap().is_some());
    }
    assert_eq!(test.dump(), before);
    for _ in 0..3 {
        test = test.reopened();
        assert!(redo(&mut test.library).unwrap().is_some());
    }
    assert_eq!(test.dump(), after);
}

#[test]
fn undo_has_no_limit() {
    let mut test = TestLibrary::new();
    let (ana, _) = test.add_group(1, 1);
    let before = test.dump();
    for number in 0..150 {
        name(&mut test, ana, &format!("Ana {number}"));
    }
    let after = test.dump();
    while undo(&mut test.library).unwrap().is_some() {}
    assert_eq!(test.dump(), before);
    while redo(&mut test.library).unwrap().is_some() {}
    assert_eq!(test.dump(), after);
}

#[test]
fn a_group_that_undo_would_delete_stays_while_newer_faces_are_in_it() {
    let mut test = TestLibrary::new();
    let (_, faces) = test.add_group(1, 2);
    let command = Command::NameFaces {
        faces: vec![faces[0]],
        name: "Maria".to_owned(),
    };
    let maria = execute(&mut test.library, command).unwrap().created[0];
    let (_, new) = test.add_photo("new.jpg", &[1]);
    test.library
        .set_automatic_memberships(&[(new[0], Assignment::Group(maria))])
        .unwrap();
    undo(&mut test.library).unwrap();
    test.assert_sound();
    assert_eq!(test.state(new[0]), (Some(maria), FaceState::Automatic));
    assert_eq!(test.name(maria), None);
    redo(&mut test.library).unwrap();
    test.assert_sound();
    assert_eq!(test.name(maria).as_deref(), Some("Maria"));
    assert_eq!(test.members(maria), [faces[0], new[0]]);
}

#[test]
fn undo_brings_back_a_group_that_grouping_has_tidied_away() {
    let mut test = TestLibrary::new();
    let (one, faces) = test.add_group(1, 2);
    let (two, _) = test.add_group(2, 2);
    let before = test.dump();
    let command = Command::Move {
        faces: faces.clone(),
        to: MoveTarget::Group(two),
    };
    execute(&mut test.library, command).unwrap();
    test.library.set_automatic_memberships(&[]).unwrap();
    assert_eq!(test.library.group(one).unwrap(), None);
    undo(&mut test.library).unwrap();
    test.assert_sound();
    assert_eq!(test.dump(), before);
    assert_eq!(test.members(one), faces);
}

#[test]
fn undo_passes_over_faces_that_are_gone() {
    let mut test = TestLibrary::new();
    let (group, faces) = test.add_group(1, 3);
    let face = faces[0];
    execute(&mut test.library, Command::SetCover { group, face }).unwrap();
    execute(&mut test.library, Command::Reject { faces: vec![face] }).unwrap();
    name(&mut test, group, "Ana");
    execute(&mut test.library, Command::Ignore { faces: vec![face] }).unwrap();
    let photo = std::path::Path::new("/photos/person 1/0.jpg");
    test.library.forget(photo).unwrap();
    assert_eq!(test.library.face(face).unwrap(), None);
    for step in [undo, redo, undo] {
        while step(&mut test.library).unwrap().is_some() {
            test.assert_sound();
        }
    }
    assert_eq!(test.members(group), faces[1..]);
    assert_eq!(test.name(group), None);
}

#[test]
fn a_restored_rejection_outweighs_what_grouping_did_in_between() {
    let mut test = TestLibrary::new();
    let (ana, faces) = test.add_group(1, 3);
    let (other, _) = test.add_group(2, 2);
    let rejected = faces[0];
    execute(
        &mut test.library,
        Command::Reject {
            faces: vec![rejected],
        },
    )
    .unwrap();
    let from = vec![ana];
    execute(&mut test.library, Command::Merge { from, into: other }).unwrap();
    undo(&mut test.library).unwrap();
    // The merge has moved the rejection to the target; while it is undone, grouping puts the face where the rejection
    // forbids it.
    let assignments = [(rejected, Assignment::Group(other))];
    assert_eq!(
        test.library
            .set_automatic_memberships(&assignments)
            .unwrap()
            .moved,
        1
    );
    redo(&mut test.library).unwrap();
    test.assert_sound();
    assert_eq!(test.state(rejected), (None, FaceState::Ungrouped));
}
