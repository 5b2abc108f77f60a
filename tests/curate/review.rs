//! The review: which questions are asked in which order, and what answers do.

use std::collections::HashSet;

use crate::support::test_library::axes::{along, at};
use crate::support::test_library::review::{answer, copies, queue, store, two_pairs};
use crate::support::test_library::{TestLibrary, photo_of};
use kinfolk::cluster::{CurveOffsets, Cut, Evidence, Sameness};
use kinfolk::curate::{
    Answer, Command, Question, QuestionKind, QueuedQuestion, execute, group_again, redo, regroup,
    review_queue, undo,
};
use kinfolk::library::{Assignment, FaceId, FaceState, GroupId};
use kinfolk::stop::StopFlag;
use kinfolk::vision::Embedding;

fn kinds(queue: &[QueuedQuestion]) -> Vec<QuestionKind> {
    queue.iter().map(|queued| queued.question.kind()).collect()
}

#[test]
fn the_likelier_of_two_merges_is_asked_first_and_its_gain_is_its_probability() {
    let (test, groups) = two_pairs();
    let queue = queue(&test);
    assert_eq!(kinds(&queue), [QuestionKind::SamePerson; 2]);
    let sets: Vec<HashSet<GroupId>> = queue
        .iter()
        .map(|queued| queued.question.groups().into_iter().collect())
        .collect();
    assert_eq!(sets[0], HashSet::from([groups[0], groups[1]]));
    assert_eq!(sets[1], HashSet::from([groups[2], groups[3]]));
    for (queued, distance) in queue.iter().zip([0.52, 0.66]) {
        assert!((queued.distance - distance).abs() < 1e-4, "{queued:?}");
        assert_eq!(queued.faces, (2, 2));
        let expected = Sameness::new(8, CurveOffsets::ZERO).probability(
            queued.distance,
            &copies(2),
            &copies(2),
        );
        assert_eq!(queued.probability, expected);
        assert_eq!(queued.gain, expected);
    }
}

#[test]
fn a_merge_that_brings_a_third_group_within_the_cut_is_worth_more() {
    // Two faces at distance .6, and a third group that is too far from either, but not from their union, whose
    // within-group distance is larger.
    let mut test = TestLibrary::new();
    let similarity = 0.4f32.sqrt();
    let mut embeddings = vec![at(0, similarity, 10), at(0, similarity, 11)];
    embeddings.extend([at(0, 0.5, 12); 2]);
    let faces = store(&mut test, &embeddings);
    let groups = [
        test.group(&faces[..1]),
        test.group(&faces[1..2]),
        test.group(&faces[2..]),
    ];
    let pair = queue(&test)
        .into_iter()
        .find(|queued| !queued.question.groups().contains(&groups[2]))
        .unwrap();
    // 1 - .5 * sqrt(.4) = .684 is beyond the cut for one face and two copies (.637), and for 2 and 2 (.653).
    assert_eq!(pair.gain, pair.probability);

    let mut test = TestLibrary::new();
    embeddings.truncate(2);
    embeddings.extend([at(0, 0.561, 12); 2]);
    let faces = store(&mut test, &embeddings);
    let groups = [
        test.group(&faces[..1]),
        test.group(&faces[1..2]),
        test.group(&faces[2..]),
    ];
    let pair = queue(&test)
        .into_iter()
        .find(|queued| !queued.question.groups().contains(&groups[2]))
        .unwrap();
    // 1 - .561 * sqrt(.4) = .645 is beyond the first and within the second.
    let united = Evidence::new(2, 0.6);
    let unlocked = Sameness::new(4, CurveOffsets::ZERO).probability(0.6452, &united, &copies(2));
    assert!((pair.gain - pair.probability * (1.0 + unlocked)).abs() < 1e-3);
}

