//! Embeddings that were made in another way than today's: a scan replaces them, and the decisions of people stay.

use image::{RgbImage, imageops};
use kinfolk::curate::Command;
use kinfolk::library::FaceState;
use rusqlite::Connection;

use super::world::{World, astronaut, landscape, obama, portrait};
use crate::support::variants;

/// Marks the embeddings of the library as those of another model, and sets them to zeros, which are similar to nothing.
fn make_outdated(world: &World) {
    let library = Connection::open(world.place.path().join("library.sqlite")).expect("open");
    let changed = library
        .execute(
            "UPDATE OR REPLACE embedding SET model = 'another', vector = zeroblob(512)",
            [],
        )
        .expect("update");
    assert!(changed > 0);
}

#[test]
fn faces_are_embedded_again_and_keep_ids_people_and_confirmations() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.write("b.jpg", &astronaut());
    world.scan();
    let group = world.name("a.jpg", "Barack Obama");
    let (a, b) = (world.face("a.jpg"), world.face("b.jpg"));
    let embeddings = world.library.embeddings().expect("read");
    make_outdated(&world);
    assert_eq!(world.library.embeddings().expect("read"), []);

    let summary = world.scan();
    assert_eq!((summary.photos_scanned, summary.unchanged), (2, 0));
    assert_eq!(world.library.embeddings().expect("read"), embeddings);
    assert_eq!((world.face("a.jpg"), world.face("b.jpg")), (a.clone(), b));
    assert_eq!((a.group, a.state), (Some(group), FaceState::Confirmed));

    let again = world.scan();
    assert_eq!((again.photos_scanned, again.unchanged), (0, 2));
}

#[test]
fn a_copy_of_a_photo_with_outdated_embeddings_gets_todays() {
    let mut world = World::new();
    world.write("folder/a.jpg", &obama());
    world.scan();
    make_outdated(&world);
    world.write("other/b.jpg", &obama());
    let other = world.path("other");
    let summary = world.scan_folders(&[other]);
    assert_eq!((summary.photos_scanned, summary.copied), (1, 0));
    let face = world.face("other/b.jpg").face_id;
    assert!(world.library.centred(face).expect("read").is_some());
}

#[test]
fn a_confirmed_face_that_is_not_found_again_asks_for_no_further_scan() {
    let mut world = World::new();
    let mut both = RgbImage::new(800, 600);
    imageops::replace(&mut both, &portrait("obama.jpg", 400), 0, 0);
    imageops::replace(&mut both, &portrait("astronaut.png", 400), 400, 0);
    world.write("both.jpg", &variants::jpeg(&both));
    world.scan();
    let faces = world.faces("both.jpg");
    assert_eq!(faces.len(), 2);
    let command = Command::NameFaces {
        faces: vec![faces[0].face_id],
        name: "Barack Obama".into(),
    };
    kinfolk::curate::execute(&mut world.library, command).expect("name");
    // The detector finds nothing at its place now, and its embedding can't be compared.
    let library = Connection::open(world.place.path().join("library.sqlite")).expect("open");
    let sql = "UPDATE face SET x = 1, y = 1, width = 9, height = 9 WHERE face_id = ?1";
    library.execute(sql, [faces[0].face_id.0]).expect("update");
    make_outdated(&world);
    assert_eq!(world.scan().photos_scanned, 1);
    let kept = world.library.face(faces[0].face_id).expect("read");
    assert_eq!(kept.expect("kept").state, FaceState::Confirmed);
    assert_eq!(world.scan().photos_scanned, 0);
}

/// A library that another model has embedded while one of its photos was away; the photo's face is confirmed.
fn away_meanwhile(path: &str) -> World {
    let mut world = World::new();
    world.write(path, &obama());
    world.write("b.jpg", &astronaut());
    world.scan();
    world.name(path, "Barack Obama");
    world.rename(path, "../away.jpg");
    assert_eq!(world.scan().vanished, 1);
    make_outdated(&world);
    assert_eq!(world.scan().photos_scanned, 1, "b.jpg");
    world
}

/// What a scan made of the photo that is back.
fn assert_embedded_at_return(world: &mut World, path: &str) {
    let before = world.library.embeddings().expect("read").len();
    let summary = world.scan();
    assert_eq!(summary.photos_scanned, 1, "{path}: {summary:?}");
    let face = world.face(path);
    assert_eq!(face.state, FaceState::Confirmed);
    let embedding = world.library.centred(face.face_id).expect("read");
    assert!(embedding.is_some(), "{path}");
    assert_eq!(world.library.embeddings().expect("read").len(), before + 1);
    assert_eq!(world.scan().photos_scanned, 0);
}

#[test]
fn a_photo_that_returns_is_embedded_by_the_model_that_the_library_has_now() {
    let mut world = away_meanwhile("a.jpg");
    world.rename("../away.jpg", "a.jpg");
    assert_embedded_at_return(&mut world, "a.jpg");

    let mut world = away_meanwhile("a.jpg");
    world.rename("../away.jpg", "a.jpg");
    world.touch("a.jpg");
    assert_embedded_at_return(&mut world, "a.jpg");

    let mut world = away_meanwhile("a.jpg");
    world.rename("../away.jpg", "elsewhere/c.jpg");
    assert_embedded_at_return(&mut world, "elsewhere/c.jpg");

    // Meanwhile another photo had its path.
    let mut world = away_meanwhile("a.jpg");
    world.write("a.jpg", &landscape(1));
    world.scan();
    world.rename("../away.jpg", "a.jpg");
    assert_embedded_at_return(&mut world, "a.jpg");
}

#[test]
fn photos_with_outdated_embeddings_are_embedded_where_they_are_found() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.scan();
    make_outdated(&world);
    world.touch("a.jpg");
    assert_eq!(world.scan().photos_scanned, 1, "another time");
    make_outdated(&world);
    world.rename("a.jpg", "b.jpg");
    let summary = world.scan();
    assert_eq!((summary.moved, summary.photos_scanned), (1, 1), "moved");
    let face = world.face("b.jpg").face_id;
    assert!(world.library.centred(face).expect("read").is_some());
}
