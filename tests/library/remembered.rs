//! What a person decided about faces lasts when the photos' files change, vanish, come back and are forgotten.

use kinfolk::curate::{Command, CurateError, MoveTarget, execute, history, redo, undo};
use kinfolk::geometry::{Landmarks, PhotoRect, Point, Size};
use kinfolk::library::{FaceId, FaceState, GroupId, PhotoId, Presence, ScannedFace, ScannedPhoto};
use kinfolk::photo::ContentHash;
use kinfolk::vision::Embedding;
use proptest::prelude::*;
use std::path::Path;

use crate::support::test_library::{SIZE, TestLibrary, embedding_of, face_of, photo_of};

/// A photo of these people, each with a box of a size of its own, so that no two orientations look alike.
fn people(test: &TestLibrary, path: &str, people: &[u32]) -> ScannedPhoto {
    let mut photo = photo_of(test.root_id, path, people);
    for (place, face) in photo.faces.iter_mut().enumerate() {
        let at = place as f32;
        face.box_in_photo = PhotoRect {
            x: 40.0 + 210.0 * at,
            y: 30.0 + 120.0 * at,
            width: 90.0 + 10.0 * at,
            height: 120.0 + 12.0 * at,
        };
    }
    photo
}

/// The box in the photo turned by the EXIF orientation; worked out by hand for each.
fn turned_box(b: PhotoRect, size: Size, turn: u8) -> PhotoRect {
    let (w, h) = (size.width as f32, size.height as f32);
    let (right, below) = (w - b.x - b.width, h - b.y - b.height);
    let (x, y) = match turn {
        1 => (b.x, b.y),
        2 => (right, b.y),
        3 => (right, below),
        4 => (b.x, below),
        5 => (b.y, b.x),
        6 => (below, b.x),
        7 => (below, right),
        _ => (b.y, right),
    };
    let (width, height) = if turn >= 5 {
        (b.height, b.width)
    } else {
        (b.width, b.height)
    };
    PhotoRect {
        x,
        y,
        width,
        height,
    }
}

fn turned(photo: &ScannedPhoto, turn: u8) -> ScannedPhoto {
    let mut photo = photo.clone();
    for face in &mut photo.faces {
        face.box_in_photo = turned_box(face.box_in_photo, photo.size, turn);
    }
    if turn >= 5 {
        photo.size = Size {
            width: photo.size.height,
            height: photo.size.width,
        };
    }
    let content = format!("{} turned {turn} {:?}", photo.path, photo.size);
    photo.content_hash = ContentHash(blake3::hash(content.as_bytes()).into());
    photo
}

/// The part of a photo that begins at `left`, `top`, shown `scale` times as large; with the faces wholly inside.
fn cropped(photo: &ScannedPhoto, left: f32, top: f32, size: Size, scale: f32) -> ScannedPhoto {
    let mut photo = photo.clone();
    photo.faces.retain_mut(|face| {
        let b = face.box_in_photo;
        let inside = b.x >= left
            && b.y >= top
            && b.x + b.width <= left + size.width as f32
            && b.y + b.height <= top + size.height as f32;
        face.box_in_photo = PhotoRect {
            x: b.x - left,
            y: b.y - top,
            ..b
        }
        .scaled(scale);
        inside
    });
    photo.size = Size {
        width: (size.width as f32 * scale) as u32,
        height: (size.height as f32 * scale) as u32,
    };
    photo.content_hash = ContentHash([77; 32]);
    photo
}

/// Stores a photo with a person named after each face; returns the faces with their groups.
fn named(photo: &ScannedPhoto, test: &mut TestLibrary) -> (PhotoId, Vec<(FaceId, GroupId)>) {
    let photo_id = store(photo, test);
    let faces = test.library.faces_of_photo(photo_id).unwrap();
    let named = faces.iter().map(|face| {
        let faces = vec![face.face_id];
        let name = format!("Person {} of {}", face.face_id, photo.path);
        execute(&mut test.library, Command::NameFaces { faces, name }).unwrap();
        let now = test.library.face(face.face_id).unwrap().unwrap();
        (face.face_id, now.group.unwrap())
    });
    let named = named.collect();
    (photo_id, named)
}

fn store(photo: &ScannedPhoto, test: &mut TestLibrary) -> PhotoId {
    let photo_id = test
        .library
        .store_scanned(std::slice::from_ref(photo))
        .unwrap()[0];
    test.assert_sound();
    photo_id
}

