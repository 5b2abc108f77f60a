//! Answers of the review: they adjust the cut, constrain every later grouping, and give the same questions for any
//! number of threads.

use std::collections::{HashMap, HashSet};

use crate::support::draw::crowd;
use crate::support::test_library::TestLibrary;
use crate::support::test_library::review::{answer, copies, queue, store, two_pairs};
use crate::support::threads;
use kinfolk::cluster::metrics::score_grouping;
use kinfolk::cluster::{Cut, DEFAULT_CUT, Evidence, PairAnswer, fitted_offsets, learned_cut};
use kinfolk::curate::{
    Answer, Command, Question, QuestionKind, execute, group_again, library_cut, redo, regroup,
    review_queue, undo,
};
use kinfolk::library::{FaceId, Library};
use kinfolk::stop::StopFlag;
use kinfolk::vision::ModelName;
use proptest::prelude::*;
use rusqlite::Connection;

fn excess_of(cut: Cut) -> f32 {
    match cut {
        Cut::Adaptive { excess } => excess,
        Cut::Fixed(_) => panic!("{cut:?}"),
    }
}

#[test]
fn answers_move_the_cut_both_ways_and_undo_reverts_it() {
    // The within-group distances limit the cut between two such groups to .58.
    let tight = Evidence::new(5, 0.2);
    let answer_at = |distance: f32, same: bool| PairAnswer {
        distance,
        sides: (tight, tight),
        same_person: same,
        within_group: false,
    };
    assert_eq!(learned_cut(&[], 3000), DEFAULT_CUT);
    let cut = |answers: &[PairAnswer]| excess_of(learned_cut(answers, 3000));
    let mut before = 0.0;
    for count in [1, 4, 10, 30] {
        let after = cut(&vec![answer_at(0.62, true); count]);
        assert!(after > before && after < 0.1, "{count}: {after}");
        before = after;
    }
    assert!(cut(&vec![answer_at(0.54, false); 20]) < -0.02);
    // Answers that the curve predicts change almost nothing.
    let expected = [answer_at(0.4, true), answer_at(0.9, false)].repeat(3);
    assert!(cut(&expected).abs() < 0.005);
    // The cut of single faces follows from the false-merge rate, so they say nothing about the excess, but about the
    // shift.
    let alone = PairAnswer {
        sides: (copies(1), copies(1)),
        ..answer_at(0.58, true)
    };
    assert!(fitted_offsets(&[alone; 6], 3000).excess.abs() < 0.001);
    assert!(fitted_offsets(&[alone; 6], 3000).shift > 0.01);

    // A part of a group is expected to belong to it, so confirming that changes less than denying it.
    let inside = |same: bool| PairAnswer {
        within_group: true,
        ..answer_at(0.58, same)
    };
    let shift = |answer: PairAnswer| fitted_offsets(&[answer], 3000).shift;
    assert!(shift(inside(true)) > 0.0 && shift(inside(true)) < shift(answer_at(0.58, true)));
    assert!(shift(inside(false)) < shift(answer_at(0.58, false)));

    let (mut test, groups) = two_pairs();
    assert_eq!(library_cut(&test.library).unwrap(), DEFAULT_CUT);
    let from = vec![groups[3]];
    let into = groups[2];
    execute(&mut test.library, Command::Merge { from, into }).unwrap();
    let cut = library_cut(&test.library).unwrap();
    assert!(excess_of(cut) > 0.0);
    undo(&mut test.library).unwrap();
    assert_eq!(library_cut(&test.library).unwrap(), DEFAULT_CUT);
    redo(&mut test.library).unwrap();
    assert_eq!(library_cut(&test.library).unwrap(), cut);
}

/// A grouped library of drawn people, and the person of each face.
fn crowded(
    faces: usize,
    people: usize,
    noise: f32,
    seed: u64,
) -> (TestLibrary, HashMap<FaceId, u32>) {
    let mut test = TestLibrary::new();
    let (embeddings, person_of) = crowd(faces, people, noise, seed);
    let ids = store(&mut test, &embeddings);
    group_again(&mut test.library, &StopFlag::default()).unwrap();
    let truth = ids.into_iter().zip(person_of.iter().map(|&p| p as u32));
    (test, truth.collect())
}

fn edits(test: &TestLibrary, truth: &HashMap<FaceId, u32>) -> usize {
    let faces = test.library.all_faces().unwrap();
    let people: Vec<u32> = faces.iter().map(|face| truth[&face.face_id]).collect();
    let groups: Vec<u32> = faces
        .iter()
        .map(|face| face.group.unwrap().0 as u32)
        .collect();
    score_grouping(&people, &groups).edits()
}

/// The right answer to a question.
fn told(test: &TestLibrary, truth: &HashMap<FaceId, u32>, question: &Question) -> Answer {
    let sides: Vec<Vec<FaceId>> = match question {
        Question::SamePerson { into, from } => vec![test.members(*into), test.members(*from)],
        Question::MixedGroup { pieces, .. } => pieces.to_vec(),
        Question::BorderlineFaces { faces, rest, .. } => vec![faces.clone(), rest.clone()],
        Question::Suggestion { .. } | Question::LikeIgnored { .. } => {
            panic!("nobody has a name or is ignored")
        }
    };
    let most: Vec<u32> = sides
        .iter()
        .map(|side| {
            let mut counts: HashMap<u32, usize> = HashMap::new();
            side.iter()
                .for_each(|face| *counts.entry(truth[face]).or_default() += 1);
            counts
                .into_iter()
                .max_by_key(|&(person, count)| (count, person))
                .unwrap()
                .0
        })
        .collect();
    if most[0] == most[1] {
        Answer::Same
    } else {
        Answer::Different
    }
}

