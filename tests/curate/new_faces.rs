//! A few new faces in a large library: decisions and ids stay, and only groups near a new face change.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::decisions::{Places, decide, decide_at_random, decided, places};
use crate::support::draw::{Draw, as_sets, crowd};
use crate::support::test_library::{TestLibrary, photo_of};
use kinfolk::cluster::{Cut, DEFAULT_CUT};
use kinfolk::curate::{self, Command, RegroupSummary, group_again_from, regroup};
use kinfolk::library::{Assignment, FaceId, FaceState, GroupId, Mark};
use kinfolk::stop::StopFlag;
use kinfolk::vision::Embedding;
use proptest::prelude::*;

/// Stores faces, where `photos[i]` is the photo of face i, and returns their ids in the same order.
fn add(home: &mut TestLibrary, embeddings: &[Embedding], photos: &[usize]) -> Vec<FaceId> {
    let mut by_photo: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (face, &photo) in photos.iter().enumerate() {
        by_photo.entry(photo).or_default().push(face);
    }
    let mut ids = vec![FaceId(0); photos.len()];
    for (photo, of_photo) in by_photo {
        let mut scanned = photo_of(
            home.root_id,
            &format!("{photo}.jpg"),
            &vec![0; of_photo.len()],
        );
        for (face, &number) in scanned.faces.iter_mut().zip(&of_photo) {
            face.embedding = Some(embeddings[number]);
        }
        let photo_id = home.library.store_scanned(&[scanned]).unwrap()[0];
        let stored = home.library.faces_of_photo(photo_id).unwrap();
        for (row, number) in stored.iter().zip(of_photo) {
            ids[number] = row.face_id;
        }
    }
    ids
}

/// What the library has noted of the last grouping of all faces.
fn last_grouping(home: &TestLibrary) -> serde_json::Value {
    let noted = home.library.setting("whole_grouping").unwrap().unwrap();
    serde_json::from_str(&noted).unwrap()
}

/// Groups all faces, and pretends that the library was larger, so that the next grouping of all is not due.
fn group_whole(home: &mut TestLibrary) {
    regroup(
        &mut home.library,
        DEFAULT_CUT,
        &StopFlag::default(),
        &mut |_| {},
    )
    .unwrap();
    let mut noted = last_grouping(home);
    noted["faces"] = 1_000_000.into();
    home.library
        .set_setting("whole_grouping", Some(&noted.to_string()))
        .unwrap();
}

/// As after a scan of few photos.
fn take_in(home: &mut TestLibrary) -> RegroupSummary {
    let summary = group_again_from(&mut home.library, 0, &StopFlag::default()).unwrap();
    home.assert_sound();
    summary
}

fn groups(home: &TestLibrary, faces: &[FaceId]) -> Vec<Option<GroupId>> {
    let places = places(&home.library);
    faces.iter().map(|face| places[face].0).collect()
}

