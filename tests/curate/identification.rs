//! Identification in a library: assignment of small clusters to known people, and the per-person bias.

use crate::support::test_library::axes::{along, with_common};
use crate::support::test_library::{TestLibrary, photo_of};
use kinfolk::cluster::DEFAULT_CUT;
use kinfolk::cluster::calibration::{log_odds, probability};
use kinfolk::curate::{
    self, Command, Gallery, Identification, MoveTarget, group_again_from, identify, regroup,
};
use kinfolk::library::{FaceId, FaceState, GroupId};
use kinfolk::stop::StopFlag;
use kinfolk::vision::Embedding;

/// A face with these cosines to the first axes; the rest is along an axis of its own, given by its number.
fn face(cosines: [f32; 3], own: usize) -> Embedding {
    let rest = 1.0 - cosines.iter().map(|cosine| cosine * cosine).sum::<f32>();
    let [a, b, c] = cosines;
    along(&[(0, a), (1, b), (2, c), (3 + own, rest.max(0.0).sqrt())])
}

/// Stores a photo with these faces.
fn add(home: &mut TestLibrary, path: &str, faces: &[Embedding]) -> Vec<FaceId> {
    let mut photo = photo_of(home.root_id, path, &vec![0; faces.len()]);
    for (scanned, face) in photo.faces.iter_mut().zip(faces) {
        scanned.embedding = Some(*face);
    }
    let photo_id = home.library.store_scanned(&[photo]).unwrap()[0];
    let faces = home.library.faces_of_photo(photo_id).unwrap();
    faces.iter().map(|face| face.face_id).collect()
}

fn name(home: &mut TestLibrary, faces: &[FaceId], name: &str) -> GroupId {
    let command = Command::NameFaces {
        faces: faces.to_vec(),
        name: name.into(),
    };
    curate::execute(&mut home.library, command).unwrap();
    home.state(faces[0]).0.unwrap()
}

fn group_again(home: &mut TestLibrary) {
    regroup(
        &mut home.library,
        DEFAULT_CUT,
        &StopFlag::default(),
        &mut |_| {},
    )
    .unwrap();
    home.assert_sound();
}

fn answer(home: &TestLibrary, face: Embedding) -> Identification {
    identify(&Gallery::of(&home.library).unwrap(), &[face.centred()])[0]
}

/// Ana, known by one face along the first axis, in a grouped library.
fn with_ana() -> (TestLibrary, FaceId, GroupId) {
    let mut home = TestLibrary::new();
    let ana = add(&mut home, "ana.jpg", &[face([1.0, 0.0, 0.0], 0)])[0];
    let group = name(&mut home, &[ana], "Ana");
    (home, ana, group)
}

/// Too far from Ana's face to be grouped with it, near enough to be recognised as her among few people.
const ODD: [f32; 3] = [0.33, 0.0, 0.0];

#[test]
fn a_new_face_that_grouping_leaves_alone_is_suggested_to_the_person_it_is_recognised_as() {
    let (mut home, ana, group) = with_ana();
    let odd = add(&mut home, "odd.jpg", &[face(ODD, 4)])[0];
    let stranger = add(&mut home, "stranger.jpg", &[face([0.05, 0.0, 0.0], 2)])[0];
    assert!(answer(&home, face(ODD, 4)).accepted());
    group_again(&mut home);
    assert_eq!(home.state(odd), (Some(group), FaceState::Automatic));
    assert_eq!(home.state(ana), (Some(group), FaceState::Confirmed));
    assert_ne!(home.state(stranger).0, Some(group));
    let before = home.dump();
    group_again(&mut home);
    assert_eq!(home.dump(), before, "grouping twice is grouping once");
}

#[test]
fn the_mean_direction_does_not_affect_recognition() {
    let (mut home, _, group) = with_ana();
    let odd = with_common(&face(ODD, 4), 0.6);
    let shown = answer(&home, odd);
    assert!((shown.similarity - ODD[0]).abs() < 1e-3, "{shown:?}");
    let odd = add(&mut home, "odd.jpg", &[odd])[0];
    group_again(&mut home);
    assert_eq!(home.state(odd), (Some(group), FaceState::Automatic));
}

#[test]
fn small_clusters_are_assigned_to_unnamed_people_too() {
    let mut home = TestLibrary::new();
    let known = add(&mut home, "known.jpg", &[face([1.0, 0.0, 0.0], 0)])[0];
    group_again(&mut home);
    let faces = vec![known];
    curate::execute(&mut home.library, Command::Confirm { faces }).unwrap();
    let (group, state) = home.state(known);
    assert_eq!(state, FaceState::Confirmed);
    let odd = add(&mut home, "odd.jpg", &[face(ODD, 4)])[0];
    group_again(&mut home);
    assert_eq!(home.state(odd), (group, FaceState::Automatic));
}