/// The decision about each face is what it was, wherever the face is.
fn assert_kept(test: &TestLibrary, named: &[(FaceId, GroupId)]) {
    for (face_id, group) in named {
        let face = test
            .library
            .face(*face_id)
            .unwrap()
            .expect("the face stays");
        assert_eq!(
            (face.group, face.state),
            (Some(*group), FaceState::Confirmed)
        );
    }
}

fn presence(test: &TestLibrary, face: FaceId) -> Presence {
    test.library.face(face).unwrap().unwrap().presence
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// By place alone where the faces are too unclear to be compared, or look strange on their side.
    #[test]
    fn a_turned_photo_keeps_everybody(turn in 1_u8..=8, comparable in any::<bool>(), missed in 0_usize..4) {
        let mut test = TestLibrary::new();
        let mut photo = people(&test, "a.jpg", &[1, 2, 3, 4]);
        if !comparable {
            photo.faces.iter_mut().for_each(|face| face.embedding = None);
        }
        let (photo_id, named) = named(&photo, &mut test);
        let mut after = turned(&photo, turn);
        // One is not detected: the others tell where it is.
        after.faces.remove(missed);
        prop_assert_eq!(store(&after, &mut test), photo_id);
        assert_kept(&test, &named);
        prop_assert_eq!(test.library.faces_of_photo(photo_id).unwrap().len(), 4);
        for (before, (face_id, _)) in photo.faces.iter().zip(&named) {
            let expected = turned_box(before.box_in_photo, SIZE, turn);
            let face = test.library.face(*face_id).unwrap().unwrap();
            prop_assert!(face.box_in_photo.iou(&expected) > 0.99, "{face:?} {expected:?}");
            prop_assert_eq!(face.presence, Presence::Present);
        }
        // Put right again.
        store(&photo, &mut test);
        assert_kept(&test, &named);
    }

    /// Who is cut off stays with the name, uncounted, and is back with the whole photo.
    #[test]
    fn a_cropped_photo_keeps_everybody(
        left in 0_u32..500, top in 0_u32..300, width in 300_u32..900, height in 300_u32..700, scale in 0.4_f32..1.6,
        turn in 1_u8..=8,
    ) {
        let mut test = TestLibrary::new();
        let photo = people(&test, "a.jpg", &[1, 2, 3, 4]);
        let (photo_id, named) = named(&photo, &mut test);
        let size = Size { width: width.min(SIZE.width - left), height: height.min(SIZE.height - top) };
        let part = turned(&cropped(&photo, left as f32, top as f32, size, scale), turn);
        let seen = part.faces.len();
        prop_assert_eq!(store(&part, &mut test), photo_id);
        assert_kept(&test, &named);
        let shown = test.library.faces_of_photo(photo_id).unwrap();
        // A face that is cut by the border may be taken to be there still, by the place of the others.
        prop_assert!(shown.len() >= seen);
        let missing = test.library.missing_faces().unwrap();
        prop_assert_eq!(shown.len() + missing.len(), 4);
        prop_assert_eq!(test.library.counts().unwrap().faces as usize, shown.len());
        prop_assert_eq!(test.library.counts().unwrap().not_found as usize, missing.len());
        store(&photo, &mut test);
        assert_kept(&test, &named);
        prop_assert_eq!(test.library.faces_of_photo(photo_id).unwrap().len(), 4);
        prop_assert_eq!(test.library.missing_faces().unwrap(), []);
        for (before, (face_id, _)) in photo.faces.iter().zip(&named) {
            let face = test.library.face(*face_id).unwrap().unwrap();
            prop_assert!(face.box_in_photo.iou(&before.box_in_photo) > 0.99);
        }
    }

    /// Found again in the same file by another search: at a box somewhat elsewhere, larger or smaller, with another score
    /// and another embedding.
    #[test]
    fn a_face_searched_again_keeps_its_decision(again in found_again(0.24, 0.62..1.6, 0.5..1.0)) {
        let mut test = TestLibrary::new();
        let photo = people(&test, "a.jpg", &[1, 2, 3, 4]);
        assert_found_again(&mut test, &photo, photo.clone(), &again)?;
    }

    /// The same in a file that was turned meanwhile: what has moved little tells how.
    #[test]
    fn a_face_of_a_turned_photo_found_elsewhere_keeps_its_decision(
        again in found_again(0.08, 0.85..1.18, 0.5..1.0), turn in 1_u8..=8,
    ) {
        let mut test = TestLibrary::new();
        let photo = people(&test, "a.jpg", &[1, 2, 3, 4]);
        assert_found_again(&mut test, &photo, turned(&photo, turn), &again)?;
    }

    /// Any sequence of what may happen to files, and of undoing what scans changed, and in the end every photo is as it
    /// was.
    #[test]
    fn no_sequence_of_scans_loses_a_decision(steps in prop::collection::vec((0_usize..3, 0_u8..10, 1_u8..=8), 1..14)) {
        after_any(&steps)?;
    }
}

