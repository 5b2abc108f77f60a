//! Commands about groups: their effect on the library, their message, and exact undo and redo.

use crate::support::test_library::TestLibrary;
use crate::support::test_library::commands::{done, name, refused, states};
use kinfolk::curate::{Command, CurateError, MAX_NAME_LENGTH, MAX_PIECES};
use kinfolk::library::{Assignment, FaceId, FaceState, GroupId};
#[test]
fn naming_a_group_makes_a_person_and_confirms_its_faces() {
    let mut test = TestLibrary::new();
    let (group, faces) = test.add_group(1, 3);
    let outcome = done(&mut test, name(group, "  Mari\u{61}\u{301}   Luz\n"));
    assert_eq!(outcome.message, "Named 3 faces Mari\u{e1} Luz");
    assert_eq!(outcome.touched, [group]);
    assert_eq!(outcome.created, []);
    assert_eq!(test.name(group).as_deref(), Some("Mari\u{e1} Luz"));
    assert_eq!(states(&test, &faces), [FaceState::Confirmed; 3]);
    let (single, _) = test.add_group(2, 1);
    assert_eq!(
        done(&mut test, name(single, "Tom")).message,
        "Named 1 face Tom"
    );
}

#[test]
fn renaming_leaves_suggestions_open() {
    let mut test = TestLibrary::new();
    let (group, _) = test.add_group(1, 2);
    done(&mut test, name(group, "maria"));
    let (_, new) = test.add_photo("new.jpg", &[1]);
    test.library
        .set_automatic_memberships(&[(new[0], Assignment::Group(group))])
        .unwrap();
    assert_eq!(
        done(&mut test, name(group, "Maria")).message,
        "Renamed maria to Maria"
    );
    assert_eq!(test.state(new[0]), (Some(group), FaceState::Automatic));
    assert_eq!(test.library.suggested_faces().unwrap()[0].face_id, new[0]);
    assert!(matches!(
        refused(&mut test, name(group, "Maria ")),
        CurateError::NothingToDo
    ));
}

#[test]
fn a_name_in_use_offers_its_person() {
    let mut test = TestLibrary::new();
    let (maria, _) = test.add_group(1, 2);
    let (other, _) = test.add_group(2, 2);
    done(&mut test, name(maria, "María José"));
    for spelling in ["maría  josé", " MARI\u{301}A JOSE\u{301} "] {
        let error = refused(&mut test, name(other, spelling));
        let CurateError::NameTaken { group, name, free } = error else {
            panic!("{error}");
        };
        assert_eq!((group, name.as_str()), (maria, "María José"));
        assert_eq!(free, "María José (2)");
    }
    done(&mut test, name(other, "Maria Jose"));
    assert!(matches!(
        refused(&mut test, name(other, "maría josé")),
        CurateError::NameTaken { .. }
    ));
}

#[test]
fn names_are_checked() {
    let mut test = TestLibrary::new();
    let (group, faces) = test.add_group(1, 1);
    assert!(matches!(
        refused(&mut test, name(group, " \t\u{7}")),
        CurateError::EmptyName
    ));
    let long = "é".repeat(MAX_NAME_LENGTH + 1);
    assert!(matches!(
        refused(&mut test, name(group, &long)),
        CurateError::LongName { .. }
    ));
    assert!(matches!(
        refused(&mut test, name(GroupId(77), "Ana")),
        CurateError::UnknownGroup(GroupId(77))
    ));
    done(&mut test, Command::Ignore { faces });
    assert!(matches!(
        refused(&mut test, name(group, "Ana")),
        CurateError::EmptyGroup(_)
    ));
}

#[test]
fn deleting_a_name_keeps_the_faces_together() {
    let mut test = TestLibrary::new();
    let (group, faces) = test.add_group(1, 2);
    assert!(matches!(
        refused(&mut test, Command::DeleteName { group }),
        CurateError::NothingToDo
    ));
    done(&mut test, name(group, "Ana"));
    let outcome = done(&mut test, Command::DeleteName { group });
    assert_eq!(outcome.message, "Deleted the name Ana");
    assert_eq!(test.name(group), None);
    assert_eq!(states(&test, &faces), [FaceState::Confirmed; 2]);
}

