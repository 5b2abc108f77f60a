//! Grouping under constraints: drawn faces of drawn people, and properties that always hold.

use std::collections::HashSet;

use crate::support::draw::{Draw, as_sets, constrained, crowd, face_of, free};
use crate::support::grouping::{centred, group, group_in_one_matrix, group_in_steps};
use crate::support::population::population;
use crate::support::test_library::axes::{along, at};
use crate::support::threads;
use kinfolk::cluster::metrics::score_grouping;
use kinfolk::cluster::{Cut, DEFAULT_CUT, Evidence, FaceToGroup, Rule};
use kinfolk::stop::{StopFlag, Stopped};
use kinfolk::vision::{EMBEDDING_LEN, Embedding, USUAL_NORM};
use proptest::prelude::*;

/// Average linkage by definition: merges the nearest two groups while they are within `cut`, which is given the sizes
/// of the two groups and their mean within-group distances.
fn by_definition(
    embeddings: &[Embedding],
    cut: impl Fn([usize; 2], [f64; 2]) -> f64,
) -> HashSet<Vec<usize>> {
    let embeddings = centred(embeddings);
    let apart = |i: usize, j: usize| 1.0 - f64::from(embeddings[i].similarity(&embeddings[j]));
    let distance = |a: &[usize], b: &[usize]| {
        let pairs = a.iter().flat_map(|&i| b.iter().map(move |&j| (i, j)));
        let sum: f64 = pairs.map(|(i, j)| apart(i, j)).sum();
        sum / (a.len() * b.len()) as f64
    };
    let within = |group: &[usize]| {
        let pairs = group
            .iter()
            .flat_map(|&i| group.iter().map(move |&j| (i, j)));
        let sum: f64 = pairs.filter(|(i, j)| i < j).map(|(i, j)| apart(i, j)).sum();
        sum / (group.len() * (group.len() - 1) / 2).max(1) as f64
    };
    let mut groups: Vec<Vec<usize>> = (0..embeddings.len()).map(|face| vec![face]).collect();
    loop {
        let mut nearest: Option<(f64, usize, usize)> = None;
        for a in 0..groups.len() {
            for b in a + 1..groups.len() {
                let (one, other) = (&groups[a], &groups[b]);
                let apart = distance(one, other);
                let allowed = cut([one.len(), other.len()], [within(one), within(other)]);
                if apart <= allowed && nearest.is_none_or(|(least, ..)| apart < least) {
                    nearest = Some((apart, a, b));
                }
            }
        }
        let Some((_, a, b)) = nearest else { break };
        let other = groups.remove(b);
        groups[a].extend(other);
        groups[a].sort_unstable();
    }
    groups.into_iter().collect()
}

/// Plain average linkage.
fn plain(cut: f64) -> impl Fn([usize; 2], [f64; 2]) -> f64 {
    move |_, _| cut
}

/// The rule as stated in docs/grouping.md, with the cut of two single faces `single` and the certain distance
/// `certain`.
fn stated(single: f64, certain: f64) -> impl Fn([usize; 2], [f64; 2]) -> f64 {
    let variance = |a: f64, b: f64| 0.0034 + 0.0023 * (1.0 / a + 1.0 / b);
    move |faces, within| {
        let [a, b] = faces.map(|faces| faces as f64);
        let squared = (0.987 - single).powi(2) / variance(1.0, 1.0) - 2.0 * (a * b).ln();
        let by_chance = 0.987 - (squared.max(0.0) * variance(a, b)).sqrt();
        let spread = |faces: f64, within: f64| (2.0 + (faces - 1.0) * within) / (4.0 + faces);
        let d_within = (spread(a, within[0]) + spread(b, within[1])) / 2.0 + 0.27;
        by_chance.min(d_within).min(0.72).max(certain)
    }
}

/// The cut of two single faces among `faces` faces, from 200 to 1,000.
fn single_cut(faces: f64) -> f64 {
    0.987 - (2.0 * (10.0 * faces).ln() * 0.008).sqrt()
}

#[test]
fn people_who_differ_come_out_as_drawn() {
    let (embeddings, people) = crowd(300, 12, 0.5, 1);
    let labels = group(&embeddings, &free(300), DEFAULT_CUT);
    assert_eq!(as_sets(&labels), as_sets(&people));
}