/// A face that a crop cuts has another box and another embedding; it is still the face that was there.
#[test]
fn a_face_cut_by_a_crop_is_not_found_twice() {
    let mut test = TestLibrary::new();
    let photo = people(&test, "a.jpg", &[1, 2, 3, 4]);
    let (photo_id, named) = named(&photo, &mut test);
    let (top, cut) = (70.0, photo.faces[0].box_in_photo);
    let size = Size {
        height: SIZE.height - top as u32,
        ..SIZE
    };
    let mut part = cropped(&photo, 0.0, top, size, 1.0);
    assert_eq!(part.faces.len(), 3);
    let mut seen = photo.faces[0].clone();
    seen.box_in_photo = PhotoRect {
        y: 0.0,
        height: cut.y + cut.height - top,
        ..cut
    };
    seen.embedding = Some(embedding_of(99));
    part.faces.push(seen);

    assert_eq!(store(&part, &mut test), photo_id);

    assert_kept(&test, &named);
    assert_eq!(test.library.faces_of_photo(photo_id).unwrap().len(), 4);
    assert_eq!(test.library.missing_faces().unwrap(), []);
}

/// How another search finds faces: for each its shift (in sides of its box), its scale and its likeness to what it was.
fn found_again(
    shift: f32,
    scale: std::ops::Range<f32>,
    likeness: std::ops::Range<f32>,
) -> impl Strategy<Value = Vec<((f32, f32), f32, f32)>> {
    let shift = move || -shift..shift;
    prop::collection::vec(((shift(), shift()), scale, likeness), 4)
}

fn assert_found_again(
    test: &mut TestLibrary,
    photo: &ScannedPhoto,
    mut after: ScannedPhoto,
    again: &[((f32, f32), f32, f32)],
) -> Result<(), TestCaseError> {
    let (photo_id, named) = named(photo, test);
    for (number, (face, ((x, y), scale, likeness))) in after.faces.iter_mut().zip(again).enumerate()
    {
        let b = face.box_in_photo;
        face.box_in_photo = PhotoRect {
            x: b.x + b.width * (x + (1.0 - scale) / 2.0),
            y: b.y + b.height * (y + (1.0 - scale) / 2.0),
            width: b.width * scale,
            height: b.height * scale,
        };
        face.score = 0.95 - 0.1 * number as f32;
        let (own, other) = (face.embedding.unwrap(), embedding_of(100 + number as u32));
        let rest = (1.0 - likeness * likeness).sqrt();
        face.embedding = Some(Embedding(std::array::from_fn(|at| {
            likeness * own.0[at] + rest * other.0[at]
        })));
    }
    let places: Vec<PhotoRect> = after.faces.iter().map(|face| face.box_in_photo).collect();
    // The best score comes first.
    after.faces.reverse();
    prop_assert_eq!(store(&after, test), photo_id);
    assert_kept(test, &named);
    prop_assert_eq!(
        test.library.faces_of_photo(photo_id).unwrap().len(),
        4,
        "nobody is there twice"
    );
    prop_assert_eq!(test.library.missing_faces().unwrap(), []);
    for ((face_id, _), place) in named.iter().zip(places) {
        let face = test.library.face(*face_id).unwrap().unwrap();
        prop_assert!(face.box_in_photo.iou(&place) > 0.99, "{face:?} {place:?}");
    }
    Ok(())
}