#[test]
fn new_faces_go_where_grouping_all_faces_puts_them() {
    let (embeddings, people) = crowd(120, 9, 0.5, 1);
    let photos: Vec<usize> = (0..120).collect();
    let mut home = TestLibrary::new();
    let mut faces = add(&mut home, &embeddings[..100], &photos[..100]);
    group_whole(&mut home);
    let before = groups(&home, &faces);
    faces.extend(add(&mut home, &embeddings[100..], &photos[100..]));
    let summary = take_in(&mut home);
    let groups_of_new_faces: BTreeSet<usize> = people.iter().copied().collect();
    assert_eq!((summary.faces, summary.moved), (120, 20));
    assert_eq!(summary.groups, groups_of_new_faces.len());
    let after = groups(&home, &faces);
    assert_eq!(after[..100], before);
    assert_eq!(as_sets(&after), as_sets(&people));
    regroup(
        &mut home.library,
        DEFAULT_CUT,
        &StopFlag::default(),
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(groups(&home, &faces), after);
}

#[test]
fn a_new_face_that_joins_two_groups_keeps_the_id_of_the_larger_or_confirmed_one() {
    for confirmed in [false, true] {
        let (embeddings, _) = crowd(13, 1, 0.6, 2);
        let mut home = TestLibrary::new();
        let faces = add(&mut home, &embeddings[..12], &(0..12).collect::<Vec<_>>());
        group_whole(&mut home);
        let halves: Vec<_> = (0..12)
            .map(|nth| (faces[nth], Assignment::New(u32::from(nth < 4))))
            .collect();
        home.library.set_automatic_memberships(&halves).unwrap();
        let (small, large) = (home.state(faces[0]).0.unwrap(), home.state(faces[11]).0);
        assert_eq!(
            take_in(&mut home).moved,
            0,
            "without a new face nothing moves"
        );
        if confirmed {
            let command = Command::Name {
                group: small,
                name: "Ana".into(),
            };
            curate::execute(&mut home.library, command).unwrap();
        }
        add(&mut home, &embeddings[12..], &[12]);
        take_in(&mut home);
        let kept = if confirmed { Some(small) } else { large };
        assert!(groups(&home, &faces).iter().all(|group| *group == kept));
        if !confirmed {
            assert!(home.library.group(small).unwrap().is_none(), "tidied away");
        }
    }
}

#[test]
fn everything_is_grouped_where_the_last_whole_grouping_is_outdated() {
    // A person in two groups, which only a grouping of all faces merges.
    let is_whole = |many: u32, noted: Option<&str>, cut: Option<Cut>| {
        let (embeddings, _) = crowd(40, 1, 0.4, 3);
        let mut home = TestLibrary::new();
        let faces = add(&mut home, &embeddings, &(0..40).collect::<Vec<_>>());
        if let Some(cut) = cut {
            regroup(&mut home.library, cut, &StopFlag::default(), &mut |_| {}).unwrap();
        }
        let torn: Vec<_> = (0..40)
            .map(|nth| (faces[nth], Assignment::New(nth as u32 % 2)))
            .collect();
        home.library.set_automatic_memberships(&torn).unwrap();
        if noted.is_some() {
            home.library.set_setting("whole_grouping", noted).unwrap();
        }
        group_again_from(&mut home.library, many, &StopFlag::default()).unwrap();
        as_sets(&groups(&home, &faces)).len() == 1
    };
    assert!(is_whole(0, None, None), "there was none");
    assert!(!is_whole(0, None, Some(DEFAULT_CUT)));
    assert!(is_whole(41, None, Some(DEFAULT_CUT)), "few faces");
    assert!(is_whole(0, None, Some(Cut::Fixed(0.5))), "by another cut");
    let mut grouped = TestLibrary::new();
    group_whole(&mut grouped);
    let note = last_grouping(&grouped);
    let noted_with = |key: &str, value: serde_json::Value| {
        let mut note = note.clone();
        (note["faces"], note["gap"]) = (39.into(), 0.001.into());
        note[key] = value;
        is_whole(0, Some(&note.to_string()), None)
    };
    let noted = |faces: u32, excess: f32| {
        let mut note = note.clone();
        (note["faces"], note["gap"]) = (faces.into(), excess.into());
        is_whole(0, Some(&note.to_string()), None)
    };
    assert!(noted_with("model", "another".into()), "by another model");
    assert!(noted_with("rule", "another".into()), "by another rule");
    assert!(
        noted_with("rule", serde_json::Value::Null),
        "by an earlier version"
    );
    assert!(noted(40, 0.02), "by another gap");
    assert!(!noted(39, 0.001));
    assert!(noted(38, 0.0), "outgrown");
    assert!(is_whole(0, Some("?"), None), "not understood");
}

/// What new faces may change: they have groups, and an old group is unchanged, or has moved as a whole (except
/// confirmed faces) to another group with a new face.
fn assert_only_new_faces_move(before: &Places, after: &Places) {
    let mut gone_to: BTreeMap<GroupId, BTreeSet<GroupId>> = BTreeMap::new();
    let mut with_new_face = BTreeSet::new();
    for (face, &(now, state)) in after {
        match before.get(face) {
            Some(&(Some(then), FaceState::Automatic)) => {
                gone_to.entry(then).or_default().extend(now);
            }
            Some(then) if then.0.is_some() || state != FaceState::Automatic => {
                assert_eq!(*then, (now, state));
            }
            _ => with_new_face.extend(now),
        }
    }
    for (group, to) in gone_to {
        assert_eq!(to.len(), 1, "{group:?} fell apart");
        assert!(to.contains(&group) || to.is_subset(&with_new_face));
    }
}

/// Two faces of one photo are in one group only if they were before, are confirmed, or are nearly the same.
fn assert_photos_bind(home: &TestLibrary, before: &Places) {
    let mut seen = BTreeMap::new();
    for face in home.library.all_faces().unwrap() {
        let Some(group) = face.group else { continue };
        let then = before.get(&face.face_id).and_then(|place| place.0);
        let centred = home.library.centred(face.face_id).unwrap().unwrap();
        if let Some((other, twin)) = seen.insert((face.photo_id, group), (then, centred)) {
            let are_one = 1.0 - centred.similarity(&twin) <= 0.7;
            assert!(
                are_one || other.is_some() && other == then,
                "{face:?} has a twin"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn decisions_survive_groups_stay_whole_and_twice_is_once(
        count in 6usize..60,
        people in 1usize..6,
        noise in 0.4f32..1.3,
        seed: u64,
        decisions in 0usize..20,
    ) {
        let mut draw = Draw(seed ^ 0xDEC1);
        let mut home = TestLibrary::new();
        let (embeddings, _) = crowd(count, people, noise, seed);
        let existing = 1 + draw.below(count - 1);
        // Also new faces on known photos (drawn by hand).
        let photos: Vec<usize> = (0..count).map(|_| draw.below(count)).collect();
        let faces = add(&mut home, &embeddings, &photos);
        // The last ones wait, as if they were not scanned yet.
        for &face in &faces[existing..] {
            decide(&mut home.library, |edit| edit.set_mark(face, Some(Mark::Ignored)).unwrap());
        }
        group_whole(&mut home);
        decide_at_random(&mut home.library, &faces[..existing], &mut draw, decisions);
        for &face in &faces[existing..] {
            decide(&mut home.library, |edit| edit.set_mark(face, None).unwrap());
        }
        let (decided_before, before) = (decided(&home.library), places(&home.library));

        take_in(&mut home);
        prop_assert_eq!(decided(&home.library), decided_before);
        let after = places(&home.library);
        assert_only_new_faces_move(&before, &after);
        assert_photos_bind(&home, &before);
        for (one, other) in home.library.apart_pairs().unwrap() {
            for (face, (group, _)) in &before {
                let now = after[face].0;
                prop_assert!(!(*group == Some(one) && now == Some(other)), "{face:?} went over the split");
                prop_assert!(!(*group == Some(other) && now == Some(one)), "{face:?} went over the split");
            }
        }
        prop_assert!(after.values().all(|(group, state)| group.is_some() || *state != FaceState::Ungrouped));

        let again = take_in(&mut home);
        prop_assert_eq!((again.moved, again.created), (0, 0));
        prop_assert_eq!(places(&home.library), after);
    }
}