#[test]
fn merging_unnamed_groups_confirms_what_a_person_put_together() {
    let mut test = TestLibrary::new();
    let (one, mut faces) = test.add_group(1, 2);
    let (two, more) = test.add_group(2, 3);
    faces.extend(more);
    let merge = Command::Merge {
        from: vec![two, two, one],
        into: one,
    };
    let outcome = done(&mut test, merge);
    assert_eq!(outcome.message, "Merged 2 groups");
    assert_eq!(outcome.touched, [one]);
    assert_eq!(test.members(one), faces);
    assert_eq!(states(&test, &faces), [FaceState::Confirmed; 5]);
    assert_eq!(test.library.group(two).unwrap(), None);
}

#[test]
fn merging_into_a_person_keeps_their_cover() {
    let mut test = TestLibrary::new();
    let (other, _) = test.add_group(1, 2);
    let (ana, faces) = test.add_group(2, 2);
    done(&mut test, name(ana, "Ana"));
    let shown = |test: &TestLibrary| test.library.group(ana).unwrap().unwrap().cover;
    assert_eq!(shown(&test), Some(faces[0]));
    // On equal quality the face with the lower id would be shown: one of the other group's.
    done(
        &mut test,
        Command::Merge {
            from: vec![other],
            into: ana,
        },
    );
    assert_eq!(shown(&test), Some(faces[0]));
}

#[test]
fn merging_keeps_names_and_open_suggestions() {
    let mut test = TestLibrary::new();
    let (tom, _) = test.add_group(1, 2);
    let (tommy, _) = test.add_group(2, 2);
    let (unnamed, unconfirmed) = test.add_group(3, 2);
    done(&mut test, name(tom, "Tom"));
    done(&mut test, name(tommy, "Tommy"));
    let (_, new) = test.add_photo("new.jpg", &[2]);
    test.library
        .set_automatic_memberships(&[(new[0], Assignment::Group(tommy))])
        .unwrap();
    let merge = |from: &[GroupId], into| Command::Merge {
        from: from.to_vec(),
        into,
    };
    assert_eq!(
        done(&mut test, merge(&[tommy], tom)).message,
        "Merged Tommy into Tom"
    );
    assert_eq!(test.state(new[0]), (Some(tom), FaceState::Automatic));
    // An unnamed group takes the name of the person merged into it.
    assert_eq!(
        done(&mut test, merge(&[tom], unnamed)).message,
        "Merged 1 group into Tom"
    );
    assert_eq!(test.name(unnamed).as_deref(), Some("Tom"));
    assert_eq!(states(&test, &unconfirmed), [FaceState::Confirmed; 2]);
    assert_eq!(test.state(new[0]), (Some(unnamed), FaceState::Automatic));
    let (a, _) = test.add_group(4, 1);
    let (b, _) = test.add_group(5, 1);
    assert_eq!(
        done(&mut test, merge(&[a, b], unnamed)).message,
        "Merged 2 groups into Tom"
    );
    assert!(matches!(
        refused(&mut test, merge(&[unnamed], unnamed)),
        CurateError::NothingToDo
    ));
    assert!(matches!(
        refused(&mut test, merge(&[a], unnamed)),
        CurateError::UnknownGroup(_)
    ));
}