/// Runs steps of `(photo, what happens, how it is turned)`, checking after each that no decision is lost.
fn after_any(steps: &[(usize, u8, u8)]) -> Result<(), TestCaseError> {
    let mut test = TestLibrary::new();
    let photos: Vec<ScannedPhoto> = [("a.jpg", [1, 2]), ("b.jpg", [3, 4]), ("sub/c.jpg", [5, 6])]
        .iter()
        .map(|(path, faces)| people(&test, path, faces))
        .collect();
    let mut kept: Vec<Option<Vec<(FaceId, GroupId)>>> = Vec::new();
    for photo in &photos {
        kept.push(Some(named(photo, &mut test).1));
    }
    let mut ids: Vec<PhotoId> = photos.iter().map(|photo| store(photo, &mut test)).collect();
    for &(which, what, turn) in steps {
        let photo = &photos[which];
        match what {
            0 => test.library.mark_vanished(&[ids[which]]).unwrap(),
            1 => test.library.mark_present(&[ids[which]]).unwrap(),
            2 => ids[which] = store(&turned(photo, turn), &mut test),
            3 => {
                ids[which] = store(
                    &people(&test, &photo.path, &[40 + u32::from(turn)]),
                    &mut test,
                )
            }
            4 => ids[which] = store(photo, &mut test),
            5 => {
                let forgotten = test
                    .library
                    .forget(&Path::new("/photos").join(&photo.path))
                    .unwrap();
                prop_assert!(forgotten.photos >= 1);
                kept[which] = None;
                ids[which] = store(photo, &mut test);
            }
            6 => {
                // A part with both faces.
                let size = Size {
                    width: 420,
                    height: 400,
                };
                let part = cropped(photo, 30.0, 20.0, size, 0.5 + 0.2 * f32::from(turn));
                prop_assert_eq!(part.faces.len(), 2);
                ids[which] = store(&turned(&part, turn), &mut test);
            }
            7 => {
                // A copy elsewhere.
                let mut copy = photo.clone();
                copy.path = format!("copies of {turn}/{}", photo.path);
                store(&copy, &mut test);
            }
            8 => {
                let latest = history(&test.library).unwrap();
                if latest
                    .iter()
                    .find(|entry| !entry.undone)
                    .is_some_and(|entry| entry.message.starts_with("Scan:"))
                {
                    undo(&mut test.library).unwrap();
                }
            }
            _ => drop(redo(&mut test.library).unwrap()),
        }
        test.assert_sound();
        for named in kept.iter().flatten() {
            assert_kept(&test, named);
        }
    }
    for (photo, named) in photos.iter().zip(&kept) {
        let photo_id = store(photo, &mut test);
        for (face_id, _) in named.iter().flatten() {
            let face = test.library.face(*face_id).unwrap().unwrap();
            prop_assert_eq!(face.presence, Presence::Present, "{:?}", face);
        }
        let at_path = test.library.photos().unwrap();
        let present = at_path
            .iter()
            .filter(|known| known.path == photo.path && !known.vanished);
        prop_assert_eq!(
            present.map(|known| known.photo_id).collect::<Vec<_>>(),
            [photo_id]
        );
    }
    Ok(())
}

/// Saved again, overwritten with another picture, and deleted: nothing in the library knows the first bytes any more.
#[test]
fn a_photo_stored_again_after_another_picture_was_there_and_went_brings_its_people_back() {
    after_any(&[(1, 2, 1), (1, 3, 1), (1, 0, 1)]).unwrap();
    // Deleted, and another picture took its path before it was back in another version.
    after_any(&[(1, 2, 6), (1, 0, 1), (1, 3, 1)]).unwrap();
    after_any(&[(1, 0, 1), (1, 3, 1), (1, 6, 3)]).unwrap();
}

/// The same bytes, searched again: what is drawn around a false detection has no likeness to rely on.
#[test]
fn a_mark_stays_when_its_face_is_found_again_and_looks_different() {
    let mut test = TestLibrary::new();
    let photo = people(&test, "a.jpg", &[1, 2]);
    let photo_id = store(&photo, &mut test);
    let faces = test.library.faces_of_photo(photo_id).unwrap();
    let faces = vec![faces[0].face_id];
    execute(
        &mut test.library,
        Command::NotAFace {
            faces: faces.clone(),
        },
    )
    .unwrap();
    let mut again = photo.clone();
    again.faces[0].embedding = Some(embedding_of(77));
    again.faces[0].box_in_photo.x += 12.0;
    again.faces[0].score = 0.99;
    store(&again, &mut test);
    assert_eq!(test.state(faces[0]).1, FaceState::NotAFace);
    assert_eq!(presence(&test, faces[0]), Presence::Present);
    assert_eq!(test.library.faces_of_photo(photo_id).unwrap().len(), 2);
}

