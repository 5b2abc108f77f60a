//! How long the reads take in a library of 100,000 photos and 200,000 faces.
//!
//! Building it takes half a minute: `cargo test --test library_scale -- --ignored --nocapture`. The limits are several times what
//! an idle machine takes.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod synthetic;

use std::time::{Duration, Instant};

use kinfolk::curate::{Command, execute, undo};
use kinfolk::library::{Assignment, GroupId, PhotoId};
use synthetic::{TestLibrary, photo_of};

const PHOTOS: u32 = 100_000;
/// As in a real library: a few large groups, thousands of small ones.
const LARGE_GROUPS: u32 = 500;
const SMALL_GROUPS: u32 = 20_000;

fn build() -> TestLibrary {
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

fn photo(test: &TestLibrary, number: u32) -> kinfolk::library::ScannedPhoto {
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

/// The best of three: the machine may be busy with other things.
fn timed<T>(what: &str, limit: Duration, mut work: impl FnMut() -> T) -> T {
    let mut best = Duration::MAX;
    let mut result = None;
    for _ in 0..3 {
        let start = Instant::now();
        result = Some(work());
        best = best.min(start.elapsed());
    }
    println!("{what}: {:.1} ms", best.as_secs_f64() * 1e3);
    assert!(best < limit, "{what} took {best:?}");
    result.unwrap()
}

#[test]
#[ignore = "builds a library of 100,000 photos"]
fn reads_of_a_large_library_are_quick() {
    let start = Instant::now();
    let mut test = build();
    println!("built in {:.1} s", start.elapsed().as_secs_f64());
    let millis = Duration::from_millis;
    let library = &test.library;
    let groups = timed("group_summaries", millis(400), || {
        library.group_summaries().unwrap()
    });
    assert_eq!(
        groups.len() as u32,
        LARGE_GROUPS - LARGE_GROUPS / 4 + SMALL_GROUPS
    );
    assert_eq!(
        groups.iter().map(|group| group.faces).sum::<u32>(),
        2 * PHOTOS
    );
    let largest = groups[0].group_id;
    timed("counts", millis(400), || library.counts().unwrap());
    timed("all_faces", millis(1000), || library.all_faces().unwrap());
    timed("photos", millis(1000), || library.photos().unwrap());
    timed("embeddings", millis(1000), || library.embeddings().unwrap());
    timed("faces_to_group", millis(1000), || {
        library.faces_to_group().unwrap()
    });
    timed("known_photos", millis(1000), || {
        library.known_photos(test.root_id).unwrap()
    });
    timed("group", millis(20), || library.group(largest).unwrap());
    timed("faces_of_group", millis(20), || {
        library.faces_of_group(largest).unwrap()
    });
    timed("photos_of_group", millis(20), || {
        library.photos_of_group(largest).unwrap()
    });
    timed("faces_of_photo", millis(2), || {
        library.faces_of_photo(PhotoId(50_000)).unwrap()
    });
    let groups: Vec<GroupId> = groups.iter().map(|group| group.group_id).collect();
    commands_are_quick(&mut test, &groups);
}

fn commands_are_quick(test: &mut TestLibrary, groups: &[GroupId]) {
    let limit = Duration::from_millis(500);
    let mut number = 0;
    timed("naming the largest group and undoing it", limit, || {
        number += 1;
        let name = format!("Ana {number}");
        let group = groups[0];
        execute(&mut test.library, Command::Name { group, name }).unwrap();
        undo(&mut test.library).unwrap()
    });
    // Some 30,000 faces, each way.
    timed("merging 100 groups and undoing it", 6 * limit, || {
        let from = groups[1..101].to_vec();
        let into = groups[0];
        execute(&mut test.library, Command::Merge { from, into }).unwrap();
        undo(&mut test.library).unwrap()
    });
}
