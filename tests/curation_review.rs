//! The review: which questions are asked in which order, what answers do, and that they bind and teach.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that can't go on fails"
)]

mod common;
mod synthetic;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use common::draw::crowd;
use kinfolk::cluster::metrics::score_grouping;
use kinfolk::cluster::{
    Cut, DEFAULT_CUT, Evidence, Sameness, Taught, Verdict, learned, learned_cut,
};
use kinfolk::curate::{
    Answer, Command, Question, QuestionKind, Queued, execute, group_again, library_cut, redo,
    regroup, review_queue, undo,
};
use kinfolk::library::{FaceId, FaceState, GroupId, Library};
use kinfolk::vision::{EMBEDDING_LEN, Embedding};
use proptest::prelude::*;
use synthetic::{TestLibrary, photo_of};

/// Unit vectors at right angles to each other and to what all faces have in common, so that distances worked out by hand
/// are those that grouping sees.
static AXES: LazyLock<Vec<Embedding>> = LazyLock::new(|| {
    let mut axes: Vec<Embedding> = Vec::new();
    for number in 0..EMBEDDING_LEN / 2 {
        let mut axis = [0.0; EMBEDDING_LEN];
        axis[number] = 1.0;
        let mut axis = Embedding(axis).without_common();
        for other in &axes {
            let along = axis.similarity(other);
            axis.0 = std::array::from_fn(|at| axis.0[at] - along * other.0[at]);
        }
        axes.push(Embedding::from_raw(axis.0));
    }
    axes
});

/// The face with these parts along axes.
fn along(parts: &[(usize, f32)]) -> Embedding {
    let part = |at: usize| {
        parts
            .iter()
            .map(move |(axis, part)| part * AXES[*axis].0[at])
    };
    Embedding::from_raw(std::array::from_fn(|at| part(at).sum()))
}

/// A face at this similarity to the person's axis; the rest of it is an axis of its own.
fn at(person: usize, similarity: f32, own_axis: usize) -> Embedding {
    let rest = (1.0 - similarity * similarity).sqrt();
    along(&[(person, similarity), (own_axis, rest)])
}

/// So many faces that are the same.
fn copies(faces: u32) -> Evidence {
    Evidence { faces, spread: 0.0 }
}

fn gap_of(cut: Cut) -> f32 {
    match cut {
        Cut::Adaptive { gap } => gap,
        Cut::Fixed(_) => panic!("{cut:?}"),
    }
}

fn store(test: &mut TestLibrary, embeddings: &[Embedding]) -> Vec<FaceId> {
    let embedded = |embedding: &Embedding| {
        let number = test.library.counts().unwrap().photos;
        let mut photo = photo_of(test.root_id, &format!("photo {number}.jpg"), &[number]);
        photo.faces[0].embedding = Some(*embedding);
        let photo_id = test.library.store_scanned(&[photo]).unwrap()[0];
        test.library.faces_of_photo(photo_id).unwrap()[0].face_id
    };
    embeddings.iter().map(embedded).collect()
}

fn queue(test: &TestLibrary) -> Vec<Queued> {
    review_queue(&test.library, &HashSet::new()).unwrap()
}

fn kinds(queue: &[Queued]) -> Vec<QuestionKind> {
    queue.iter().map(|queued| queued.question.kind()).collect()
}

fn answer(test: &mut TestLibrary, queued: &Queued, answer: Answer) {
    execute(&mut test.library, queued.question.command(answer)).unwrap();
    test.assert_sound();
}

/// Two pairs of groups of two faces: 1 and 2 at a distance of .52, 3 and 4 at .66. All else is at 1.
fn two_pairs() -> (TestLibrary, [GroupId; 4]) {
    let mut test = TestLibrary::new();
    let pair = |person: usize, distance: f32, own: usize| {
        let similarity = (1.0 - distance).sqrt();
        [own, own, own + 1, own + 1].map(|own| at(person, similarity, own))
    };
    let faces = store(&mut test, &[pair(0, 0.52, 10), pair(1, 0.66, 20)].concat());
    let groups = [0, 2, 4, 6].map(|first| test.group(&faces[first..first + 2]));
    (test, groups)
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
        let expected =
            Sameness::new(8, Taught::NOTHING).probability(queued.distance, &copies(2), &copies(2));
        assert_eq!(queued.probability, expected);
        assert_eq!(queued.gain, expected);
    }
}