#[test]
fn another_picture_takes_no_name_and_undo_and_the_picture_bring_the_face_back() {
    let mut test = TestLibrary::new();
    let photo = photo_of(test.root_id, "a.jpg", &[1]);
    let (photo_id, named) = named(&photo, &mut test);
    let (face_id, group) = named[0];
    assert_eq!(
        store(&photo_of(test.root_id, "a.jpg", &[9]), &mut test),
        photo_id
    );
    let shown = test.library.faces_of_photo(photo_id).unwrap();
    assert_eq!((shown.len(), shown[0].state), (1, FaceState::Ungrouped));
    assert_eq!(presence(&test, face_id), Presence::NotFound);
    let person = test.library.group(group).unwrap().unwrap();
    assert_eq!((person.faces, person.photos, person.away), (0, 0, 1));
    assert_eq!(person.cover, Some(face_id), "still shown with a face");
    let missing = test.library.missing_faces().unwrap();
    assert_eq!(missing.len(), 1);
    assert_eq!(
        missing,
        test.library.missing_faces_of_photo(photo_id).unwrap()
    );
    // The journal has it, and undo takes it back.
    let entries = history(&test.library).unwrap();
    assert_eq!(
        entries[0].message,
        "Scan: 1 face is not found in changed photos any more"
    );
    undo(&mut test.library).unwrap();
    assert_eq!(presence(&test, face_id), Presence::Present);
    // It counts, but the picture does not show where.
    assert!(!test.library.face(face_id).unwrap().unwrap().has_place);
    assert_eq!(test.library.group(group).unwrap().unwrap().faces, 1);
    redo(&mut test.library).unwrap();
    assert_eq!(presence(&test, face_id), Presence::NotFound);
    // The picture itself is put back, at another path.
    let mut elsewhere = photo.clone();
    elsewhere.path = "backup/a.jpg".to_owned();
    let elsewhere_id = store(&elsewhere, &mut test);
    let face = test.library.face(face_id).unwrap().unwrap();
    assert_eq!(
        (face.photo_id, face.presence),
        (elsewhere_id, Presence::Present)
    );
    assert!(face.has_place);
    assert_eq!(test.library.faces_of_photo(elsewhere_id).unwrap().len(), 1);
    assert_kept(&test, &named);
    // Undo of the old entry finds nothing to do.
    undo(&mut test.library).unwrap();
    assert_eq!(presence(&test, face_id), Presence::Present);
    test.assert_sound();
}

#[test]
fn marks_rejections_and_covers_are_kept_as_well() {
    let mut test = TestLibrary::new();
    let (_, faces) = test.add_photo("a.jpg", &[1, 2, 3]);
    let (group, _) = test.add_group(5, 2);
    let mut edit = test.library.edit().unwrap();
    edit.set_mark(faces[0], Some(kinfolk::library::Mark::Ignored))
        .unwrap();
    edit.set_rejected(faces[1], group, true).unwrap();
    let mut row = edit.group(group).unwrap().unwrap();
    row.cover = Some(faces[2]);
    edit.set_group(group, Some(row)).unwrap();
    edit.commit(&"a test's", "Decided").unwrap();
    store(&photo_of(test.root_id, "a.jpg", &[9]), &mut test);
    assert!(
        faces
            .iter()
            .all(|face| presence(&test, *face) == Presence::NotFound)
    );
    assert_eq!(
        test.library.counts().unwrap().ignored,
        0,
        "who is not there does not count"
    );
    store(&photo_of(test.root_id, "a.jpg", &[1, 2, 3]), &mut test);
    assert!(
        faces
            .iter()
            .all(|face| presence(&test, *face) == Presence::Present)
    );
    assert_eq!(test.state(faces[0]).1, FaceState::Ignored);
    assert_eq!(test.library.rejections().unwrap(), [(faces[1], group)]);
    let edit = test.library.edit().unwrap();
    assert_eq!(edit.group(group).unwrap().unwrap().cover, Some(faces[2]));
}

