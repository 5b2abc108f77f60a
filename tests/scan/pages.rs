//! Files of several pages: every page that holds a photo is a photo of its own, and what is decided about it stays with it.

use std::io::Cursor;
use std::ops::ControlFlow;

use image::RgbImage;
use kinfolk::export::{self, AlbumOptions};
use kinfolk::library::{FaceRow, FaceState, GroupId};
use kinfolk::scan::relocate;
use kinfolk::stop::StopFlag;
use rusqlite::Connection;
use tiff::encoder::TiffEncoder;
use tiff::encoder::colortype::RGB8;

use super::world::{World, portrait};
use crate::support::pictures;

const PAGES: [&str; 3] = ["scan.tif", "scan.tif, page 2", "scan.tif, page 3"];
const NAMES: [&str; 3] = ["Eileen", "Barack", "Grace"];

/// Three people; the first picture is the largest.
fn people() -> [RgbImage; 3] {
    [
        portrait("astronaut.png", 440),
        portrait("obama.jpg", 400),
        portrait("hopper.jpg", 360),
    ]
}

fn tiff(pages: &[&RgbImage]) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).expect("encoder");
    for page in pages {
        let (width, height) = page.dimensions();
        encoder
            .write_image::<RGB8>(width, height, page.as_raw())
            .expect("page");
    }
    file.into_inner()
}

/// The paths of the photos that count.
fn paths(world: &World) -> Vec<String> {
    let photos = world.library.photos().expect("photos").into_iter();
    let mut paths: Vec<String> = photos
        .filter(|photo| !photo.vanished)
        .map(|photo| photo.path)
        .collect();
    paths.sort();
    paths
}

/// A scanned file of three pages, each of whose people is named.
fn named() -> (World, [FaceRow; 3], [GroupId; 3]) {
    let mut world = World::new();
    let [one, two, three] = &people();
    world.write("scan.tif", &tiff(&[one, two, three]));
    world.scan();
    let groups = [0, 1, 2].map(|page| world.name(PAGES[page], NAMES[page]));
    let faces = PAGES.map(|path| world.face(path));
    (world, faces, groups)
}

fn assert_is(world: &World, path: &str, face: &FaceRow) {
    let now = world.face(path);
    assert_eq!(
        (now.face_id, now.group, now.state),
        (face.face_id, face.group, FaceState::Confirmed),
        "{path}"
    );
}

#[test]
fn each_page_is_a_photo_with_its_people() {
    let mut world = World::new();
    let people = people();
    let [one, two, three] = &people;
    world.write("scan.tif", &tiff(&[one, two, three]));
    for (number, picture) in people.iter().enumerate() {
        let png = pictures::encoded(&picture.clone().into(), image::ImageFormat::Png);
        world.write(&format!("single{number}.png"), &png);
    }
    let summary = world.scan();
    assert_eq!((summary.photos_found, summary.photos_scanned), (6, 6));
    assert_eq!(world.problems(), []);
    for (number, path) in PAGES.iter().enumerate() {
        let single = format!("single{number}.png");
        assert_eq!(world.photo(path).size, world.photo(&single).size);
        let (page, alone) = (world.face(path), world.face(&single));
        assert_eq!(page.box_in_photo, alone.box_in_photo, "{path}");
    }
    let again = world.scan();
    assert_eq!((again.photos_found, again.photos_scanned), (6, 0));
}

#[test]
fn a_page_that_is_taken_out_takes_no_decision_with_it() {
    let (mut world, faces, _) = named();
    let [one, two, three] = &people();
    world.write("scan.tif", &tiff(&[one, three]));
    world.touch("scan.tif");
    world.scan();
    assert_eq!(paths(&world), PAGES[..2]);
    assert_is(&world, PAGES[0], &faces[0]);
    // What was the third page is the second.
    assert_is(&world, PAGES[1], &faces[2]);
    let all = world.library.all_faces().expect("faces");
    let lost = all.iter().find(|face| face.face_id == faces[1].face_id);
    assert_eq!(lost.and_then(|face| face.group), faces[1].group, "is away");

    world.write("scan.tif", &tiff(&[one, two, three]));
    world.scan();
    for (path, face) in PAGES.iter().zip(&faces) {
        assert_is(&world, path, face);
    }
}

#[test]
fn pages_of_a_renamed_file_are_known() {
    let (mut world, faces, _) = named();
    world.rename("scan.tif", "2019/album.tif");
    let summary = world.scan();
    assert_eq!((summary.moved, summary.photos_scanned), (3, 0));
    for (page, face) in faces.iter().enumerate() {
        let path = PAGES[page].replace("scan", "2019/album");
        assert_is(&world, &path, face);
    }
    let (old, new) = (world.photos(), world.place.path().join("moved"));
    std::fs::rename(&old, &new).expect("rename");
    relocate(&mut world.library, &old, &new, &StopFlag::default()).expect("relocate");
    let present = world.library.photos().expect("photos").into_iter();
    assert_eq!(present.filter(|photo| !photo.vanished).count(), 3);
}

#[test]
fn a_library_that_knows_the_largest_page_only_gets_the_others() {
    let (mut world, faces, _) = named();
    let old = Connection::open(world.place.path().join("library.sqlite")).expect("library");
    old.execute_batch(
        "PRAGMA foreign_keys = ON; DELETE FROM photo WHERE path LIKE 'scan.tif, page %'",
    )
    .expect("as before");
    drop(old);
    let summary = world.scan();
    assert_eq!(summary.photos_scanned, 2);
    assert_eq!(paths(&world), PAGES);
    assert_is(&world, PAGES[0], &faces[0]);
}

#[test]
fn a_file_that_is_written_in_parts_keeps_its_people() {
    let (mut world, faces, _) = named();
    let whole = std::fs::read(world.path("scan.tif")).expect("read");
    for length in [8, whole.len() / 2, whole.len() - 30] {
        world.write("scan.tif", &whole[..length]);
        world.scan();
        world.write("scan.tif", &whole);
        world.scan();
        assert_eq!(paths(&world), PAGES, "{length}");
        for (path, face) in PAGES.iter().zip(&faces) {
            assert_is(&world, path, face);
        }
    }
}

#[test]
fn an_album_holds_the_file_once() {
    let (world, _, groups) = named();
    let albums = world.place.path().join("albums");
    let options = AlbumOptions::default();
    let export = |people: &[GroupId]| {
        let go_on = &mut |_: &_| ControlFlow::Continue(());
        export::albums(&world.library, people, &albums, &options, go_on).expect("export")
    };
    let summary = export(&groups);
    assert_eq!(summary.written(), 3);
    let original = std::fs::read(world.path("scan.tif")).expect("read");
    for name in NAMES {
        let files: Vec<_> = std::fs::read_dir(albums.join(name))
            .expect("album")
            .map(|entry| entry.expect("entry").path())
            .collect();
        assert_eq!(files.len(), 1, "{files:?}");
        assert!(files[0].ends_with("scan.tif"), "{files:?}");
        assert_eq!(std::fs::read(&files[0]).expect("copy"), original);
    }
    assert_eq!(export(&groups).written(), 0);
}
