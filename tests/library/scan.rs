//! What a scan stores, and what happens to photos and faces whose files change, move, vanish and come back.

use crate::support::test_library::{SIZE, TestLibrary, embedding_of, face_of, photo_of};
use kinfolk::curate::{Command, execute};
use kinfolk::geometry::Size;
use kinfolk::library::{
    FaceState, FoundProblem, KnownPhoto, MovedPhoto, PhotoId, ScannedPhoto, TouchedPhoto,
};
use kinfolk::photo::ContentHash;

fn known(test: &TestLibrary, path: &str) -> Vec<KnownPhoto> {
    let mut known = test.library.known_photos(test.root_id).unwrap();
    known.retain(|photo| photo.path == path);
    known.sort_by_key(|photo| photo.vanished);
    known
}

fn moved(test: &TestLibrary, photo_id: PhotoId, path: &str) -> MovedPhoto {
    MovedPhoto {
        photo_id,
        root_id: test.root_id,
        path: path.to_owned(),
        file_size: 99,
        modified_ns: 7,
        changed_ns: None,
    }
}

fn store(test: &mut TestLibrary, photo: ScannedPhoto) -> PhotoId {
    let photo_id = test.library.store_scanned(&[photo]).unwrap()[0];
    test.assert_sound();
    photo_id
}

#[test]
fn a_photo_is_stored_with_all_that_a_scan_found() {
    let mut test = TestLibrary::new();
    let mut photo = photo_of(test.root_id, "2009/beach.jpg", &[3, 5]);
    photo.taken = Some("2009-08-01T12:00:00".to_owned());
    photo.thumbnail = Some(vec![1, 2, 3]);
    photo.faces[1].recognizable = false;
    photo.faces[1].embedding = None;
    let photo_id = store(&mut test, photo.clone());
    let row = test.library.photo(photo_id).unwrap().unwrap();
    let rows = [row.clone()];
    assert_eq!(
        (row.size, row.orientation, &row.taken, row.vanished),
        (SIZE, 1, &photo.taken, false)
    );
    assert!(row.absolute().ends_with("photos/2009/beach.jpg"));
    assert_eq!(test.library.photos().unwrap(), rows);
    assert_eq!(
        test.library
            .photos_with_content(&photo.content_hash)
            .unwrap(),
        rows
    );
    assert_eq!(
        test.library.photo_thumbnail(photo_id).unwrap(),
        photo.thumbnail
    );
    let faces = test.library.faces_of_photo(photo_id).unwrap();
    let states: Vec<_> = faces.iter().map(|face| face.state).collect();
    assert_eq!(states, [FaceState::Ungrouped, FaceState::Unclear]);
    for (face, found) in faces.iter().zip(&photo.faces) {
        assert_eq!(face.box_in_photo, found.box_in_photo);
        assert_eq!(
            (face.score, face.quality, &face.taken),
            (found.score, found.quality, &photo.taken)
        );
        assert_eq!(
            test.library.face_thumbnail(face.face_id).unwrap(),
            found.thumbnail
        );
        assert_eq!(
            test.library.centred(face.face_id).unwrap(),
            found.embedding.map(|embedding| embedding.centred())
        );
    }
    let stored = test.library.scanned_photo(photo_id).unwrap().unwrap();
    for (stored, found) in stored.faces.iter().zip(&photo.faces) {
        assert_eq!(stored.landmarks, found.landmarks);
    }
    assert_eq!(
        test.library.embeddings().unwrap(),
        [(faces[0].face_id, embedding_of(3))]
    );
    let [known] = &known(&test, "2009/beach.jpg")[..] else {
        panic!();
    };
    assert_eq!(
        (known.file_size, known.modified_ns),
        (photo.file_size, photo.modified_ns)
    );
    assert_eq!(known.content_hash, photo.content_hash);
}

#[test]
fn a_batch_is_stored_whole_or_not_at_all() {
    let mut test = TestLibrary::new();
    let before = test.dump();
    let mut broken = photo_of(test.root_id, "b.jpg", &[1]);
    broken.faces[0].box_in_photo.width = f32::NAN;
    let batch = [photo_of(test.root_id, "a.jpg", &[1]), broken];
    assert!(test.library.store_scanned(&batch).is_err());
    assert_eq!(test.dump(), before);
}

#[test]
fn problems_come_and_go() {
    let mut test = TestLibrary::new();
    let problem = |path: &str, reason: &str| FoundProblem {
        root_id: test.root_id,
        path: path.to_owned(),
        file_size: 5,
        modified_ns: 6,
        reason: reason.to_owned(),
    };
    let problems = [
        problem("b.jpg", "cut off"),
        problem("a.jpg", "empty"),
        problem("b.jpg", "not a JPEG"),
    ];
    test.library.store_problems(&problems).unwrap();
    let told = |test: &TestLibrary| -> Vec<_> {
        let problems = test.library.problems().unwrap().into_iter();
        problems
            .map(|problem| (problem.path, problem.reason))
            .collect()
    };
    let pair = |path: &str, reason: &str| (path.to_owned(), reason.to_owned());
    assert_eq!(
        told(&test),
        [pair("a.jpg", "empty"), pair("b.jpg", "not a JPEG")]
    );
    assert_eq!(test.library.counts().unwrap().problems, 2);
    test.add_photo("b.jpg", &[]);
    assert_eq!(told(&test), [pair("a.jpg", "empty")]);
    test.library
        .clear_problems(test.root_id, &["a.jpg".to_owned()])
        .unwrap();
    assert_eq!(told(&test), []);
}

