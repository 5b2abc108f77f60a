//! Writing a grouping of many faces: it never overwrites decisions made meanwhile.

use std::collections::BTreeSet;

use crate::support::test_library::TestLibrary;
use kinfolk::cluster::DEFAULT_CUT;
use kinfolk::curate::{Command, RegroupStep, execute, regroup};
use kinfolk::library::{Assignment, FaceId, GroupId, Tidying};
use kinfolk::stop::StopFlag;

/// More than two slices.
const FACES: usize = 25_000;
const FACES_A_PHOTO: usize = 250;

fn large_library() -> (TestLibrary, Vec<FaceId>) {
    let mut test = TestLibrary::new();
    let people: Vec<u32> = (0..FACES_A_PHOTO as u32).collect();
    let mut faces = Vec::new();
    for photo in 0..FACES / FACES_A_PHOTO {
        faces.extend(test.add_photo(&format!("{photo}.jpg"), &people).1);
    }
    (test, faces)
}

#[test]
fn a_command_between_two_slices_is_carried_out_and_heeded() {
    let (mut test, faces) = large_library();
    let mut window = test.library.second_connection().unwrap();
    let assignments: Vec<_> = faces
        .iter()
        .enumerate()
        .map(|(number, &face)| (face, Assignment::New((number % 100) as u32)))
        .collect();
    let since = test.library.journal_position().unwrap();
    let mut slices = Vec::new();
    let mut named = None;
    let change = test
        .library
        .write_grouping(&assignments, since, Tidying::All, &mut |written| {
            if named.is_none() {
                let group = window.group_summaries().unwrap()[0].clone();
                let name = "Ana".to_owned();
                let group_id = group.group_id;
                execute(
                    &mut window,
                    Command::Name {
                        group: group_id,
                        name,
                    },
                )
                .unwrap();
                assert!(window.is_half_grouped().unwrap());
                named = Some(group);
            }
            slices.push(written);
        })
        .unwrap();
    assert_eq!(slices, [10_000, 20_000, 25_000]);
    assert!(change.decided_meanwhile);
    assert!(!test.library.is_half_grouped().unwrap());
    // The face named Ana stays; later faces that were meant for her group wait for the next grouping.
    let named = named.unwrap();
    let ana = test.library.group(named.group_id).unwrap().unwrap();
    assert_eq!((ana.faces, named.faces), (100, 100));
    assert_eq!(change.skipped, 150);
    test.assert_sound();
}

#[test]
fn an_undone_and_dropped_decision_stops_the_writing() {
    let mut test = TestLibrary::new();
    let (group, faces) = test.add_group(1, 3);
    let (other, _) = test.add_group(2, 3);
    execute(
        &mut test.library,
        Command::DifferentPeople {
            groups: (group, other),
        },
    )
    .unwrap();
    let since = test.library.journal_position().unwrap();
    kinfolk::curate::undo(&mut test.library).unwrap();
    let name = "Tom".to_owned();
    execute(&mut test.library, Command::Name { group: other, name }).unwrap();
    let change = test
        .library
        .write_grouping(
            &[(faces[0], Assignment::New(0))],
            since,
            Tidying::All,
            &mut |_| {},
        )
        .unwrap();
    assert_eq!((change.moved, change.skipped), (0, 1));
    assert!(change.decided_meanwhile);
}

/// Three groups of one person's faces, which grouping would merge.
#[test]
fn groups_kept_apart_during_a_grouping_stay_apart() {
    let mut test = TestLibrary::new();
    let [(a, a_faces), (b, b_faces), _] = [3, 2, 4].map(|count| {
        let faces: Vec<FaceId> = (0..count)
            .map(|number| test.add_photo(&format!("{count}/{number}.jpg"), &[1]).1[0])
            .collect();
        (test.group(&faces), faces)
    });
    let mut window = test.library.second_connection().unwrap();
    let mut steps = Vec::new();
    regroup(
        &mut test.library,
        DEFAULT_CUT,
        &StopFlag::default(),
        &mut |step| {
            if steps == [RegroupStep::Reading] {
                execute(&mut window, Command::DifferentPeople { groups: (a, b) }).unwrap();
            }
            steps.push(step);
        },
    )
    .unwrap();
    let groups = |faces: &[FaceId]| -> BTreeSet<GroupId> {
        let groups = faces.iter().map(|&face| test.state(face).0.unwrap());
        groups.collect()
    };
    assert!(groups(&a_faces).is_disjoint(&groups(&b_faces)));
    // The faces were grouped once more, with the answer.
    assert_eq!(steps.len(), 6, "{steps:?}");
    test.assert_sound();
}