#[test]
fn a_merge_carries_rejections_and_splits_over_unless_it_overrules_them() {
    let mut test = TestLibrary::new();
    let (ana, faces) = test.add_group(1, 4);
    done(&mut test, name(ana, "Ana"));
    let rejected = faces[0];
    let own = done(
        &mut test,
        Command::Reject {
            faces: vec![rejected],
        },
    )
    .created[0];
    let split = Command::SplitFaces {
        group: ana,
        faces: vec![faces[1]],
    };
    let piece = done(&mut test, split).created[0];
    let (other, _) = test.add_group(2, 2);
    let merge = |from, into| Command::Merge {
        from: vec![from],
        into,
    };
    done(&mut test, merge(ana, other));
    assert_eq!(test.library.rejections().unwrap(), [(rejected, other)]);
    assert_eq!(
        test.library.apart_pairs().unwrap(),
        [(piece.min(other), piece.max(other))]
    );
    done(&mut test, merge(own, other));
    assert_eq!(test.library.rejections().unwrap(), []);
    done(&mut test, merge(piece, other));
    assert_eq!(test.library.apart_pairs().unwrap(), []);
    assert_eq!(test.name(other).as_deref(), Some("Ana"));
}

#[test]
fn splitting_chosen_faces_holds_both_sides_apart() {
    let mut test = TestLibrary::new();
    let (group, faces) = test.add_group(1, 4);
    let split = |faces: &[FaceId]| Command::SplitFaces {
        group,
        faces: faces.to_vec(),
    };
    assert!(matches!(
        refused(&mut test, split(&faces)),
        CurateError::NothingStays(_)
    ));
    assert!(matches!(
        refused(&mut test, split(&[])),
        CurateError::NoFaces
    ));
    assert!(matches!(
        refused(&mut test, split(&[FaceId(99)])),
        CurateError::UnknownFace(FaceId(99))
    ));
    let outcome = done(&mut test, split(&[faces[3], faces[2], faces[3]]));
    assert_eq!(outcome.message, "Split 2 faces out of an unnamed group");
    let [piece] = outcome.created[..] else {
        panic!("{outcome:?}");
    };
    assert_eq!(test.members(piece), faces[2..]);
    assert_eq!(test.members(group), faces[..2]);
    assert_eq!(test.library.apart_pairs().unwrap(), [(group, piece)]);
    assert_eq!(states(&test, &faces), [FaceState::Confirmed; 4]);
    let error = refused(&mut test, split(&faces[1..3]));
    assert!(
        matches!(error, CurateError::NotInGroup { face, .. } if face == faces[2]),
        "{error}"
    );
}

#[test]
fn splitting_a_person_leaves_its_suggestions_open() {
    let mut test = TestLibrary::new();
    let (ana, faces) = test.add_group(1, 2);
    done(&mut test, name(ana, "Ana"));
    let (_, new) = test.add_photo("new.jpg", &[1, 1]);
    let suggested = |face| (face, Assignment::Group(ana));
    test.library
        .set_automatic_memberships(&[suggested(new[0]), suggested(new[1])])
        .unwrap();
    let split = Command::SplitFaces {
        group: ana,
        faces: vec![faces[0], new[1]],
    };
    assert_eq!(done(&mut test, split).message, "Split 2 faces out of Ana");
    assert_eq!(test.name(ana).as_deref(), Some("Ana"));
    assert_eq!(test.state(new[0]), (Some(ana), FaceState::Automatic));
    assert_eq!(test.state(new[1]).1, FaceState::Confirmed);
}

#[test]
fn splitting_by_pieces_leaves_the_largest_in_place() {
    let mut test = TestLibrary::new();
    let (group, faces) = test.add_group(1, 7);
    let pieces = vec![
        vec![faces[0]],
        vec![],
        faces[1..4].to_vec(),
        faces[4..6].to_vec(),
    ];
    let outcome = done(&mut test, Command::SplitAt { group, pieces });
    assert_eq!(outcome.message, "Split an unnamed group into 3 groups");
    assert_eq!(test.members(group), [&faces[1..4], &faces[6..]].concat());
    let pieces: Vec<_> = outcome
        .created
        .iter()
        .map(|&piece| test.members(piece))
        .collect();
    assert_eq!(pieces, [faces[..1].to_vec(), faces[4..6].to_vec()]);
    assert_eq!(test.library.apart_pairs().unwrap().len(), 3);
}