#[test]
fn a_merge_that_brings_a_third_group_within_the_cut_is_worth_more() {
    // Two faces at .6 of each other, and a third group that is too far from either but not from a group that spreads so far.
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
    let united = Evidence {
        faces: 2,
        spread: 0.6,
    };
    let unlocked = Sameness::new(4, Taught::NOTHING).probability(0.6452, &united, &copies(2));
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
        group_again(&mut test.library).unwrap();
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
    let left = review_queue(&test.library, &skipped).unwrap();
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
    // A face of its own, .52 from a group of two and identical with a face that is scanned later.
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
    let newcomer = store(&mut test, &[at(0, 0.48f32.sqrt(), own_axis)])[0];
    // At this cut everything of the first person would be one group.
    regroup(&mut test.library, Cut::Fixed(0.54), &mut |_| {}).unwrap();
    assert_eq!(test.state(newcomer), (Some(refusing), FaceState::Automatic));
    assert_eq!(test.members(refusing).len(), 3);
    assert_eq!(test.members(*held.iter().next().unwrap()).len(), 2);
}

/// One group of six faces of one person and four of another, all of them near enough for nothing else to be asked.
fn mixture(second: usize) -> (TestLibrary, GroupId, Vec<FaceId>) {
    let mut test = TestLibrary::new();
    let first = (0..6).map(|own| at(0, 0.9, 20 + own));
    let other = (0..second).map(|own| along(&[(1, 0.9), (30 + own, 0.19f32.sqrt()), (0, 0.3)]));
    let embeddings: Vec<Embedding> = first.chain(other).collect();
    let faces = store(&mut test, &embeddings);
    let group = test.group(&faces);
    (test, group, faces)
}

#[test]
fn a_mixture_is_found_and_split_where_its_people_part() {
    let (mut test, group, faces) = mixture(4);
    let queued = queue(&test).remove(0);
    let Question::Mixture { pieces, .. } = &queued.question else {
        panic!("{queued:?}");
    };
    assert_eq!(pieces[0], faces[..6]);
    assert_eq!(pieces[1], faces[6..]);
    assert_eq!(queued.gain, 1.0 - queued.probability);
    let before = queue(&test);

    answer(&mut test, &queued, Answer::Different);
    assert_eq!(test.members(group), faces[..6]);
    assert!(queue(&test).is_empty(), "{:?}", queue(&test));
    group_again(&mut test.library).unwrap();
    assert_eq!(test.members(group), faces[..6]);
    undo(&mut test.library).unwrap();
    assert_eq!(queue(&test), before);

    answer(&mut test, &queued, Answer::Same);
    assert!(queue(&test).is_empty());
    regroup(&mut test.library, Cut::Fixed(0.1), &mut |_| {}).unwrap();
    assert_eq!(test.members(group), faces, "one person, whatever the cut");
}