#[test]
fn where_few_faces_are_known_an_assignment_must_be_surer() {
    let (mut home, _, group) = with_ana();
    for stranger in 10..60 {
        let face = face([0.0, 0.0, 0.0], stranger);
        add(&mut home, &format!("{stranger}.jpg"), &[face]);
    }
    let odd = add(&mut home, "odd.jpg", &[face(ODD, 4)])[0];
    assert!(answer(&home, face(ODD, 4)).accepted());
    group_again(&mut home);
    assert_ne!(home.state(odd).0, Some(group));
}

#[test]
fn few_new_faces_among_many_are_identified_too() {
    let (mut home, ana, group) = with_ana();
    let small = add(&mut home, "small.jpg", &[face([0.3, 0.0, 0.0], 3)])[0];
    group_again(&mut home);
    // A face that somebody moved away stays there.
    let moved = Command::Move {
        faces: vec![small],
        to: MoveTarget::NewGroup,
    };
    curate::execute(&mut home.library, moved).unwrap();
    let noted = home.library.setting("whole_grouping").unwrap().unwrap();
    let mut noted: serde_json::Value = serde_json::from_str(&noted).unwrap();
    noted["faces"] = 1_000_000.into();
    home.library
        .set_setting("whole_grouping", Some(&noted.to_string()))
        .unwrap();
    let odd = add(&mut home, "odd.jpg", &[face(ODD, 4)])[0];
    let stranger = add(&mut home, "stranger.jpg", &[face([0.05, 0.0, 0.0], 2)])[0];
    let summary = group_again_from(&mut home.library, 0, &StopFlag::default()).unwrap();
    home.assert_sound();
    assert_eq!((summary.moved, summary.created), (2, 1));
    assert_eq!(home.state(odd), (Some(group), FaceState::Automatic));
    assert_eq!(home.state(ana), (Some(group), FaceState::Confirmed));
    assert_ne!(home.state(stranger).0, Some(group));
    assert_ne!(home.state(small).0, Some(group));
}

#[test]
fn a_face_as_near_to_a_second_person_is_nobodys() {
    let (mut home, _, ana) = with_ana();
    let other = add(&mut home, "bea.jpg", &[face([0.0, 1.0, 0.0], 1)]);
    let bea = name(&mut home, &other, "Bea");
    let between = add(&mut home, "between.jpg", &[face([0.33, 0.32, 0.0], 2)])[0];
    group_again(&mut home);
    let group = home.state(between).0;
    assert!(group != Some(ana) && group != Some(bea), "{group:?}");
}

#[test]
fn nobody_is_suggested_who_is_in_the_photo_already_or_was_rejected() {
    let (mut home, _, group) = with_ana();
    let both = add(
        &mut home,
        "both.jpg",
        &[face([0.9, 0.0, 0.0], 2), face(ODD, 3)],
    );
    name(&mut home, &both[..1], "Ana");
    let odd = add(&mut home, "odd.jpg", &[face(ODD, 4)])[0];
    group_again(&mut home);
    assert_ne!(home.state(both[1]).0, Some(group));
    assert_eq!(home.state(odd).0, Some(group));
    let rejection = Command::Reject { faces: vec![odd] };
    curate::execute(&mut home.library, rejection).unwrap();
    group_again(&mut home);
    assert_ne!(home.state(odd).0, Some(group));
}

#[test]
fn rejections_lower_the_bias() {
    let (mut home, _, group) = with_ana();
    let before = answer(&home, face(ODD, 4));
    for nth in 0..2 {
        let odd = add(
            &mut home,
            &format!("{nth}.jpg"),
            &[face([0.34, 0.0, 0.0], 5 + nth)],
        )[0];
        group_again(&mut home);
        assert_eq!(home.state(odd).0, Some(group));
        let rejection = Command::Reject { faces: vec![odd] };
        curate::execute(&mut home.library, rejection).unwrap();
    }
    let after = answer(&home, face(ODD, 4));
    assert_eq!(before.similarity, after.similarity);
    assert!(
        after.probability < before.probability - 0.1,
        "{before:?} {after:?}"
    );
}

#[test]
fn confirming_unlike_faces_raises_the_bias() {
    let person_bias = |looks: &[[f32; 3]]| {
        let mut home = TestLibrary::new();
        for (nth, look) in looks.iter().enumerate() {
            let look = add(&mut home, &format!("{nth}.jpg"), &[face(*look, nth)]);
            name(&mut home, &look, "Ana");
        }
        let found = answer(&home, face([0.15, 0.15, 0.0], 9));
        // Nobody else is known, so there is no runner-up.
        found.probability - probability(log_odds(found.similarity, -1.0))
    };
    let alike = person_bias(&[[0.9, 0.3, 0.0], [0.9, 0.35, 0.0], [0.85, 0.35, 0.0]]);
    let unlike = person_bias(&[[0.95, 0.05, 0.0], [0.05, 0.95, 0.0], [0.05, 0.05, 0.95]]);
    assert!(alike.abs() < 0.01, "{alike}");
    assert!(unlike > 0.02, "{unlike}");
    assert_eq!(
        person_bias(&[[0.9, 0.3, 0.0]]),
        0.0,
        "one face teaches nothing"
    );
}
