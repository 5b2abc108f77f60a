//! Commands about faces: their effect on the library, their message, and exact undo and redo.

use crate::support::test_library::TestLibrary;
use crate::support::test_library::commands::{done, name, refused, states};
use kinfolk::curate::{Command, CurateError, MoveTarget};
use kinfolk::library::{Assignment, FaceId, FaceState, Mark};
#[test]
fn moving_faces_confirms_them_and_overrules_what_was_said_before() {
    let mut test = TestLibrary::new();
    let (tom, faces) = test.add_group(1, 3);
    let (_, others) = test.add_group(2, 2);
    done(&mut test, name(tom, "Tom"));
    done(
        &mut test,
        Command::Reject {
            faces: vec![faces[0]],
        },
    );
    done(
        &mut test,
        Command::Ignore {
            faces: vec![others[0]],
        },
    );
    let moved = vec![faces[0], others[0], others[1], faces[1]];
    let to = MoveTarget::Group(tom);
    let outcome = done(
        &mut test,
        Command::Move {
            faces: moved.clone(),
            to,
        },
    );
    assert_eq!(outcome.message, "Moved 3 faces to Tom");
    assert_eq!(states(&test, &moved), [FaceState::Confirmed; 4]);
    assert_eq!(test.library.rejections().unwrap(), []);
    let again = Command::Move { faces: moved, to };
    assert!(matches!(
        refused(&mut test, again),
        CurateError::NothingToDo
    ));
}

#[test]
fn moving_faces_to_a_new_group_holds_it_apart_from_where_they_were() {
    let mut test = TestLibrary::new();
    let (one, faces) = test.add_group(1, 2);
    let (_, single) = test.add_group(2, 1);
    let command = Command::Move {
        faces: vec![faces[0], single[0]],
        to: MoveTarget::NewGroup,
    };
    let outcome = done(&mut test, command);
    assert_eq!(outcome.message, "Moved 2 faces to a new group");
    assert_eq!(test.members(outcome.created[0]), [faces[0], single[0]]);
    assert_eq!(
        test.library.apart_pairs().unwrap(),
        [(one, outcome.created[0])]
    );
}

#[test]
fn suggestions_are_confirmed_or_rejected() {
    let mut test = TestLibrary::new();
    let (ana, faces) = test.add_group(1, 2);
    done(&mut test, name(ana, "Ana"));
    let (_, new) = test.add_photo("new.jpg", &[1, 1, 1]);
    let suggested: Vec<_> = new
        .iter()
        .map(|&face| (face, Assignment::Group(ana)))
        .collect();
    test.library.set_automatic_memberships(&suggested).unwrap();
    assert_eq!(test.library.counts().unwrap().suggested, 3);
    let accepted = vec![new[0], new[1], faces[0]];
    assert_eq!(
        done(
            &mut test,
            Command::Confirm {
                faces: accepted.clone()
            }
        )
        .message,
        "Confirmed 2 faces as Ana"
    );
    assert!(matches!(
        refused(&mut test, Command::Confirm { faces: accepted }),
        CurateError::NothingToDo
    ));
    let outcome = done(
        &mut test,
        Command::Reject {
            faces: vec![new[2]],
        },
    );
    assert_eq!(outcome.message, "Removed 1 face from Ana");
    assert_eq!(test.members(outcome.created[0]), [new[2]]);
    assert_eq!(test.library.rejections().unwrap(), [(new[2], ana)]);
    // Grouping must not put it back.
    let back = test
        .library
        .set_automatic_memberships(&[(new[2], Assignment::Group(ana))])
        .unwrap();
    assert_eq!((back.moved, back.skipped), (0, 1));
    assert_eq!(test.library.counts().unwrap().suggested, 0);
}

#[test]
fn faces_of_several_groups_are_rejected_each_from_its_own() {
    let mut test = TestLibrary::new();
    let (one, a) = test.add_group(1, 2);
    let (two, b) = test.add_group(2, 2);
    let outcome = done(
        &mut test,
        Command::Reject {
            faces: vec![a[0], b[0]],
        },
    );
    assert_eq!(outcome.message, "Removed 2 faces from 2 groups");
    assert_eq!(
        test.library.rejections().unwrap(),
        [(a[0], one), (b[0], two)]
    );
    // Rejecting the only face of an unnamed group changes nothing.
    let error = refused(&mut test, Command::Reject { faces: vec![a[1]] });
    assert!(matches!(error, CurateError::NothingToDo));
    let (three, c) = test.add_group(3, 2);
    let outcome = done(&mut test, Command::Reject { faces: c.clone() });
    assert_eq!(outcome.message, "Removed 1 face from an unnamed group");
    assert_eq!(test.members(three), c[1..]);
}