#[test]
fn nothing_and_one_face_are_grouped_too() {
    assert_eq!(group(&[], &[], DEFAULT_CUT), Vec::<u32>::new());
    let (embeddings, _) = crowd(1, 1, 0.5, 1);
    assert_eq!(group(&embeddings, &free(1), DEFAULT_CUT), vec![0]);
}

#[test]
fn labels_count_up_in_order_of_first_appearance() {
    let (embeddings, _) = crowd(120, 30, 0.9, 2);
    let labels = group(&embeddings, &free(120), DEFAULT_CUT);
    let mut next = 0;
    for label in labels {
        assert!(label <= next);
        next = next.max(label + 1);
    }
}

#[test]
fn two_faces_of_one_photo_stay_apart_unless_they_are_nearly_the_same() {
    for (distance, expected) in [(0.2f32, [0, 0]), (0.44, [0, 0]), (0.46, [0, 1])] {
        let similarity = (1.0 - distance).sqrt();
        let pair = [10, 11].map(|own| at(0, similarity, own));
        let mut faces = free(2);
        assert_eq!(group(&pair, &faces, DEFAULT_CUT), vec![0, 0]);
        faces[1].photo = faces[0].photo;
        assert_eq!(group(&pair, &faces, DEFAULT_CUT), expected, "{distance}");
    }
}

#[test]
fn a_person_outvotes_the_photo() {
    let (embeddings, _) = crowd(1, 1, 0.5, 3);
    let mirror = FaceToGroup {
        photo: 7,
        must_link: Some(1),
        ..FaceToGroup::default()
    };
    assert_eq!(
        group(&[embeddings[0]; 2], &[mirror.clone(), mirror], DEFAULT_CUT),
        vec![0, 0]
    );
}

#[test]
fn copies_of_a_photo_do_not_tear_confirmed_faces_apart() {
    // Two copies of a photo: in one a confirmed face beside a stranger, in the other both are unconfirmed. The copy of
    // the confirmed face is at distance 0 from it; the other confirmed face is further away, on a photo with the copy.
    let mut draw = Draw(11);
    let (one, two) = (draw.vector(), draw.vector());
    let (first, second) = (face_of(&one, 0.1, &mut draw), face_of(&two, 0.1, &mut draw));
    let confirmed = |photo| FaceToGroup {
        photo,
        must_link: Some(4),
        ..FaceToGroup::default()
    };
    let copy = FaceToGroup {
        photo: 2,
        ..FaceToGroup::default()
    };
    let labels = group(
        &[first, first, second],
        &[confirmed(1), copy, confirmed(2)],
        DEFAULT_CUT,
    );
    assert_eq!(labels[0], labels[2], "confirmed faces are together");
    assert_ne!(
        labels[1], labels[2],
        "the copy shares a photo with one of them"
    );
}

#[test]
fn a_face_with_a_cannot_link_does_not_join_the_group() {
    let (embeddings, _) = crowd(10, 1, 0.4, 4);
    let mut faces = free(10);
    faces[0].must_link = Some(9);
    assert_eq!(as_sets(&group(&embeddings, &faces, DEFAULT_CUT)).len(), 1);
    faces[5].cannot_link = vec![9];
    let labels = group(&embeddings, &faces, DEFAULT_CUT);
    assert_ne!(labels[5], labels[0]);
}

#[test]
fn a_confirmed_face_draws_the_rest_of_the_person() {
    let (embeddings, people) = crowd(80, 4, 0.5, 5);
    let mut faces = free(80);
    faces[3].must_link = Some(0);
    let labels = group(&embeddings, &faces, DEFAULT_CUT);
    assert_eq!(as_sets(&labels), as_sets(&people));
}

#[test]
fn a_small_group_joins_where_two_faces_would_not() {
    // One person's photos have a mean distance of about .57: too much for two faces, but not for one face and many.
    let (embeddings, _) = crowd(40, 1, 1.15, 6);
    let labels = group(&embeddings, &free(40), DEFAULT_CUT);
    let plain = by_definition(&embeddings, plain(single_cut(200.0)));
    assert!(
        as_sets(&labels).len() < plain.len(),
        "{} pieces, {} at the plain cut",
        as_sets(&labels).len(),
        plain.len()
    );
}