#[test]
fn a_face_that_was_not_found_is_placed_by_hand() {
    let mut test = TestLibrary::new();
    let (photo_id, named) = named(&photo_of(test.root_id, "a.jpg", &[1]), &mut test);
    let (missing, group) = named[0];
    store(&photo_of(test.root_id, "a.jpg", &[9]), &mut test);
    let face = test.library.faces_of_photo(photo_id).unwrap()[0].face_id;
    let place = |missing, face| Command::Place { missing, face };
    let error = execute(&mut test.library, place(face, missing)).unwrap_err();
    assert!(
        matches!(error, CurateError::NotMissing(it) if it == face),
        "{error}"
    );
    let outcome = execute(&mut test.library, place(missing, face)).unwrap();
    assert!(outcome.message.contains("Person"), "{}", outcome.message);
    assert_eq!(test.state(face), (Some(group), FaceState::Confirmed));
    assert_eq!(test.library.missing_faces().unwrap(), []);
    test.assert_sound();
    undo(&mut test.library).unwrap();
    assert_kept(&test, &named);
    assert_eq!(test.state(face).0, None);
    assert_eq!(test.library.missing_faces().unwrap().len(), 1);
}

#[test]
fn a_face_that_is_somebody_else_for_sure_is_not_taken() {
    let mut test = TestLibrary::new();
    let (photo_id, gone) = named(&photo_of(test.root_id, "a.jpg", &[1]), &mut test);
    let (missing, group) = gone[0];
    store(&photo_of(test.root_id, "a.jpg", &[9]), &mut test);
    let face = test.library.faces_of_photo(photo_id).unwrap()[0].face_id;
    let name = |faces, name: &str| Command::NameFaces {
        faces,
        name: name.to_owned(),
    };
    execute(&mut test.library, name(vec![face], "Bea")).unwrap();
    let other = test.state(face);
    let place = || Command::Place { missing, face };
    let error = execute(&mut test.library, place()).unwrap_err();
    assert!(
        matches!(&error, CurateError::ConfirmedAsOther { name, .. } if name == "Bea"),
        "{error}"
    );
    assert_eq!(test.state(face), other);
    assert_kept(&test, &gone);
    // Said to be the same person first, it is.
    let to = MoveTarget::Group(group);
    let faces = vec![face];
    execute(&mut test.library, Command::Move { faces, to }).unwrap();
    execute(&mut test.library, place()).unwrap();
    assert_eq!(test.state(face), (Some(group), FaceState::Confirmed));
    assert_eq!(test.library.missing_faces().unwrap(), []);
    test.assert_sound();
}

/// The picture that is there now may show the same person, so the missing face must not keep the two apart.
#[test]
fn a_missing_face_shares_no_photo_with_the_faces_there() {
    let mut test = TestLibrary::new();
    let (photo_id, named) = named(&photo_of(test.root_id, "a.jpg", &[1]), &mut test);
    store(&photo_of(test.root_id, "a.jpg", &[9]), &mut test);
    let mut photos = Vec::new();
    test.library
        .each_face(|face, photo| photos.push((face, photo)))
        .unwrap();
    let of = |face: FaceId| photos.iter().find(|(other, _)| *other == face).unwrap().1;
    let missing = named[0].0;
    assert_ne!(of(missing), photo_id);
    assert_eq!(
        of(test.library.faces_of_photo(photo_id).unwrap()[0].face_id),
        photo_id
    );
    assert_eq!(
        test.library
            .place_of_face(missing)
            .unwrap()
            .unwrap()
            .photo_id,
        of(missing)
    );
    let to_group = test.library.faces_to_group().unwrap();
    assert!(
        to_group
            .iter()
            .any(|face| face.face_id == missing && face.photo_id == of(missing))
    );
}

fn ignored(test: &mut TestLibrary, path: &str, person: u32) -> FaceId {
    let (_, faces) = test.add_photo(path, &[person]);
    execute(
        &mut test.library,
        Command::Ignore {
            faces: faces.clone(),
        },
    )
    .unwrap();
    faces[0]
}

#[test]
fn copies_of_ignored_faces_are_ignored() {
    let mut test = TestLibrary::new();
    ignored(&mut test, "a.jpg", 1);
    let bytes = photo_of(test.root_id, "a.jpg", &[1]).content_hash;
    // The same bytes, though the faces could not be compared.
    let mut copy = photo_of(test.root_id, "copy.jpg", &[1]);
    copy.content_hash = bytes;
    copy.faces[0].embedding = None;
    let copy = store(&copy, &mut test);
    // Saved again: another file, almost the same embedding.
    let (_, again) = test.add_photo("again.jpg", &[1]);
    let (_, other) = test.add_photo("other.jpg", &[2]);
    let copy = test.library.faces_of_photo(copy).unwrap()[0].face_id;
    assert_eq!(test.state(copy).1, FaceState::Ignored);
    assert_eq!(test.state(again[0]).1, FaceState::Ignored);
    assert_eq!(test.state(other[0]).1, FaceState::Ungrouped);
    let entries = history(&test.library).unwrap();
    assert_eq!(
        entries[0].message,
        "Scan: 1 new face is a copy of ignored ones and ignored, too"
    );
    undo(&mut test.library).unwrap();
    assert_eq!(test.state(again[0]).1, FaceState::Ungrouped);
    assert_eq!(test.state(copy).1, FaceState::Ignored);
    test.assert_sound();
}

