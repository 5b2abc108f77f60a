//! Inheritance of ids, and identification: small cases computed by hand.

use kinfolk::cluster::{best_people, inherited_ids, similarity_to_person};
use kinfolk::vision::{Centred, EMBEDDING_LEN, Embedding};

#[test]
fn most_faces_take_the_id() {
    // Group 7 is split into labels 0 (one face) and 1 (two); label 2 is new.
    let ids = inherited_ids(
        &[0, 1, 1, 2],
        &[Some(7), Some(7), Some(7), None],
        &[None; 4],
    );
    assert_eq!(ids, [None, Some(7), None]);
}

#[test]
fn of_two_groups_come_together_the_larger_gives_its_id() {
    let ids = inherited_ids(&[0, 0, 0], &[Some(3), Some(9), Some(9)], &[None; 3]);
    assert_eq!(ids, [Some(9)]);
}

#[test]
fn of_equals_the_lower_id_and_the_first_group() {
    assert_eq!(
        inherited_ids(&[0, 0], &[Some(9), Some(3)], &[None; 2]),
        [Some(3)]
    );
    assert_eq!(
        inherited_ids(&[0, 1], &[Some(5), Some(5)], &[None; 2]),
        [Some(5), None]
    );
}

#[test]
fn a_confirmed_face_outweighs_any_number_of_others() {
    // Three automatic faces of person 4 move to label 1; the confirmed one stays in label 0 and keeps the id.
    let before = [Some(4), Some(4), Some(4), Some(4)];
    let ids = inherited_ids(&[0, 1, 1, 1], &before, &[Some(4), None, None, None]);
    assert_eq!(ids, [Some(4), None]);
}

#[test]
fn a_group_takes_the_next_best_id_when_the_best_is_gone() {
    // Label 1 shares most faces with id 2, but label 0 shares more.
    let before = [Some(2), Some(2), Some(2), Some(2), Some(2), Some(8)];
    let ids = inherited_ids(&[0, 0, 0, 1, 1, 1], &before, &[None; 6]);
    assert_eq!(ids, [Some(2), Some(8)]);
}

#[test]
fn nothing_inherits_nothing() {
    assert_eq!(inherited_ids::<u32>(&[], &[], &[]), []);
}

/// A face on the unit circle of the first two axes.
fn at(degrees: f32) -> Centred {
    let mut numbers = [0.0; EMBEDDING_LEN];
    (numbers[1], numbers[0]) = degrees.to_radians().sin_cos();
    Centred::assumed(Embedding(numbers))
}

/// 4/5 of the cosine with the mean direction plus 1/5 of the mean cosine with the two nearest exemplars, in degrees.
fn blended(probe: f32, mean: f32, nearest: [f32; 2]) -> f32 {
    let cosine = |degrees: f32| (probe - degrees).to_radians().cos();
    0.8 * cosine(mean) + 0.2 * (cosine(nearest[0]) + cosine(nearest[1])) / 2.0
}

#[test]
fn a_person_is_as_near_as_the_mean_and_the_two_nearest_exemplars() {
    // Person 0 has exemplars at 0, 40 and 80 degrees, so the mean is at 40; person 1 has one at 15.
    let gallery = [at(0.0), at(15.0), at(40.0), at(80.0)];
    let people = [0, 1, 0, 0];
    let best = best_people(&[at(10.0), at(35.0)], &gallery, &people);
    let first = best[0].unwrap();
    assert_eq!((first.person, first.nearest), (1, 1));
    assert!((first.similarity - blended(10.0, 15.0, [15.0, 15.0])).abs() < 1e-5);
    assert!((first.runner_up - blended(10.0, 40.0, [0.0, 40.0])).abs() < 1e-5);
    let second = best[1].unwrap();
    assert_eq!((second.person, second.nearest), (0, 2));
    assert!((second.similarity - blended(35.0, 40.0, [40.0, 0.0])).abs() < 1e-5);
    assert!((second.runner_up - blended(35.0, 15.0, [15.0, 15.0])).abs() < 1e-5);
    // A single person gives the same similarity; an exemplar can be left out; without exemplars there is no similarity.
    let of_person = [at(0.0), at(40.0), at(80.0)];
    let alone = similarity_to_person(&at(35.0), &of_person, None).unwrap();
    assert!((alone - second.similarity).abs() < 1e-5);
    let without = similarity_to_person(&at(35.0), &of_person, Some(1)).unwrap();
    assert!((without - blended(35.0, 40.0, [0.0, 80.0])).abs() < 1e-5);
    assert_eq!(
        similarity_to_person(&at(35.0), &of_person[..1], Some(0)),
        None
    );
}

#[test]
fn a_single_person_has_no_runner_up() {
    let best = best_people(&[at(0.0)], &[at(0.0)], &[0])[0].unwrap();
    assert_eq!(best.runner_up, -1.0);
}

#[test]
fn exemplars_beyond_one_block_are_all_met() {
    let gallery: Vec<Centred> = (0..1300).map(|nth| at(nth as f32 / 10.0)).collect();
    let people: Vec<u32> = (0..1300).map(|nth| nth / 10).collect();
    let probes: Vec<Centred> = (0..1300).map(|nth| at(nth as f32 / 10.0 + 0.01)).collect();
    for (nth, best) in best_people(&probes, &gallery, &people)
        .into_iter()
        .enumerate()
    {
        assert_eq!(best.map(|best| best.person), Some(nth as u32 / 10));
    }
}

#[test]
fn nobody_is_best_in_an_empty_gallery() {
    assert_eq!(best_people(&[at(0.0), at(1.0)], &[], &[]), [None, None]);
}