#[test]
fn the_number_of_threads_does_not_show() {
    let (embeddings, _) = crowd(1500, 200, 0.95, 7);
    let faces = free(1500);
    let on = |count| threads(count).install(|| group(&embeddings, &faces, DEFAULT_CUT));
    let alone = on(1);
    assert_eq!(alone, on(2));
    assert_eq!(alone, on(8));
}

#[test]
fn a_component_too_large_for_one_matrix_gives_the_same_groups() {
    let (embeddings, _) = crowd(1200, 40, 1.0, 8);
    let faces = free(1200);
    let whole = group(&embeddings, &faces, DEFAULT_CUT);
    assert_eq!(whole, group_in_steps(&embeddings, &faces, DEFAULT_CUT, 100));
    assert_eq!(whole, group_in_steps(&embeddings, &faces, DEFAULT_CUT, 1));
}

#[test]
fn a_whole_library_in_steps_agrees_with_kodama_on_one_matrix() {
    let drawn = population(3_000, 5);
    let whole = group_in_one_matrix(&drawn.embeddings, &drawn.faces, DEFAULT_CUT);
    for most in [30, 10_000] {
        let in_steps = group_in_steps(&drawn.embeddings, &drawn.faces, DEFAULT_CUT, most);
        let agreement = score_grouping(&whole, &in_steps).bcubed.f;
        assert!(
            agreement > 0.9999,
            "{agreement} with {most} at most at once"
        );
    }
}

#[test]
fn must_linked_faces_are_together_even_across_slices() {
    let (embeddings, _) = crowd(60, 1, 0.02, 9);
    let mut faces = free(60);
    faces
        .iter_mut()
        .step_by(2)
        .for_each(|face| face.must_link = Some(3));
    let labels = group_in_steps(&embeddings, &faces, DEFAULT_CUT, 7);
    assert_eq!(as_sets(&labels).len(), 1);
}

/// `count` faces of one person, then 300 of a second and a third person who look more like the first than strangers do.
fn large_person(count: usize) -> (Vec<Embedding>, Vec<u32>) {
    let mut draw = Draw(23);
    let first = draw.vector();
    let near: [[f32; EMBEDDING_LEN]; 2] = std::array::from_fn(|_| {
        let own = draw.vector();
        std::array::from_fn(|at| 0.6 * first[at] + 0.8 * own[at])
    });
    let mut embeddings: Vec<Embedding> = (0..count)
        .map(|_| face_of(&first, 0.7, &mut draw))
        .collect();
    let mut people = vec![0; count];
    for (number, person) in (1..).zip(&near) {
        embeddings.extend((0..300).map(|_| face_of(person, 0.6, &mut draw)));
        people.extend([number; 300]);
    }
    (embeddings, people)
}

#[test]
fn a_person_with_very_many_faces_is_one_group_beside_those_who_look_alike() {
    let (embeddings, people) = large_person(13_000);
    let mut faces = free(people.len());
    // The first ten photos show the person twice; the next ten faces have a cannot-link and may go either way.
    for (face, number) in faces.iter_mut().zip(0..20) {
        face.photo = number / 2;
    }
    faces
        .iter_mut()
        .skip(20)
        .take(10)
        .for_each(|face| face.cannot_link = vec![5]);
    let labels = group(&embeddings, &faces, DEFAULT_CUT);
    for pair in labels[..20].chunks(2) {
        assert_eq!(pair[0], pair[1], "a mirror");
    }
    let score = score_grouping(&people[30..], &labels[30..]);
    let exact = group_in_one_matrix(&embeddings, &faces, DEFAULT_CUT);
    let exact = score_grouping(&people[30..], &exact[30..]);
    assert!(score.bcubed.f > 0.99, "{score:?}");
    assert!(score.bcubed.f >= exact.bcubed.f, "{score:?}, {exact:?}");
    let reversed: Vec<Embedding> = embeddings.iter().rev().copied().collect();
    let reversed_faces: Vec<FaceToGroup> = faces.iter().rev().cloned().collect();
    let of_reversed: Vec<u32> = group(&reversed, &reversed_faces, DEFAULT_CUT);
    let again: Vec<u32> = of_reversed.into_iter().rev().collect();
    assert_eq!(as_sets(&again), as_sets(&labels), "whatever their order");
}

