//! Files that are one photo to a person count once, also where the second comes after the first was scanned.

use image::RgbImage;
use image::imageops;
use kinfolk::curate::{self, Command};
use kinfolk::library::{FaceRow, FaceState, GroupId};

use super::world::{World, astronaut, obama, portrait};
use crate::support::pictures::raw_file;
use crate::support::variants;

/// Anna's face, and Barack's to the right of it.
fn two_people() -> RgbImage {
    let [left, right] = ["astronaut.png", "obama.jpg"].map(|name| portrait(name, 400));
    let (width, height) = (
        left.width() + right.width(),
        left.height().max(right.height()),
    );
    let mut both = RgbImage::new(width, height);
    imageops::replace(&mut both, &left, 0, 0);
    imageops::replace(&mut both, &right, i64::from(left.width()), 0);
    both
}

/// The paths of the photos that count.
fn counted(world: &World) -> Vec<String> {
    let photos = world.library.photos().expect("photos").into_iter();
    let mut paths: Vec<String> = photos
        .filter(|photo| !photo.vanished)
        .map(|photo| photo.path)
        .collect();
    paths.sort();
    paths
}

fn is_confirmed_in(face: &FaceRow, group: GroupId) -> bool {
    face.group == Some(group) && face.state == FaceState::Confirmed
}

#[test]
fn an_original_counts_with_its_edited_copy_that_comes_later() {
    let mut world = World::new();
    world.write("IMG_1234.jpg", &obama());
    world.scan();
    let group = world.name("IMG_1234.jpg", "Barack Obama");
    let edited = variants::darker(&portrait("obama.jpg", 400), 0.7);
    world.write("IMG_E1234.jpg", &variants::jpeg(&edited));
    let summary = world.scan();
    assert_eq!((summary.now_left_out, summary.photos_found), (1, 1));
    assert_eq!(counted(&world), ["IMG_E1234.jpg"]);
    assert!(is_confirmed_in(&world.face("IMG_E1234.jpg"), group));
    let entry = world.library.journal().expect("journal").remove(0).message;
    assert_eq!(
        entry,
        "Scan: what was decided about 1 face goes on with the other file of the photo"
    );

    // Undone, the decision is still there, with the original.
    let face = world.face("IMG_E1234.jpg").face_id;
    curate::undo(&mut world.library).expect("undo");
    assert!(!is_confirmed_in(&world.face("IMG_E1234.jpg"), group));
    curate::redo(&mut world.library).expect("redo");
    assert!(is_confirmed_in(&world.face("IMG_E1234.jpg"), group));
    assert_eq!(world.face("IMG_E1234.jpg").face_id, face);

    let summary = world.scan();
    assert_eq!((summary.now_left_out, summary.photos_found), (0, 1));
    assert_eq!(counted(&world), ["IMG_E1234.jpg"]);
    // Without its edited copy the original counts again, and is who it was.
    world.remove("IMG_E1234.jpg");
    world.scan();
    assert_eq!(counted(&world), ["IMG_1234.jpg"]);
    assert!(is_confirmed_in(&world.face("IMG_1234.jpg"), group));
}

#[test]
fn a_raw_file_counts_with_its_jpeg_that_comes_later() {
    let mut world = World::new();
    world.write("DSC_1.NEF", &raw_file(1, &[&obama()]));
    world.scan();
    let face = world.face("DSC_1.NEF").face_id;
    let ignore = Command::Ignore { faces: vec![face] };
    curate::execute(&mut world.library, ignore).expect("ignore");
    world.write("dsc_1.jpg", &obama());
    assert_eq!(world.scan().now_left_out, 1);
    assert_eq!(counted(&world), ["dsc_1.jpg"]);
    assert_eq!(world.face("dsc_1.jpg").state, FaceState::Ignored);
}

#[test]
fn what_was_decided_in_the_kept_file_stays() {
    let mut world = World::new();
    world.write("IMG_1234.jpg", &obama());
    world.write(
        "copies/IMG_E1234.jpg",
        &variants::jpeg(&portrait("obama.jpg", 380)),
    );
    world.scan();
    let first = world.name("IMG_1234.jpg", "Barack");
    let second = world.name("copies/IMG_E1234.jpg", "President");
    world.rename("copies/IMG_E1234.jpg", "IMG_E1234.jpg");
    assert_eq!(world.scan().now_left_out, 1);
    assert_eq!(counted(&world), ["IMG_E1234.jpg"]);
    assert!(is_confirmed_in(&world.face("IMG_E1234.jpg"), second));
    world.remove("IMG_E1234.jpg");
    world.scan();
    assert!(is_confirmed_in(&world.face("IMG_1234.jpg"), first));
}

#[test]
fn who_was_cut_out_of_the_edited_copy_is_not_found_there() {
    let mut world = World::new();
    let both = two_people();
    world.write("IMG_1234.jpg", &variants::jpeg(&both));
    world.scan();
    let mut faces = world.faces("IMG_1234.jpg");
    faces.sort_by(|a, b| a.box_in_photo.x.total_cmp(&b.box_in_photo.x));
    let [anna, barack] = [("Anna", &faces[0]), ("Barack", &faces[1])].map(|(name, face)| {
        let command = Command::NameFaces {
            faces: vec![face.face_id],
            name: name.to_owned(),
        };
        curate::execute(&mut world.library, command).expect("named");
        world
            .library
            .face(face.face_id)
            .expect("read")
            .expect("face")
            .group
            .expect("group")
    });
    let left = imageops::crop_imm(&both, 0, 0, both.width() * 9 / 20, both.height()).to_image();
    world.write("IMG_E1234.jpg", &variants::jpeg(&left));
    let summary = world.scan();
    assert_eq!(counted(&world), ["IMG_E1234.jpg"]);
    assert!(is_confirmed_in(&world.face("IMG_E1234.jpg"), anna));
    let missing = world.library.missing_faces().expect("missing");
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert!(is_confirmed_in(&missing[0], barack));
    assert_eq!(summary.not_found.len(), 1, "{:?}", summary.not_found);
    // Nothing is found twice, and nothing is lost, however often it is scanned.
    let summary = world.scan();
    assert_eq!((summary.now_left_out, summary.not_found.len()), (0, 0));
    assert_eq!(world.library.missing_faces().expect("missing").len(), 1);
}

#[test]
fn a_kept_file_that_cannot_be_read_takes_nothing_over() {
    let mut world = World::new();
    world.write("IMG_1234.jpg", &astronaut());
    world.scan();
    let group = world.name("IMG_1234.jpg", "Eileen Collins");
    world.write("IMG_E1234.jpg", b"no photo at all");
    assert_eq!(world.scan().now_left_out, 0);
    assert_eq!(counted(&world), ["IMG_1234.jpg"]);
    assert!(is_confirmed_in(&world.face("IMG_1234.jpg"), group));
}