#[test]
fn a_person_stays_with_the_piece_of_most_confirmed_faces() {
    let mut test = TestLibrary::new();
    let (ana, faces) = test.add_group(1, 2);
    done(&mut test, name(ana, "Ana"));
    let (_, new) = test.add_photo("new.jpg", &[2, 2, 2]);
    let suggested: Vec<_> = new
        .iter()
        .map(|&face| (face, Assignment::Group(ana)))
        .collect();
    test.library.set_automatic_memberships(&suggested).unwrap();
    let pieces = vec![new.clone(), faces.clone()];
    let outcome = done(&mut test, Command::SplitAt { group: ana, pieces });
    assert_eq!(outcome.message, "Split Ana into 2 groups");
    assert_eq!(test.members(ana), faces);
}

#[test]
fn pieces_are_checked() {
    let mut test = TestLibrary::new();
    let (group, faces) = test.add_group(1, MAX_PIECES + 1);
    let mut split =
        |pieces: Vec<Vec<FaceId>>| refused(&mut test, Command::SplitAt { group, pieces });
    assert!(matches!(
        split(vec![faces.clone()]),
        CurateError::TooFewPieces
    ));
    assert!(matches!(
        split(vec![faces.clone(), vec![]]),
        CurateError::TooFewPieces
    ));
    assert!(matches!(
        split(vec![faces[..2].to_vec(), faces[1..3].to_vec()]),
        CurateError::FaceInTwoPieces(face) if face == faces[1]
    ));
    let singles = faces.iter().map(|&face| vec![face]).collect();
    assert!(matches!(split(singles), CurateError::TooManyPieces { .. }));
}

/// Who names, merges or splits a group has not looked at faces whose photos are gone.
#[test]
fn faces_that_are_away_stay_in_their_group_without_being_confirmed() {
    let mut test = TestLibrary::new();
    let photo_of =
        |test: &TestLibrary, face: FaceId| test.library.face(face).unwrap().unwrap().photo_id;
    let (group, faces) = test.add_group(1, 3);
    let away = photo_of(&test, faces[2]);
    test.library.mark_vanished(&[away]).unwrap();
    use FaceState::{Automatic, Confirmed};
    assert_eq!(
        done(&mut test, name(group, "Maria")).message,
        "Named 2 faces Maria"
    );
    assert_eq!(states(&test, &faces), [Confirmed, Confirmed, Automatic]);
    assert_eq!(test.state(faces[2]).0, Some(group));
    // It is a suggestion when it is back.
    test.library.mark_present(&[away]).unwrap();
    assert_eq!(test.library.suggested_faces().unwrap()[0].face_id, faces[2]);

    let (one, of_one) = test.add_group(2, 2);
    let (other, of_other) = test.add_group(3, 2);
    let gone = [photo_of(&test, of_one[0]), photo_of(&test, of_other[0])];
    test.library.mark_vanished(&gone).unwrap();
    done(
        &mut test,
        Command::Merge {
            from: vec![one],
            into: other,
        },
    );
    assert_eq!(states(&test, &of_one), [Automatic, Confirmed]);
    assert_eq!(states(&test, &of_other), [Automatic, Confirmed]);
    assert_eq!(test.state(of_one[0]).0, Some(other));

    let (whole, faces) = test.add_group(4, 4);
    let gone = [photo_of(&test, faces[0]), photo_of(&test, faces[2])];
    test.library.mark_vanished(&gone).unwrap();
    let split = Command::SplitFaces {
        group: whole,
        faces: faces[2..].to_vec(),
    };
    let piece = done(&mut test, split).created[0];
    assert_eq!(
        states(&test, &faces),
        [Automatic, Confirmed, Automatic, Confirmed]
    );
    assert_eq!(test.state(faces[2]).0, Some(piece));

    // Nobody can say who a group is that cannot be looked at.
    let (unseen, faces) = test.add_group(5, 1);
    let gone = photo_of(&test, faces[0]);
    test.library.mark_vanished(&[gone]).unwrap();
    let error = refused(&mut test, name(unseen, "Tom"));
    assert!(
        matches!(error, CurateError::EmptyGroup(group) if group == unseen),
        "{error}"
    );
}