#[test]
fn marked_faces_are_hidden_and_come_back_to_where_they_were() {
    let mut test = TestLibrary::new();
    let (ana, faces) = test.add_group(1, 3);
    done(&mut test, name(ana, "Ana"));
    assert_eq!(
        done(
            &mut test,
            Command::Ignore {
                faces: faces[..2].to_vec()
            }
        )
        .message,
        "Ignored 2 faces"
    );
    assert_eq!(test.members(ana), faces[2..]);
    assert_eq!(test.state(faces[0]), (None, FaceState::Ignored));
    let not_a_face = Command::NotAFace {
        faces: vec![faces[0]],
    };
    assert_eq!(
        done(&mut test, not_a_face).message,
        "Marked 1 face as not a face"
    );
    let counts = test.library.counts().unwrap();
    assert_eq!((counts.faces, counts.ignored, counts.not_faces), (2, 1, 1));
    assert_eq!(
        test.library.marked_faces(Mark::Ignored).unwrap()[0].face_id,
        faces[1]
    );
    let error = refused(
        &mut test,
        Command::Confirm {
            faces: vec![faces[0]],
        },
    );
    assert!(
        matches!(error, CurateError::NotGrouped(face) if face == faces[0]),
        "{error}"
    );
    assert_eq!(
        done(
            &mut test,
            Command::Restore {
                faces: faces.clone()
            }
        )
        .message,
        "Restored 2 faces"
    );
    assert_eq!(test.members(ana), faces);
    assert_eq!(states(&test, &faces), [FaceState::Confirmed; 3]);
    assert!(matches!(
        refused(&mut test, Command::Restore { faces }),
        CurateError::NothingToDo
    ));
}

#[test]
fn a_marked_face_follows_its_group_into_a_merge() {
    let mut test = TestLibrary::new();
    let (one, faces) = test.add_group(1, 2);
    let (two, _) = test.add_group(2, 1);
    done(
        &mut test,
        Command::Ignore {
            faces: vec![faces[0]],
        },
    );
    let from = vec![one];
    done(&mut test, Command::Merge { from, into: two });
    done(
        &mut test,
        Command::Restore {
            faces: vec![faces[0]],
        },
    );
    assert_eq!(test.state(faces[0]), (Some(two), FaceState::Automatic));
}

#[test]
fn a_cover_is_shown_while_it_is_in_the_group() {
    let mut test = TestLibrary::new();
    let (group, faces) = test.add_group(1, 3);
    let cover = |test: &TestLibrary| test.library.group(group).unwrap().unwrap().cover;
    assert_eq!(cover(&test), Some(faces[0]));
    let choose = |face| Command::SetCover { group, face };
    let outcome = done(&mut test, choose(faces[2]));
    assert_eq!(outcome.message, "Chose a cover for an unnamed group");
    assert_eq!(cover(&test), Some(faces[2]));
    assert!(matches!(
        refused(&mut test, choose(faces[2])),
        CurateError::NothingToDo
    ));
    done(
        &mut test,
        Command::Ignore {
            faces: vec![faces[2]],
        },
    );
    assert_eq!(cover(&test), Some(faces[0]));
    assert!(matches!(
        refused(&mut test, choose(faces[2])),
        CurateError::NotInGroup { .. }
    ));
}

#[test]
fn faces_are_named_in_bulk() {
    let mut test = TestLibrary::new();
    let (_, faces) = test.add_group(1, 3);
    let (_, unconfirmed) = test.add_photo("loose.jpg", &[2]);
    let named = |faces: &[FaceId], name: &str| Command::NameFaces {
        faces: faces.to_vec(),
        name: name.to_owned(),
    };
    let outcome = done(&mut test, named(&faces[..2], "Maria"));
    assert_eq!(outcome.message, "Named 2 faces Maria");
    let maria = outcome.created[0];
    assert_eq!(test.members(maria), faces[..2]);
    let outcome = done(&mut test, named(&[faces[1], unconfirmed[0]], " MARIA"));
    assert_eq!(
        (outcome.message.as_str(), &outcome.created[..]),
        ("Named 1 face Maria", &[][..])
    );
    assert_eq!(
        test.state(unconfirmed[0]),
        (Some(maria), FaceState::Confirmed)
    );
    assert!(matches!(
        refused(&mut test, named(&faces[..1], "maria")),
        CurateError::NothingToDo
    ));
    assert!(matches!(
        refused(&mut test, named(&[], "maria")),
        CurateError::NoFaces
    ));
    assert!(matches!(
        refused(&mut test, named(&[FaceId(0)], "New")),
        CurateError::UnknownFace(_)
    ));
    assert_eq!(
        test.library.people().unwrap(),
        [(maria, "Maria".to_owned())]
    );
}