#[test]
fn a_stray_face_is_asked_about_and_leaves_or_stays_for_good() {
    let (mut test, group, faces) = mixture(1);
    let queued = queue(&test).remove(0);
    let Question::Edge { faces: stray, .. } = &queued.question else {
        panic!("{queued:?}");
    };
    assert_eq!(*stray, faces[6..]);

    answer(&mut test, &queued, Answer::Different);
    assert_eq!(test.members(group), faces[..6]);
    regroup(&mut test.library, Cut::Fixed(1.0), &mut |_| {}).unwrap();
    assert_eq!(test.members(group), faces[..6]);
    assert!(queue(&test).is_empty());
    while undo(&mut test.library).unwrap().is_some() {}
    regroup(&mut test.library, Cut::Fixed(1.0), &mut |_| {}).unwrap();

    answer(&mut test, &queued, Answer::Same);
    assert!(queue(&test).is_empty());
    regroup(&mut test.library, Cut::Fixed(0.01), &mut |_| {}).unwrap();
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
    group_again(&mut test.library).unwrap();
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

#[test]
fn what_is_said_moves_the_cut_both_ways_and_undo_takes_it_back() {
    // What lies within keeps two such groups apart beyond .58.
    let coherent = Evidence {
        faces: 5,
        spread: 0.2,
    };
    let verdict = |distance: f32, same: bool| Verdict {
        distance,
        sides: (coherent, coherent),
        same,
        inside: false,
    };
    assert_eq!(learned_cut(&[], 3000), DEFAULT_CUT);
    let cut = |verdicts: &[Verdict]| gap_of(learned_cut(verdicts, 3000));
    let mut before = 0.0;
    for count in [1, 4, 10, 30] {
        let after = cut(&vec![verdict(0.62, true); count]);
        assert!(after > before && after < 0.1, "{count}: {after}");
        before = after;
    }
    assert!(cut(&vec![verdict(0.54, false); 20]) < -0.02);
    // What the curve expects anyway teaches next to nothing.
    let expected = [verdict(0.4, true), verdict(0.9, false)].repeat(3);
    assert!(cut(&expected).abs() < 0.005);
    // Single faces are kept apart by chance, which tells nothing of the gap, but of the questions.
    let alone = Verdict {
        sides: (copies(1), copies(1)),
        ..verdict(0.58, true)
    };
    assert!(learned(&[alone; 6], 3000).gap.abs() < 0.001);
    assert!(learned(&[alone; 6], 3000).shift > 0.01);

    // A part of a group is expected to belong; so that it does teaches less than that it does not.
    let inside = |same: bool| Verdict {
        inside: true,
        ..verdict(0.58, same)
    };
    let shift = |verdict: Verdict| learned(&[verdict], 3000).shift;
    assert!(shift(inside(true)) > 0.0 && shift(inside(true)) < shift(verdict(0.58, true)));
    assert!(shift(inside(false)) < shift(verdict(0.58, false)));

    let (mut test, groups) = two_pairs();
    assert_eq!(library_cut(&test.library).unwrap(), DEFAULT_CUT);
    let from = vec![groups[3]];
    let into = groups[2];
    execute(&mut test.library, Command::Merge { from, into }).unwrap();
    let cut = library_cut(&test.library).unwrap();
    assert!(gap_of(cut) > 0.0);
    undo(&mut test.library).unwrap();
    assert_eq!(library_cut(&test.library).unwrap(), DEFAULT_CUT);
    redo(&mut test.library).unwrap();
    assert_eq!(library_cut(&test.library).unwrap(), cut);
}

/// A library of a crowd, grouped, with who each face is.
fn crowded(
    faces: usize,
    people: usize,
    noise: f32,
    seed: u64,
) -> (TestLibrary, HashMap<FaceId, u32>) {
    let mut test = TestLibrary::new();
    let (embeddings, person_of) = crowd(faces, people, noise, seed);
    let ids = store(&mut test, &embeddings);
    group_again(&mut test.library).unwrap();
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

/// The right answer to a question about two groups.
fn told(test: &TestLibrary, truth: &HashMap<FaceId, u32>, question: &Question) -> Answer {
    let sides: Vec<Vec<FaceId>> = match question {
        Question::SamePerson { into, from } => vec![test.members(*into), test.members(*from)],
        Question::Mixture { pieces, .. } => pieces.to_vec(),
        Question::Edge { faces, rest, .. } => vec![faces.clone(), rest.clone()],
        Question::Suggestion { .. } => panic!("nobody has a name"),
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
fn ten_answers_bring_the_rest_of_the_groups_nearer_to_the_truth() {
    // People whose photos lie further apart than the default cut allows: every one of them is in pieces.
    let (mut test, truth) = crowded(240, 24, 1.5, 5);
    let before = edits(&test, &truth);
    assert!(before > 40, "{before}");
    for _ in 0..10 {
        let next = queue(&test).remove(0);
        let said = told(&test, &truth, &next.question);
        answer(&mut test, &next, said);
    }
    group_again(&mut test.library).unwrap();
    let after = edits(&test, &truth);
    // Ten answers alone save ten corrections at most.
    assert!(after + 15 < before, "{before} -> {after}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn answers_bind_every_later_grouping(seed in 0u64..1000, said in prop::collection::vec(any::<bool>(), 1..12)) {
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
            regroup(&mut test.library, Cut::Fixed(cut), &mut |_| {}).unwrap();
            test.assert_sound();
            for (one, other) in &together {
                prop_assert_eq!(test.state(*one).0, test.state(*other).0);
            }
            for [one, other] in &apart {
                // One side may have come apart and gone its ways; no face of it has joined the side that it refused.
                let rejected = |few: &Vec<FaceId>, many: &Vec<FaceId>| {
                    few.iter().all(|face| many.iter().all(|other| test.state(*face).0 != test.state(*other).0))
                };
                prop_assert!(rejected(one, other));
            }
            let grouped = test.dump();
            regroup(&mut test.library, Cut::Fixed(cut), &mut |_| {}).unwrap();
            prop_assert_eq!(test.dump(), grouped);
        }
    }
}

#[test]
fn the_queue_is_the_same_whatever_the_number_of_threads() {
    let (test, _) = crowded(200, 40, 1.4, 9);
    let path = test.path();
    drop(test.library);
    let with_threads = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let library = Library::open(&path).unwrap();
            review_queue(&library, &HashSet::new()).unwrap()
        })
    };
    let one = with_threads(1);
    assert!(one.len() > 20);
    assert_eq!(with_threads(2), one);
    assert_eq!(with_threads(8), one);
}