#[test]
fn copies_of_what_is_not_a_face_are_none_either() {
    let mut test = TestLibrary::new();
    let (_, faces) = test.add_photo("a.jpg", &[1]);
    execute(&mut test.library, Command::NotAFace { faces }).unwrap();
    ignored(&mut test, "b.jpg", 2);
    let (_, again) = test.add_photo("again.jpg", &[1, 2, 3]);
    let states: Vec<_> = again.iter().map(|face| test.state(*face).1).collect();
    assert_eq!(
        states,
        [
            FaceState::NotAFace,
            FaceState::Ignored,
            FaceState::Ungrouped
        ]
    );
    let entries = history(&test.library).unwrap();
    assert_eq!(
        entries[0].message,
        "Scan: 1 new face is a copy of ignored ones and ignored, too; 1 new face is a copy of what is not a face, and \
         marked so, too"
    );
    undo(&mut test.library).unwrap();
    assert_eq!(test.state(again[0]).1, FaceState::Ungrouped);
    test.assert_sound();
}

#[test]
fn a_folder_is_forgotten_with_all_that_came_from_it() {
    let mut test = TestLibrary::new();
    let keep = photo_of(test.root_id, "keep/a.jpg", &[1]);
    let (_, kept) = named(&keep, &mut test);
    let (_, gone) = named(&photo_of(test.root_id, "keep away/b.jpg", &[2]), &mut test);
    let (away_id, _) = test.add_photo("keep away/c.jpg", &[3]);
    test.library.mark_vanished(&[away_id]).unwrap();
    let folder = Path::new("/photos/keep away");
    let preview = test.library.forgetting(folder).unwrap();
    assert_eq!(
        (preview.photos, preview.faces, preview.confirmed),
        (2, 2, 1)
    );
    let name = test.name(gone[0].1).unwrap();
    assert_eq!(preview.people_without_photos, [name]);
    assert_eq!(test.library.forget(folder).unwrap(), preview);
    test.assert_sound();
    assert_kept(&test, &kept);
    assert_eq!(test.library.face(gone[0].0).unwrap(), None);
    assert_eq!(test.library.photos().unwrap().len(), 1);
    assert_eq!(
        test.library.roots().unwrap().len(),
        1,
        "the rest of the root stays"
    );
    // Undo of what was said about them leaves them out.
    while undo(&mut test.library).unwrap().is_some() {}
    while redo(&mut test.library).unwrap().is_some() {}
    test.assert_sound();
    test.library.forget(Path::new("/photos")).unwrap();
    assert_eq!(test.library.roots().unwrap(), []);
    assert_eq!(test.library.counts().unwrap().faces, 0);
    test.assert_sound();
}

/// Faces of a photo in which nobody was found, as the scan stores it.
#[test]
fn a_photo_in_which_nobody_is_found_any_more_keeps_its_decisions() {
    let mut test = TestLibrary::new();
    let (photo_id, named) = named(&photo_of(test.root_id, "a.jpg", &[1, 2]), &mut test);
    store(&photo_of(test.root_id, "a.jpg", &[]), &mut test);
    assert_kept(&test, &named);
    assert_eq!(test.library.faces_of_photo(photo_id).unwrap(), []);
    let face = ScannedFace {
        landmarks: Landmarks([Point { x: 1.0, y: 1.0 }; 5]),
        embedding: Some(embedding_of(2)),
        ..face_of(2, 3)
    };
    let mut later = photo_of(test.root_id, "a.jpg", &[]);
    later.faces = vec![face];
    later.content_hash = ContentHash([5; 32]);
    store(&later, &mut test);
    let shown = test.library.faces_of_photo(photo_id).unwrap();
    assert_eq!(
        (shown.len(), shown[0].face_id),
        (1, named[1].0),
        "known by likeness"
    );
    assert_kept(&test, &named);
}