#[test]
fn same_merges_different_keeps_apart_and_neither_is_asked_again_until_undone() {
    for given in [Answer::Same, Answer::Different] {
        let (mut test, _) = two_pairs();
        let before = queue(&test);
        answer(&mut test, &before[0], given);
        let asked_again = |test: &TestLibrary| {
            queue(test)
                .iter()
                .any(|queued| queued.question.key() == before[0].question.key())
        };
        assert!(!asked_again(&test));
        group_again(&mut test.library, &StopFlag::default()).unwrap();
        assert!(!asked_again(&test), "after a grouping");
        undo(&mut test.library).unwrap();
        assert!(asked_again(&test), "after undo");
        redo(&mut test.library).unwrap();
        assert!(!asked_again(&test), "after redo");
        test.assert_sound();
    }
}

#[test]
fn a_skipped_question_stays_away_and_the_others_stay() {
    let (test, _) = two_pairs();
    let all = queue(&test);
    let skipped = HashSet::from([all[0].question.key()]);
    let left = review_queue(&test.library, &skipped, &StopFlag::default()).unwrap();
    assert_eq!(left, all[1..]);
}

#[test]
fn people_with_names_and_faces_of_one_photo_are_no_question() {
    let (mut test, groups) = two_pairs();
    for (group, name) in groups.iter().zip(["Ana", "Tom"]) {
        let name = name.to_owned();
        execute(
            &mut test.library,
            Command::Name {
                group: *group,
                name,
            },
        )
        .unwrap();
    }
    assert_eq!(queue(&test).len(), 1);

    let mut test = TestLibrary::new();
    let mut photo = photo_of(test.root_id, "both.jpg", &[1, 2]);
    let similarity = 0.48f32.sqrt();
    photo.faces[0].embedding = Some(at(0, similarity, 10));
    photo.faces[1].embedding = Some(at(0, similarity, 11));
    let photo_id = test.library.store_scanned(&[photo]).unwrap()[0];
    for face in test.library.faces_of_photo(photo_id).unwrap() {
        test.group(&[face.face_id]);
    }
    assert_eq!(queue(&test), []);
}

