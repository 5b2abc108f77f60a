//! Faces of which the mesh is not sure: they make no group, join a person who is very like them, and are not asked about.

use std::collections::HashSet;

use crate::support::test_library::axes::at;
use crate::support::test_library::review::queue;
use crate::support::test_library::{TestLibrary, photo_of};
use kinfolk::cluster::DEFAULT_CUT;
use kinfolk::curate::{Command, QuestionKind, execute, group_again_from, regroup};
use kinfolk::library::{FaceId, GroupId};
use kinfolk::stop::StopFlag;
use kinfolk::vision::{Embedding, FaceMeasures, MeshMeasures};

fn with_flag(face_flag: f32) -> FaceMeasures {
    FaceMeasures {
        mesh: Some(MeshMeasures {
            face_flag,
            yaw: 0.0,
            pitch: 0.0,
            roll: 0.0,
            eyes_open: 0.3,
            smile: 0.0,
        }),
        ..FaceMeasures::default()
    }
}

/// Stores a photo of each face.
fn add(test: &mut TestLibrary, faces: &[(Embedding, f32)]) -> Vec<FaceId> {
    let stored = faces.iter().map(|(embedding, face_flag)| {
        let number = test.library.counts().unwrap().photos;
        let mut photo = photo_of(test.root_id, &format!("{number}.jpg"), &[number]);
        photo.faces[0].embedding = Some(*embedding);
        photo.faces[0].measures = with_flag(*face_flag);
        let photo_id = test.library.store_scanned(&[photo]).unwrap()[0];
        test.library.faces_of_photo(photo_id).unwrap()[0].face_id
    });
    stored.collect()
}

fn group_all(test: &mut TestLibrary) {
    regroup(
        &mut test.library,
        DEFAULT_CUT,
        &StopFlag::default(),
        &mut |_| {},
    )
    .unwrap();
    test.assert_sound();
}

fn groups_of(test: &TestLibrary, faces: &[FaceId]) -> Vec<GroupId> {
    faces
        .iter()
        .map(|&face| test.state(face).0.unwrap())
        .collect()
}

/// Six faces at a distance of .4 from each other.
fn alike(flags: [f32; 6]) -> Vec<(Embedding, f32)> {
    let faces = (10..).zip(flags);
    faces
        .map(|(own, flag)| (at(0, 0.6f32.sqrt(), own), flag))
        .collect()
}

#[test]
fn poor_faces_stay_alone_and_come_last() {
    let mut test = TestLibrary::new();
    let faces = add(&mut test, &alike([0.2, 0.5, 0.9, 0.94, 0.0, 0.3]));
    group_all(&mut test);
    assert_eq!(
        groups_of(&test, &faces)
            .iter()
            .collect::<HashSet<_>>()
            .len(),
        6
    );
    assert!(queue(&test).is_empty(), "nobody can answer");
    assert!(
        test.library
            .group_summaries()
            .unwrap()
            .iter()
            .all(|group| group.is_unclear)
    );
    let counts = test.library.counts().unwrap();
    assert_eq!((counts.unnamed, counts.unclear), (0, 6));
}

#[test]
fn poor_faces_join_two_clear_ones_whether_all_are_grouped_or_new_ones() {
    for added in [false, true] {
        let mut test = TestLibrary::new();
        let all = alike([1.0, 0.96, 0.2, 0.4, 0.0, 0.9]);
        let (first, later) = all.split_at(if added { 2 } else { 6 });
        let mut faces = add(&mut test, first);
        group_all(&mut test);
        faces.extend(add(&mut test, later));
        group_again_from(
            &mut test.library,
            if added { 0 } else { u32::MAX },
            &StopFlag::default(),
        )
        .unwrap();
        let groups = groups_of(&test, &faces);
        assert_eq!(groups, [groups[0]; 6]);
        assert!(!test.library.group(groups[0]).unwrap().unwrap().is_unclear);
    }
}

#[test]
fn new_poor_faces_make_no_group() {
    let mut test = TestLibrary::new();
    let others: Vec<_> = (40..60).map(|own| (at(own, 1.0, 10), 1.0)).collect();
    add(&mut test, &others);
    group_all(&mut test);
    let poor = add(&mut test, &alike([0.2, 0.5, 0.9, 0.94, 0.0, 0.3]));
    group_again_from(&mut test.library, 0, &StopFlag::default()).unwrap();
    assert_eq!(
        groups_of(&test, &poor).iter().collect::<HashSet<_>>().len(),
        6
    );
}

/// Two groups that are asked about if one can see who they are.
#[test]
fn a_question_is_about_faces_that_can_be_told_apart() {
    for (flags, asked) in [([1.0, 1.0], true), ([1.0, 0.5], false), ([0.5, 0.5], false)] {
        let mut test = TestLibrary::new();
        let similarity = 0.34f32.sqrt();
        let pair = [at(0, similarity, 10), at(0, similarity, 11)];
        add(&mut test, &[(pair[0], flags[0]), (pair[1], flags[1])]);
        // At a distance of .66, a little beyond the cut of .638.
        group_all(&mut test);
        let kinds: Vec<QuestionKind> = queue(&test)
            .iter()
            .map(|queued| queued.question.kind())
            .collect();
        assert_eq!(!kinds.is_empty(), asked, "{flags:?}: {kinds:?}");
    }
}

#[test]
fn a_confirmed_face_is_somebody() {
    let mut test = TestLibrary::new();
    let faces = add(&mut test, &alike([0.2, 1.0, 0.3, 0.4, 0.4, 0.4])[..2]);
    group_all(&mut test);
    assert_ne!(test.state(faces[0]).0, test.state(faces[1]).0);
    let confirm = Command::Confirm {
        faces: vec![faces[0]],
    };
    execute(&mut test.library, confirm).unwrap();
    group_all(&mut test);
    assert_eq!(
        test.state(faces[0]).0,
        test.state(faces[1]).0,
        "a person has looked at it"
    );
}
