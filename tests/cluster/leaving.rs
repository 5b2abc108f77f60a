//! One photo that shows a person twice by faces that are not nearly the same.

use crate::support::draw::free;
use crate::support::grouping::{group, group_in_one_matrix};
use crate::support::test_library::axes::along;
use kinfolk::cluster::{DEFAULT_CUT, FaceToGroup};
use kinfolk::vision::Embedding;

/// Faces of a person who looks one way in the first half of them and another way in the second: .3 apart within a half,
/// .56 between the halves.
fn two_looks(half: usize) -> Vec<Embedding> {
    let face = |look: usize, own: usize| {
        along(&[
            (0, 0.44f32.sqrt()),
            (1 + look, 0.26f32.sqrt()),
            (10 + own, 0.3f32.sqrt()),
        ])
    };
    (0..2 * half).map(|own| face(own / half, own)).collect()
}

/// The first `common` faces of either half are in one photo each.
fn in_common(half: usize, common: usize) -> Vec<FaceToGroup> {
    let mut faces = free(2 * half);
    for nth in 0..common {
        faces[half + nth].photo = faces[nth].photo;
    }
    faces
}

#[test]
fn a_collage_of_two_looks_does_not_tear_a_person_apart() {
    let embeddings = two_looks(4);
    assert_eq!(group(&embeddings, &free(8), DEFAULT_CUT), [0; 8]);
    for grouped in [group, group_in_one_matrix] {
        let labels = grouped(&embeddings, &in_common(4, 1), DEFAULT_CUT);
        let others: Vec<u32> = [1, 2, 3, 5, 6, 7].map(|face| labels[face]).to_vec();
        assert_eq!(others, [others[0]; 6]);
        assert_ne!(labels[0], labels[4], "two faces of one photo");
    }
}

#[test]
fn two_who_are_often_in_one_photo_stay_two() {
    let labels = group(&two_looks(4), &in_common(4, 2), DEFAULT_CUT);
    assert_eq!(labels, [0, 0, 0, 0, 1, 1, 1, 1]);
}

#[test]
fn a_decision_of_the_user_holds() {
    let mut faces = in_common(4, 1);
    faces[0].must_link = Some(1);
    faces[4].must_link = Some(2);
    let labels = group(&two_looks(4), &faces, DEFAULT_CUT);
    assert_eq!(labels, [0, 0, 0, 0, 1, 1, 1, 1]);
}