#[test]
fn a_vanished_photo_keeps_its_people_and_comes_back() {
    let mut test = TestLibrary::new();
    let (group, faces) = test.add_group(1, 2);
    let photo_id = test.library.face(faces[0]).unwrap().unwrap().photo_id;
    test.library.mark_vanished(&[photo_id]).unwrap();
    let counts = test.library.counts().unwrap();
    assert_eq!((counts.photos, counts.vanished, counts.faces), (1, 1, 1));
    assert_eq!(test.members(group), faces[1..], "only who is there counts");
    let away = test.library.away_faces_of_group(group).unwrap();
    assert_eq!((away.len(), away[0].face_id), (1, faces[0]));
    test.library.mark_present(&[photo_id]).unwrap();
    assert!(!test.library.photo(photo_id).unwrap().unwrap().vanished);
    test.library.mark_vanished(&[photo_id]).unwrap();
    let touched = TouchedPhoto {
        photo_id,
        file_size: 77,
        modified_ns: 88,
        changed_ns: None,
    };
    test.library.touch_photos(&[touched]).unwrap();
    let found = &known(&test, "person 1/0.jpg")[0];
    assert_eq!(
        (found.file_size, found.modified_ns, found.vanished),
        (77, 88, false)
    );
    test.assert_sound();
}

#[test]
fn photos_may_swap_their_paths() {
    let mut test = TestLibrary::new();
    let (a, _) = test.add_photo("a.jpg", &[1]);
    let (b, _) = test.add_photo("b.jpg", &[2]);
    let moves = [moved(&test, a, "b.jpg"), moved(&test, b, "a.jpg")];
    test.library.move_photos(&moves).unwrap();
    assert_eq!(known(&test, "b.jpg")[0].photo_id, a);
    assert_eq!(known(&test, "a.jpg")[0].photo_id, b);
    assert_eq!(test.library.counts().unwrap().vanished, 0);
    test.assert_sound();
}

#[test]
fn a_photo_moved_over_another_makes_that_one_vanish() {
    let mut test = TestLibrary::new();
    let (a, _) = test.add_photo("a.jpg", &[1]);
    let (b, faces) = test.add_photo("b.jpg", &[2]);
    test.library
        .move_photos(&[moved(&test, a, "b.jpg")])
        .unwrap();
    let at_path: Vec<_> = known(&test, "b.jpg")
        .iter()
        .map(|photo| (photo.photo_id, photo.vanished))
        .collect();
    assert_eq!(at_path, [(a, false), (b, true)]);
    assert!(test.library.face(faces[0]).unwrap().is_some());
    test.assert_sound();
    // Back at its path, it is present again.
    test.library.mark_present(&[b]).unwrap();
    assert_eq!(known(&test, "b.jpg")[0].photo_id, b);
    test.assert_sound();
}

/// Scans `a.jpg` again, with a face of each of these people.
fn store_again(test: &mut TestLibrary, people: &[u32]) -> PhotoId {
    let photo = photo_of(test.root_id, "a.jpg", people);
    store(test, photo)
}

/// A photo of two people, the first of whom is named.
fn named_photo(test: &mut TestLibrary) -> (PhotoId, Vec<kinfolk::library::FaceId>) {
    let (photo_id, faces) = test.add_photo("a.jpg", &[1, 2]);
    let command = Command::NameFaces {
        faces: vec![faces[0]],
        name: "Ana".to_owned(),
    };
    execute(&mut test.library, command).unwrap();
    (photo_id, faces)
}

fn faces_now(test: &TestLibrary, photo_id: PhotoId) -> Vec<kinfolk::library::FaceId> {
    let faces = test.library.faces_of_photo(photo_id).unwrap();
    faces.iter().map(|face| face.face_id).collect()
}

#[test]
fn faces_found_again_in_a_changed_file_stay_the_same() {
    let mut test = TestLibrary::new();
    let (photo_id, faces) = named_photo(&mut test);
    let mut photo = photo_of(test.root_id, "a.jpg", &[1, 2, 3]);
    photo.content_hash = ContentHash([9; 32]);
    for face in &mut photo.faces {
        face.box_in_photo.x += 6.0;
        face.quality = 0.75;
    }
    assert_eq!(store(&mut test, photo), photo_id);
    let now = faces_now(&test, photo_id);
    assert_eq!((now.len(), &now[..2]), (3, &faces[..]));
    let face = test.library.face(faces[0]).unwrap().unwrap();
    assert_eq!((face.quality, face.state), (0.75, FaceState::Confirmed));
    assert_eq!(known(&test, "a.jpg")[0].content_hash, ContentHash([9; 32]));
}

