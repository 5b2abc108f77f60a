//! Who inherits an id, and who a face is: small cases worked out by hand.

use kinfolk::cluster::{best_people, inherited_ids};
use kinfolk::vision::{EMBEDDING_LEN, Embedding};

#[test]
fn most_faces_take_the_id() {
    // Group 7 falls into labels 0 (one face) and 1 (two); label 2 is new.
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
    // Three automatic faces of person 4 drift to label 1; the confirmed one stays in label 0 and keeps the id.
    let before = [Some(4), Some(4), Some(4), Some(4)];
    let ids = inherited_ids(&[0, 1, 1, 1], &before, &[Some(4), None, None, None]);
    assert_eq!(ids, [Some(4), None]);
}

#[test]
fn a_group_takes_the_next_best_id_when_the_best_is_gone() {
    // Label 1 shares most with 2, but label 0 shares more of it.
    let before = [Some(2), Some(2), Some(2), Some(2), Some(2), Some(8)];
    let ids = inherited_ids(&[0, 0, 0, 1, 1, 1], &before, &[None; 6]);
    assert_eq!(ids, [Some(2), Some(8)]);
}

#[test]
fn nothing_inherits_nothing() {
    assert_eq!(inherited_ids::<u32>(&[], &[], &[]), []);
}

/// A face at `degrees` on the circle of the first two axes.
fn at(degrees: f32) -> Embedding {
    let mut numbers = [0.0; EMBEDDING_LEN];
    (numbers[1], numbers[0]) = degrees.to_radians().sin_cos();
    Embedding(numbers)
}

#[test]
fn a_person_is_as_near_as_their_two_nearest_exemplars() {
    // Person 0 at 0, 40 and 90 degrees, person 1 at 15. The probe at 10 is nearest to person 1.
    let gallery = [at(0.0), at(15.0), at(40.0), at(90.0)];
    let best = best_people(&[at(10.0), at(30.0)], &gallery, &[0, 1, 0, 0]);
    let first = best[0].unwrap();
    assert_eq!((first.person, first.nearest), (1, 1));
    assert!((first.similarity - 5f32.to_radians().cos()).abs() < 1e-5);
    // At 30: person 0 by the mean of 40 (10 off) and 0 (30 off), .925; person 1 by 15 off, .966.
    let second = best[1].unwrap();
    assert_eq!((second.person, second.nearest), (1, 1));
    // Alone, person 0 is the mean of its two nearest, with the nearest named.
    let alone = best_people(&[at(30.0)], &[at(0.0), at(40.0), at(90.0)], &[0, 0, 0])[0].unwrap();
    let mean = (10f32.to_radians().cos() + 30f32.to_radians().cos()) / 2.0;
    assert!((alone.similarity - mean).abs() < 1e-5);
    assert_eq!(alone.nearest, 1);
}

#[test]
fn exemplars_beyond_one_block_are_all_met() {
    let gallery: Vec<Embedding> = (0..1300).map(|nth| at(nth as f32 / 10.0)).collect();
    let people: Vec<u32> = (0..1300).map(|nth| nth / 10).collect();
    let probes: Vec<Embedding> = (0..1300).map(|nth| at(nth as f32 / 10.0 + 0.01)).collect();
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