#[test]
fn ten_answers_improve_the_other_groups() {
    // People whose photos differ more than the default cut allows: every one is in several groups.
    let (mut test, truth) = crowded(240, 24, 1.6, 5);
    let before = edits(&test, &truth);
    assert!(before > 40, "{before}");
    for _ in 0..10 {
        let next = queue(&test).remove(0);
        let said = told(&test, &truth, &next.question);
        answer(&mut test, &next, said);
    }
    group_again(&mut test.library, &StopFlag::default()).unwrap();
    let after = edits(&test, &truth);
    // The ten answers themselves save at most ten edits.
    assert!(after + 15 < before, "{before} -> {after}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn answers_constrain_every_later_grouping(seed in 0u64..1000, said in prop::collection::vec(any::<bool>(), 1..12)) {
        let (mut test, _) = crowded(60, 12, 1.05, seed);
        let mut together: Vec<(FaceId, FaceId)> = Vec::new();
        let mut apart: Vec<[Vec<FaceId>; 2]> = Vec::new();
        for same in said {
            let Some(next) = queue(&test).into_iter().find(|queued| queued.question.kind() == QuestionKind::SamePerson) else {
                break;
            };
            let Question::SamePerson { into, from } = next.question else { unreachable!() };
            let [one, other] = [into, from].map(|group| test.members(group));
            answer(&mut test, &next, if same { Answer::Same } else { Answer::Different });
            if same {
                together.extend(one.iter().flat_map(|a| other.iter().map(|b| (*a, *b))));
            } else {
                apart.push([one, other]);
            }
        }
        for cut in [0.2, 0.5, 0.6, 0.9] {
            regroup(&mut test.library, Cut::Fixed(cut), &StopFlag::default(), &mut |_| {}).unwrap();
            test.assert_sound();
            for (one, other) in &together {
                prop_assert_eq!(test.state(*one).0, test.state(*other).0);
            }
            for [one, other] in &apart {
                // The groups may have changed, but no face of one has joined the other.
                let rejected = |few: &Vec<FaceId>, many: &Vec<FaceId>| {
                    few.iter().all(|face| many.iter().all(|other| test.state(*face).0 != test.state(*other).0))
                };
                prop_assert!(rejected(one, other));
            }
            let grouped = test.dump();
            regroup(&mut test.library, Cut::Fixed(cut), &StopFlag::default(), &mut |_| {}).unwrap();
            prop_assert_eq!(test.dump(), grouped);
        }
    }
}

#[test]
fn the_queue_is_the_same_whatever_the_number_of_threads() {
    let (test, _) = crowded(200, 40, 1.4, 9);
    let path = test.path();
    drop(test.library);
    let with_threads = |count: usize| {
        threads(count).install(|| {
            let library = Library::open(&path).unwrap();
            review_queue(&library, &HashSet::new(), &StopFlag::default()).unwrap()
        })
    };
    let one = with_threads(1);
    assert!(one.len() > 20);
    assert_eq!(with_threads(2), one);
    assert_eq!(with_threads(8), one);
}

#[test]
fn answers_count_for_the_model_that_they_were_given_with() {
    let (mut test, groups) = two_pairs();
    let former = test.library.embedding_model().unwrap();
    let from = vec![groups[3]];
    let into = groups[2];
    execute(&mut test.library, Command::Merge { from, into }).unwrap();
    let learned = library_cut(&test.library).unwrap();
    assert_ne!(learned, DEFAULT_CUT);

    let other = ModelName::new("another");
    let sql = "INSERT INTO embedding (face_id, model, vector, norm) SELECT face_id, 'another', vector, norm FROM embedding";
    Connection::open(test.path())
        .unwrap()
        .execute(sql, [])
        .unwrap();
    test.library.switch_model(&other).unwrap();
    assert_eq!(library_cut(&test.library).unwrap(), DEFAULT_CUT);

    // What is answered from now on counts, and has no effect on the former model.
    let groups = (groups[0], groups[1]);
    execute(&mut test.library, Command::DifferentPeople { groups }).unwrap();
    let learned_by_other = library_cut(&test.library).unwrap();
    assert_ne!(learned_by_other, DEFAULT_CUT);
    test.library.switch_model(&former).unwrap();
    assert_eq!(library_cut(&test.library).unwrap(), learned);
    test.library.switch_model(&other).unwrap();
    assert_eq!(library_cut(&test.library).unwrap(), learned_by_other);

    // The answers themselves are commands as before.
    undo(&mut test.library).unwrap();
    assert_eq!(library_cut(&test.library).unwrap(), DEFAULT_CUT);
    undo(&mut test.library).unwrap();
    test.library.switch_model(&former).unwrap();
    assert_eq!(library_cut(&test.library).unwrap(), DEFAULT_CUT);
    redo(&mut test.library).unwrap();
    assert_eq!(library_cut(&test.library).unwrap(), learned);
}
