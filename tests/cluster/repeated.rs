//! One person several times in one photo: mirrors, collages, sheets of passport photos.

use std::collections::HashSet;

use crate::support::draw::{Draw, as_sets, crowd, face_of, free};
use crate::support::grouping::{centred, group, group_in_one_matrix, group_new_faces};
use crate::support::test_library::axes::at;
use kinfolk::cluster::{Centre, DEFAULT_CUT, FaceToGroup, Rule};
use kinfolk::vision::Embedding;
use proptest::prelude::*;

/// Three photos of a person and a sheet with her three times, each copy near to another one of the photos.
fn sheet() -> (Vec<Embedding>, Vec<FaceToGroup>) {
    let mut draw = Draw(4);
    let person = draw.vector();
    let photos: Vec<Embedding> = (0..3).map(|_| face_of(&person, 0.7, &mut draw)).collect();
    let copies = photos
        .iter()
        .map(|face| face_of(&face.0.map(|number| 11.0 * number), 0.2, &mut draw));
    let embeddings: Vec<Embedding> = photos.iter().copied().chain(copies).collect();
    let mut faces = free(6);
    faces[3..].iter_mut().for_each(|face| face.photo = 9);
    (embeddings, faces)
}

#[test]
fn a_sheet_of_one_person_joins_her_photos() {
    let (embeddings, faces) = sheet();
    assert_eq!(group(&embeddings, &faces, DEFAULT_CUT), [0; 6]);
    assert_eq!(
        group_in_one_matrix(&embeddings, &faces, DEFAULT_CUT),
        [0; 6]
    );
}

#[test]
fn a_sheet_among_new_faces_joins_an_existing_group() {
    let (embeddings, faces) = sheet();
    let embeddings = centred(&embeddings);
    let existing = [Centre::of(&embeddings[..3])];
    let unions = group_new_faces(
        &existing,
        |_| faces[..3].to_vec(),
        &embeddings[3..],
        &faces[3..],
        &Rule::new(DEFAULT_CUT, 6),
    );
    assert_eq!(unions.len(), 1);
    assert_eq!(
        (&unions[0].new_faces[..], &unions[0].existing[..]),
        (&[0, 1, 2][..], &[0][..])
    );
}

/// Two who look alike, and are always photographed together.
#[test]
fn siblings_in_one_photo_stay_two() {
    let mut embeddings = Vec::new();
    let mut faces = free(12);
    for photo in 0..6 {
        // Within a person at .3, between the two at .5.
        embeddings.push(at(0, 0.7f32.sqrt(), 20 + photo));
        embeddings.push(sibling(photo));
        faces[2 * photo].photo = photo as u32;
        faces[2 * photo + 1].photo = photo as u32;
    }
    let labels = group(&embeddings, &faces, DEFAULT_CUT);
    assert_eq!(labels, [0, 1].repeat(6));
}

fn sibling(photo: usize) -> Embedding {
    use crate::support::test_library::axes::along;
    let (common, own) = (0.5 / 0.7f32.sqrt(), 40 + photo);
    let of_sibling = (0.7 - common * common).sqrt();
    along(&[(0, common), (1, of_sibling), (own, 0.3f32.sqrt())])
}

/// A decision of the user holds: who was told apart from somebody is no copy of them.
#[test]
fn faces_with_decisions_are_no_unit() {
    let pair = [10, 11].map(|own| at(0, 0.9f32.sqrt(), own));
    let mut faces = free(2);
    faces[1].photo = faces[0].photo;
    assert_eq!(group(&pair, &faces, DEFAULT_CUT), [0, 0]);
    faces[0].must_link = Some(3);
    assert_eq!(group(&pair, &faces, DEFAULT_CUT), [0, 1]);
    faces[1].cannot_link = vec![3];
    assert_eq!(group(&pair, &faces, DEFAULT_CUT), [0, 1]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Adding a photo that shows one person several times changes nothing for the others.
    #[test]
    fn a_collage_changes_no_other_photo(count in 2usize..50, people in 1usize..6, noise in 0.4f32..1.0, copies in 2usize..9, own in 0.05f32..0.6, seed: u64) {
        let (mut embeddings, _) = crowd(count, people, noise, seed);
        let before = group(&embeddings, &free(count), DEFAULT_CUT);
        let mut draw = Draw(!seed);
        let person = embeddings[draw.below(count)].0.map(|number| 11.0 * number);
        embeddings.extend((0..copies).map(|_| face_of(&person, own, &mut draw)));
        let mut faces = free(count + copies);
        faces[count..].iter_mut().for_each(|face| face.photo = 1_000);
        let after = group(&embeddings, &faces, DEFAULT_CUT);
        prop_assert_eq!(as_sets(&after[..count]), as_sets(&before));
        prop_assert_eq!(as_sets(&after), as_sets(&group_in_one_matrix(&embeddings, &faces, DEFAULT_CUT)));
        let of_collage: HashSet<u32> = after[count..].iter().copied().collect();
        prop_assert_eq!(of_collage.len(), 1, "one person");
    }
}