#[test]
fn groups_kept_apart_are_free_to_join_others() {
    // A single face, .52 from a group of two and identical to a face that is scanned later.
    let (mut test, groups) = two_pairs();
    let apart = queue(&test)[0].clone();
    answer(&mut test, &apart, Answer::Different);
    let [refused, refusing] = [groups[0], groups[1]];
    let rejections = test.library.rejections().unwrap();
    let held: HashSet<GroupId> = rejections.iter().map(|(_, group)| *group).collect();
    assert_eq!(held.len(), 1, "one side refuses the other");
    let refusing = if held.contains(&refused) {
        refusing
    } else {
        refused
    };
    let own_axis = if refusing == groups[0] { 10 } else { 11 };
    let new_face = store(&mut test, &[at(0, 0.48f32.sqrt(), own_axis)])[0];
    // At this cut all faces of the first person would be one group.
    regroup(
        &mut test.library,
        Cut::Fixed(0.54),
        &StopFlag::default(),
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(test.state(new_face), (Some(refusing), FaceState::Automatic));
    assert_eq!(test.members(refusing).len(), 3);
    assert_eq!(test.members(*held.iter().next().unwrap()).len(), 2);
}

/// One group of six faces of one person and `second` of another, close enough that nothing else is asked.
fn mixed_group(second: usize) -> (TestLibrary, GroupId, Vec<FaceId>) {
    let mut test = TestLibrary::new();
    let first = (0..6).map(|own| at(0, 0.9, 20 + own));
    let other = (0..second).map(|own| along(&[(1, 0.9), (30 + own, 0.19f32.sqrt()), (0, 0.3)]));
    let embeddings: Vec<Embedding> = first.chain(other).collect();
    let faces = store(&mut test, &embeddings);
    let group = test.group(&faces);
    (test, group, faces)
}

#[test]
fn a_mixed_group_is_found_and_split_into_its_people() {
    let (mut test, group, faces) = mixed_group(4);
    let queued = queue(&test).remove(0);
    let Question::MixedGroup { pieces, .. } = &queued.question else {
        panic!("{queued:?}");
    };
    assert_eq!(pieces[0], faces[..6]);
    assert_eq!(pieces[1], faces[6..]);
    assert_eq!(queued.gain, 1.0 - queued.probability);
    let before = queue(&test);

    answer(&mut test, &queued, Answer::Different);
    assert_eq!(test.members(group), faces[..6]);
    assert!(queue(&test).is_empty(), "{:?}", queue(&test));
    group_again(&mut test.library, &StopFlag::default()).unwrap();
    assert_eq!(test.members(group), faces[..6]);
    undo(&mut test.library).unwrap();
    assert_eq!(queue(&test), before);

    answer(&mut test, &queued, Answer::Same);
    assert!(queue(&test).is_empty());
    regroup(
        &mut test.library,
        Cut::Fixed(0.1),
        &StopFlag::default(),
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(test.members(group), faces, "one person, whatever the cut");
}

#[test]
fn a_stray_face_is_asked_about_and_leaves_or_stays_for_good() {
    let (mut test, group, faces) = mixed_group(1);
    let queued = queue(&test).remove(0);
    let Question::BorderlineFaces { faces: stray, .. } = &queued.question else {
        panic!("{queued:?}");
    };
    assert_eq!(*stray, faces[6..]);

    answer(&mut test, &queued, Answer::Different);
    assert_eq!(test.members(group), faces[..6]);
    regroup(
        &mut test.library,
        Cut::Fixed(1.0),
        &StopFlag::default(),
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(test.members(group), faces[..6]);
    assert!(queue(&test).is_empty());
    while undo(&mut test.library).unwrap().is_some() {}
    regroup(
        &mut test.library,
        Cut::Fixed(1.0),
        &StopFlag::default(),
        &mut |_| {},
    )
    .unwrap();

    answer(&mut test, &queued, Answer::Same);
    assert!(queue(&test).is_empty());
    regroup(
        &mut test.library,
        Cut::Fixed(0.01),
        &StopFlag::default(),
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(test.state(faces[6]), (Some(group), FaceState::Confirmed));
    assert!(test.members(group).len() >= 2, "with a face to hold on to");
}

#[test]
fn suggestions_are_one_question_for_each_person() {
    let (mut test, groups) = two_pairs();
    let name = "Ana".to_owned();
    let group = groups[0];
    execute(&mut test.library, Command::Name { group, name }).unwrap();
    let added = store(&mut test, &[at(0, 0.48f32.sqrt(), 10)]);
    group_again(&mut test.library, &StopFlag::default()).unwrap();
    let suggestion = queue(&test)
        .into_iter()
        .find(|queued| queued.question.kind() == QuestionKind::Suggestion)
        .unwrap();
    assert_eq!(suggestion.question.groups(), [group]);
    // The group at .52 has joined as well.
    assert_eq!(suggestion.faces, (2, 3));
    assert!(suggestion.gain < 0.1, "{suggestion:?}");
    answer(&mut test, &suggestion, Answer::Same);
    assert_eq!(test.state(added[0]), (Some(group), FaceState::Confirmed));
    assert!(!kinds(&queue(&test)).contains(&QuestionKind::Suggestion));
}

/// Two ignored faces of a stranger, one that was in a group with another, and groups nearer and further.
fn strangers() -> (TestLibrary, Vec<FaceId>) {
    let mut test = TestLibrary::new();
    let like = |distance: f32, own: usize| at(0, 1.0 - distance, own);
    let faces = store(
        &mut test,
        &[
            like(0.0, 10),
            like(0.0, 10),
            like(0.3, 12),
            like(0.3, 12),
            like(0.85, 14),
            at(1, 1.0, 15),
        ],
    );
    test.group(&faces[..2]);
    test.group(&faces[2..4]);
    test.group(&faces[4..5]);
    test.group(&faces[5..]);
    (test, faces)
}

fn asked_about_ignored(test: &TestLibrary) -> Vec<QueuedQuestion> {
    let mut queue = queue(test);
    queue.retain(|queued| queued.question.kind() == QuestionKind::LikeIgnored);
    queue
}

#[test]
fn a_group_within_the_cut_of_ignored_faces_is_offered_to_be_ignored() {
    let (mut test, faces) = strangers();
    assert_eq!(asked_about_ignored(&test), []);
    let ignore = Command::Ignore {
        faces: faces[..2].to_vec(),
    };
    execute(&mut test.library, ignore).unwrap();
    let asked = asked_about_ignored(&test);
    assert_eq!(asked.len(), 1, "{asked:?}");
    let queued = &asked[0];
    assert_eq!(queued.faces, (2, 2));
    assert!((queued.distance - 0.3).abs() < 1e-3, "{queued:?}");
    assert!(queued.gain > 0.2 && queued.gain == queued.probability);
    let Question::LikeIgnored {
        faces: like,
        ignored,
        ..
    } = &queued.question
    else {
        panic!("{queued:?}");
    };
    assert_eq!(
        (like.as_slice(), ignored.as_slice()),
        (&faces[2..4], &faces[..2])
    );
    // Yes: an ordinary command, which undo takes back.
    answer(&mut test, queued, Answer::Same);
    assert_eq!(test.state(faces[2]).1, FaceState::Ignored);
    assert_eq!(asked_about_ignored(&test), []);
    undo(&mut test.library).unwrap();
    assert_eq!(test.state(faces[2]).1, FaceState::Automatic);
    assert_eq!(asked_about_ignored(&test), asked);
    // No: it is never asked again, whatever is grouped.
    answer(&mut test, queued, Answer::Different);
    assert_eq!(test.state(faces[2]).1, FaceState::Confirmed);
    assert_eq!(asked_about_ignored(&test), []);
    group_again(&mut test.library, &StopFlag::default()).unwrap();
    assert_eq!(asked_about_ignored(&test), []);
    undo(&mut test.library).unwrap();
    assert_eq!(asked_about_ignored(&test).len(), 1);
}

#[test]
fn people_and_who_shares_a_photo_are_not_offered_to_be_ignored() {
    let (mut test, faces) = strangers();
    let ignore = Command::Ignore {
        faces: faces[..2].to_vec(),
    };
    execute(&mut test.library, ignore).unwrap();
    let group = test.state(faces[2]).0.unwrap();
    let name = Command::Name {
        group,
        name: "Ana".to_owned(),
    };
    execute(&mut test.library, name).unwrap();
    assert_eq!(asked_about_ignored(&test), []);
    undo(&mut test.library).unwrap();
    assert_eq!(asked_about_ignored(&test).len(), 1);
    // An ignored face next to somebody is somebody else.
    let mut both = photo_of(test.root_id, "both.jpg", &[0, 1]);
    both.faces[0].embedding = Some(at(0, 1.0, 10));
    both.faces[1].embedding = Some(at(0, 0.7, 12));
    let photo = test.library.store_scanned(&[both]).unwrap()[0];
    let both = test.library.face_ids_of_photo(photo).unwrap();
    assert_eq!(test.state(both[0]).1, FaceState::Ignored, "a copy");
    test.library
        .set_automatic_memberships(&[(both[1], Assignment::Group(group))])
        .unwrap();
    let ids: Vec<FaceId> = asked_about_ignored(&test)
        .iter()
        .flat_map(|queued| match &queued.question {
            Question::LikeIgnored { ignored, .. } => ignored.clone(),
            _ => Vec::new(),
        })
        .collect();
    assert!(!ids.contains(&both[0]), "{ids:?}");
    // Ignored faces that are away are not shown, and so not asked about.
    let photo_of = |face: &FaceId| test.library.face(*face).unwrap().unwrap().photo_id;
    let mut gone: Vec<_> = faces[..2].iter().map(photo_of).collect();
    gone.push(photo);
    test.library.mark_vanished(&gone).unwrap();
    assert_eq!(asked_about_ignored(&test), []);
}
