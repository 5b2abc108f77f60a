//! A library of 100,000 photos, 200,000 faces and 20,500 groups.

use crate::synthetic::{TestLibrary, photo_of};
use kinfolk::library::{Assignment, ScannedPhoto};

const PHOTOS: u32 = 100_000;
/// As in a real library, a few large groups and thousands of small ones.
const LARGE_GROUPS: u32 = 500;
const SMALL_GROUPS: u32 = 20_000;

/// Takes half a minute.
pub fn build() -> TestLibrary {
    let mut test = TestLibrary::new();
    let numbers: Vec<u32> = (0..PHOTOS).collect();
    for batch in numbers.chunks(1000) {
        let photos: Vec<_> = batch.iter().map(|number| photo(&test, *number)).collect();
        test.library.store_scanned(&photos).unwrap();
    }
    let faces = test.library.faces_to_group().unwrap();
    let group = |number: usize| match number % 4 {
        0 => LARGE_GROUPS + (number as u32 / 4) % SMALL_GROUPS,
        _ => number as u32 % LARGE_GROUPS,
    };
    let assignments: Vec<_> = faces
        .iter()
        .enumerate()
        .map(|(n, face)| (face.face_id, Assignment::New(group(n))))
        .collect();
    test.library
        .set_automatic_memberships(&assignments)
        .unwrap();
    test
}

fn photo(test: &TestLibrary, number: u32) -> ScannedPhoto {
    let mut photo = photo_of(
        test.root_id,
        &format!("{}/{number}.jpg", number / 500),
        &[number, number + 1],
    );
    photo.taken = Some(format!(
        "20{:02}-{:02}-01T12:00:00",
        number % 26,
        1 + number % 12
    ));
    photo
}