#[test]
fn very_many_confirmed_faces_and_very_many_copies_are_one_group_each() {
    let (embeddings, _) = crowd(1, 1, 0.5, 3);
    let copies = vec![embeddings[0]; 11_000];
    assert_eq!(group(&copies, &free(11_000), DEFAULT_CUT), vec![0; 11_000]);
    let (embeddings, people) = large_person(11_000);
    let mut faces = free(people.len());
    faces
        .iter_mut()
        .take(11_000)
        .for_each(|face| face.must_link = Some(4));
    let labels = group(&embeddings, &faces, DEFAULT_CUT);
    assert_eq!(labels[..11_000], vec![0; 11_000]);
    assert!(score_grouping(&people, &labels).bcubed.f > 0.9999);
}

#[test]
fn a_grouping_is_stopped() {
    let drawn = population(600, 9);
    let centred = centred(&drawn.embeddings);
    let stop = StopFlag::default();
    stop.stop();
    let grouped = kinfolk::cluster::group(&centred, &drawn.faces, DEFAULT_CUT, &stop);
    assert_eq!(grouped, Err(Stopped));
}

fn constrained_crowd() -> impl Strategy<Value = (Vec<Embedding>, Vec<FaceToGroup>)> {
    (2usize..70, 1usize..8, 0.3f32..1.4, any::<u64>()).prop_map(|(count, people, noise, seed)| {
        let (embeddings, _) = crowd(count, people, noise, seed);
        let mut draw = Draw(!seed);
        let faces = (0..count)
            .map(|_| constrained(&mut draw, count, true))
            .collect();
        (embeddings, faces)
    })
}

#[test]
fn poor_faces_join_a_person_but_make_none() {
    let (embeddings, _) = crowd(6, 1, 0.3, 5);
    let with_flags = |flags: [f32; 6]| {
        let mut faces = free(6);
        for (face, flag) in faces.iter_mut().zip(flags) {
            face.face_flag = flag;
        }
        [group, group_in_one_matrix].map(|group| group(&embeddings, &faces, DEFAULT_CUT))
    };
    let [all, _] = with_flags([1.0; 6]);
    assert_eq!(all, vec![0; 6], "one person");
    for (flags, expected) in [
        ([0.3, 0.3, 0.3, 0.3, 0.3, 0.3], [0, 1, 2, 3, 4, 5]),
        ([1.0, 0.3, 0.3, 0.3, 0.3, 0.3], [0, 1, 2, 3, 4, 5]),
        ([1.0, 0.3, 0.3, 1.0, 0.3, 0.0], [0, 0, 0, 0, 0, 0]),
    ] {
        assert_eq!(with_flags(flags), [expected, expected], "{flags:?}");
    }
}

/// Two faces of which the recognizer sees much must be nearer than two of which it sees little.
#[test]
fn the_cut_falls_with_the_norm() {
    let cut = |norms: [f64; 2]| {
        let [a, b] = norms.map(|norm| Evidence {
            norm,
            ..Evidence::new(1, 0.0)
        });
        Rule::new(DEFAULT_CUT, 1000).between(&a, &b)
    };
    let usual = f64::from(USUAL_NORM);
    let at_usual = cut([usual; 2]);
    assert!((f64::from(at_usual) - single_cut(1000.0)).abs() < 1e-6);
    // The lower one decides: .01 for each unit, at most .03.
    for (norms, expected) in [
        ([usual + 2.0, usual + 1.0], -0.01),
        ([usual + 2.0, usual - 1.5], 0.015),
        ([usual + 9.0, usual + 8.0], -0.03),
        ([usual - 5.0, usual + 8.0], 0.03),
    ] {
        let change = f64::from(cut(norms) - at_usual);
        assert!((change - expected).abs() < 1e-5, "{norms:?}: {change}");
    }
}