#[test]
fn faces_are_found_again_in_a_photo_saved_smaller_or_turned() {
    let mut test = TestLibrary::new();
    let (photo_id, faces) = named_photo(&mut test);
    let mut smaller = photo_of(test.root_id, "a.jpg", &[1, 2]);
    smaller.size = Size {
        width: 500,
        height: 400,
    };
    for face in &mut smaller.faces {
        let b = &mut face.box_in_photo;
        (b.x, b.y, b.width, b.height) = (b.x / 2.0, b.y / 2.0, b.width / 2.0, b.height / 2.0);
        face.embedding = None;
    }
    store(&mut test, smaller);
    assert_eq!(faces_now(&test, photo_id), faces);
    // The embeddings are lost; a scan of the original restores them.
    store_again(&mut test, &[1, 2]);
    let mut turned = photo_of(test.root_id, "a.jpg", &[2, 1]);
    turned.size = Size {
        width: SIZE.height,
        height: SIZE.width,
    };
    store(&mut test, turned);
    assert_eq!(faces_now(&test, photo_id), faces);
    assert_eq!(
        test.library.centred(faces[0]).unwrap(),
        Some(embedding_of(1).centred())
    );
}

#[test]
fn a_decided_face_outlives_a_detector_that_misses_it() {
    let mut test = TestLibrary::new();
    let (photo_id, faces) = named_photo(&mut test);
    let mut missed = photo_of(test.root_id, "a.jpg", &[2]);
    missed.faces = vec![face_of(2, 1)];
    store(&mut test, missed);
    assert_eq!(faces_now(&test, photo_id), faces);
    let mut missed = photo_of(test.root_id, "a.jpg", &[1]);
    missed.faces = vec![face_of(1, 0)];
    store(&mut test, missed);
    assert_eq!(
        faces_now(&test, photo_id),
        faces[..1],
        "the other face was nobody's decision"
    );
}

#[test]
fn another_picture_in_the_same_file_takes_over_no_name() {
    let mut test = TestLibrary::new();
    let (photo_id, faces) = named_photo(&mut test);
    store_again(&mut test, &[7, 8]);
    let now = faces_now(&test, photo_id);
    assert_eq!(now.len(), 2);
    assert!(
        now.iter()
            .all(|face| !faces.contains(face) && test.state(*face).1 == FaceState::Ungrouped)
    );
    assert_eq!(
        test.library.counts().unwrap().people,
        1,
        "the person stays, without a face"
    );
}

#[test]
fn a_photo_that_comes_back_to_its_path_is_the_same_photo() {
    let mut test = TestLibrary::new();
    let (photo_id, faces) = named_photo(&mut test);
    test.library.mark_vanished(&[photo_id]).unwrap();
    assert_eq!(store_again(&mut test, &[1, 2]), photo_id);
    assert_eq!(faces_now(&test, photo_id), faces);
    assert!(!test.library.photo(photo_id).unwrap().unwrap().vanished);
}

#[test]
fn what_was_said_of_faces_that_a_changed_photo_no_longer_shows_is_told() {
    use kinfolk::curate::{Command, execute};
    use kinfolk::library::{Decision, UnplacedDecision};
    let mut test = TestLibrary::new();
    let (_, faces) = test.add_photo("a.jpg", &[1, 2, 3, 4]);
    let name = |faces: &[kinfolk::library::FaceId], name: &str| Command::NameFaces {
        faces: faces.to_vec(),
        name: name.to_owned(),
    };
    for command in [
        name(&faces[..1], "Maria"),
        name(&faces[1..2], "Tom"),
        Command::Ignore {
            faces: vec![faces[2]],
        },
    ] {
        execute(&mut test.library, command).unwrap();
    }
    let maria = test.library.people().unwrap()[0].0;
    let mut edit = test.library.edit().unwrap();
    edit.set_rejected(faces[1], maria, true).unwrap();
    edit.commit(&"a test's", "Rejected").unwrap();

    // Another picture with another aspect ratio and none of the former people.
    let mut photo = photo_of(test.root_id, "a.jpg", &[9]);
    photo.size.width = 333;
    let mut lost = Vec::new();
    test.library
        .store_scanned_telling(&[photo], &mut lost)
        .unwrap();

    let told = |decision, person: Option<&str>| UnplacedDecision {
        photo: "/photos/a.jpg".to_owned(),
        decision,
        person: person.map(str::to_owned),
    };
    assert_eq!(
        lost,
        [
            told(Decision::Confirmed, Some("Maria")),
            told(Decision::Confirmed, Some("Tom")),
            told(Decision::Rejected, Some("Maria")),
            told(Decision::Ignored, None),
        ]
    );
    assert_eq!(
        lost[0].to_string(),
        "\"/photos/a.jpg\": a face confirmed as Maria"
    );
    // A face without decisions is not reported.
    let mut photo = photo_of(test.root_id, "a.jpg", &[]);
    photo.size.width = 222;
    lost.clear();
    test.library
        .store_scanned_telling(&[photo], &mut lost)
        .unwrap();
    assert_eq!(lost, []);
}