/// A poor face between two people of one clear face each doesn't connect them.
#[test]
fn a_poor_face_is_no_bridge() {
    let at = |degrees: f32| {
        along(&[
            (0, degrees.to_radians().cos()),
            (1, degrees.to_radians().sin()),
        ])
    };
    let embeddings = [at(0.0), at(55.0), at(115.0)];
    let mut faces = free(3);
    assert_eq!(
        group(&embeddings, &faces, DEFAULT_CUT)[..2],
        [0, 0],
        "55 degrees are near enough"
    );
    faces[1].face_flag = 0.2;
    assert_eq!(group(&embeddings, &faces, DEFAULT_CUT), [0, 1, 2]);
}

/// Whether these labels meet every constraint.
fn holds(labels: &[u32], faces: &[FaceToGroup]) -> Result<(), TestCaseError> {
    for a in 0..faces.len() {
        for b in a + 1..faces.len() {
            let (one, other) = (&faces[a], &faces[b]);
            let together = labels[a] == labels[b];
            if one.must_link.is_some() && one.must_link == other.must_link {
                prop_assert!(together, "faces {a} and {b} are confirmed of one group");
                continue;
            }
            let refuse = |x: &FaceToGroup, y: &FaceToGroup| {
                y.must_link
                    .is_some_and(|label| x.cannot_link.contains(&label))
            };
            // Nearly the same faces of one photo may be one person.
            let is_free = |face: &FaceToGroup| {
                face.must_link.is_none() && face.cannot_link.is_empty() && face.face_flag >= 0.95
            };
            let both_free = is_free(one) && is_free(other);
            let cannot = (one.photo == other.photo && !both_free)
                || (one.must_link.is_some() && other.must_link.is_some())
                || refuse(one, other)
                || refuse(other, one);
            prop_assert!(!(together && cannot), "faces {a} and {b} must be apart");
        }
    }
    for group in as_sets(labels) {
        let flags: f32 = group.iter().map(|&face| faces[face].face_flag).sum();
        prop_assert!(
            group.len() == 1 || flags >= 1.899,
            "group {group:?} has only {flags}"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn constraints_hold((embeddings, faces) in constrained_crowd(), cut in 0.1f32..1.2, most in 1usize..80) {
        holds(&group_in_steps(&embeddings, &faces, Cut::Fixed(cut), most), &faces)?;
    }

    #[test]
    fn grouping_is_average_linkage(count in 2usize..60, people in 1usize..8, noise in 0.4f32..1.3, seed: u64, most in 1usize..80) {
        let (embeddings, _) = crowd(count, people, noise, seed);
        let labels = group_in_steps(&embeddings, &free(count), Cut::Fixed(0.5), most);
        prop_assert_eq!(as_sets(&labels), by_definition(&embeddings, stated(0.5, 0.5)));
        let labels = group_in_steps(&embeddings, &free(count), DEFAULT_CUT, most);
        prop_assert_eq!(as_sets(&labels), by_definition(&embeddings, stated(single_cut(200.0), 0.5)));
    }

    #[test]
    fn the_order_of_faces_does_not_show((embeddings, faces) in constrained_crowd(), rotation in 1usize..50) {
        let count = faces.len();
        let from: Vec<usize> = (0..count).map(|position| (position * 7919 + rotation) % count).collect();
        prop_assume!(from.iter().collect::<HashSet<_>>().len() == count);
        let shuffled: Vec<Embedding> = from.iter().map(|&face| embeddings[face]).collect();
        let shuffled_faces: Vec<FaceToGroup> = from.iter().map(|&face| faces[face].clone()).collect();
        let labels = group(&embeddings, &faces, DEFAULT_CUT);
        let of_shuffled = group(&shuffled, &shuffled_faces, DEFAULT_CUT);
        let expected: Vec<u32> = from.iter().map(|&face| labels[face]).collect();
        prop_assert_eq!(as_sets(&of_shuffled), as_sets(&expected));
    }

    #[test]
    fn confirming_the_result_changes_nothing((embeddings, faces) in constrained_crowd()) {
        // Every face is confirmed where grouping put it.
        let labels = group(&embeddings, &faces, DEFAULT_CUT);
        let confirmed: Vec<FaceToGroup> = faces
            .iter()
            .zip(&labels)
            .map(|(face, &label)| FaceToGroup { photo: face.photo, must_link: Some(label), ..FaceToGroup::default() })
            .collect();
        prop_assert_eq!(group(&embeddings, &confirmed, DEFAULT_CUT), labels);
    }
}
