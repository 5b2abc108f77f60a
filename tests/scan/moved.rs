//! Folders that are renamed, moved to another drive, copied or away; photos that are turned, cropped and saved again.

use std::fs;
use std::path::{Path, PathBuf};

use kinfolk::curate::{Command, execute, history};
use kinfolk::library::FaceState;
use kinfolk::scan::{RelocateError, gone_folders, look_for_relocated, relocate};
use kinfolk::stop::StopFlag;

use super::world::{World, astronaut, landscape, obama, portrait};
use crate::support::variants;

/// Roots of the library, below the world's place.
fn roots(world: &World) -> Vec<PathBuf> {
    let place = fs::canonicalize(world.place.path()).expect("place");
    let roots = world.library.roots().expect("roots").into_iter();
    roots
        .map(|root| root.path.strip_prefix(&place).expect("below").to_owned())
        .collect()
}

/// Three photos in two folders, one of them named.
fn family() -> World {
    let mut world = World::new();
    world.write("2019/june/a.jpg", &obama());
    world.write("2019/june/b.png", &landscape(1));
    world.write("2020/c.png", &landscape(2));
    world.scan();
    world.name("2019/june/a.jpg", "Barack Obama");
    world
}

fn moved_to(world: &World, to: &str) -> PathBuf {
    let to = world.place.path().join(to);
    fs::create_dir_all(to.parent().expect("parent")).expect("folder");
    fs::rename(world.photos(), &to).expect("rename");
    to
}

#[test]
fn a_renamed_root_is_known_at_any_level() {
    // The root itself, a folder around it, one that was not scanned before, and a folder that is scanned for the first time.
    for (to, scanned, path) in [
        ("pictures", "pictures", "2019/june/a.jpg"),
        (
            "other drive/photos",
            "other drive/photos",
            "2019/june/a.jpg",
        ),
        (
            "other drive/photos",
            "other drive",
            "photos/2019/june/a.jpg",
        ),
        ("photos/photos", "photos", "photos/2019/june/a.jpg"),
    ] {
        let mut world = family();
        let face = world.face("2019/june/a.jpg");
        let aside = world.place.path().join("aside");
        fs::rename(world.photos(), &aside).expect("rename");
        fs::create_dir_all(world.place.path().join(to).parent().expect("parent")).expect("folder");
        fs::rename(aside, world.place.path().join(to)).expect("rename");
        let summary = world.scan_folders(&[world.place.path().join(scanned)]);
        assert_eq!(
            (summary.moved, summary.copied, summary.photos_scanned),
            (3, 0, 0),
            "{to}"
        );
        assert_eq!(roots(&world), [Path::new(scanned)], "{to}: {summary:?}");
        assert_eq!(
            world.library.photos().expect("photos").len(),
            3,
            "nothing twice"
        );
        let now = world.face(path);
        assert_eq!(
            (now.face_id, now.group, now.state),
            (face.face_id, face.group, FaceState::Confirmed)
        );
        assert_eq!(world.library.counts().expect("counts").vanished, 0);
    }
}

#[test]
fn what_is_not_there_after_a_move_is_away_and_comes_back() {
    let mut world = family();
    world.remove("2020/c.png");
    let to = moved_to(&world, "pictures");
    let summary = world.scan_folders(std::slice::from_ref(&to));
    assert_eq!((summary.moved, summary.moved_folders.len()), (2, 1));
    assert_eq!(roots(&world), [Path::new("pictures")]);
    assert_eq!(world.library.counts().expect("counts").vanished, 1);
    crate::support::pictures::write(&to.join("2020/c.png"), &landscape(2));
    let summary = world.scan_folders(&[to]);
    assert_eq!(
        (summary.photos_scanned, summary.unchanged),
        (0, 3),
        "{summary:?}"
    );
    assert_eq!(world.library.counts().expect("counts").vanished, 0);
}

#[test]
fn a_folder_with_a_few_of_the_photos_is_no_move() {
    let mut world = family();
    let away = moved_to(&world, "unplugged");
    let some = world.place.path().join("some");
    crate::support::pictures::write(&some.join("2019/june/b.png"), &landscape(1));
    let summary = world.scan_folders(std::slice::from_ref(&some));
    assert_eq!((summary.moved, summary.copied), (0, 1));
    assert_eq!(summary.moved_folders, []);
    fs::rename(away, world.photos()).expect("plugged in");
    let summary = world.scan();
    assert_eq!((summary.unchanged, summary.vanished), (3, 0));
    assert_eq!(roots(&world), [Path::new("photos"), Path::new("some")]);
}

#[test]
fn a_copied_folder_is_no_move() {
    let mut world = family();
    let copy = world.place.path().join("backup");
    for path in ["2019/june/a.jpg", "2019/june/b.png", "2020/c.png"] {
        let bytes = fs::read(world.path(path)).expect("read");
        crate::support::pictures::write(&copy.join(path), &bytes);
    }
    let summary = world.scan_folders(&[copy]);
    assert_eq!((summary.moved, summary.copied), (0, 3));
    assert_eq!(roots(&world).len(), 2);
    assert_eq!(world.scan().unchanged, 3);
}

#[test]
fn a_folder_is_relocated_by_hand() {
    let mut world = family();
    let (never, old) = (StopFlag::default(), world.photos());
    let to = moved_to(&world, "pictures");
    // Scanned as a place of its own while the old one was believed to be there.
    fs::create_dir_all(&old).expect("folder");
    crate::support::pictures::write(&old.join("stray.txt"), b"stray");
    fs::remove_file(to.join("2020/c.png")).expect("remove");
    let empty = world.place.path().join("empty");
    fs::create_dir(&empty).expect("folder");
    let error = relocate(&mut world.library, &old, &empty, &never).expect_err("nothing there");
    assert!(
        matches!(error, RelocateError::NothingThere { photos: 3, .. }),
        "{error}"
    );
    let error = relocate(&mut world.library, &empty, &to, &never).expect_err("unknown");
    assert!(matches!(error, RelocateError::UnknownFolder(_)), "{error}");
    let before = roots(&world);
    let would = look_for_relocated(&world.library, &old, &to, &never).expect("found");
    assert_eq!(roots(&world), before, "a look changes nothing");
    let done = relocate(&mut world.library, &old, &to, &never).expect("relocated");
    assert_eq!(would, done);
    assert_eq!((done.found, done.not_found.len()), (2, 1));
    assert_eq!(roots(&world), [Path::new("pictures")]);
    assert_eq!(world.face("2019/june/a.jpg").state, FaceState::Confirmed);
    let summary = world.scan_folders(&[to]);
    assert_eq!(
        (summary.unchanged, summary.photos_scanned, summary.vanished),
        (2, 0, 0)
    );
    assert_eq!(world.library.counts().expect("counts").vanished, 1);
}

#[test]
fn a_part_of_a_root_is_relocated_over_the_copies_of_a_scan() {
    let mut world = family();
    let (never, old) = (StopFlag::default(), world.path("2019"));
    let to = world.place.path().join("archive");
    // A copy is scanned, and only then the original is deleted.
    for path in ["june/a.jpg", "june/b.png"] {
        let bytes = fs::read(old.join(path)).expect("read");
        crate::support::pictures::write(&to.join(path), &bytes);
    }
    world.scan_folders(std::slice::from_ref(&to));
    fs::remove_dir_all(&old).expect("remove");
    let done = relocate(&mut world.library, &old, &to, &never).expect("relocated");
    assert_eq!((done.found, done.not_found.len()), (2, 0));
    assert_eq!(roots(&world), [Path::new("archive"), Path::new("photos")]);
    assert_eq!(
        world.library.photos().expect("photos").len(),
        3,
        "the copies are gone"
    );
    assert_eq!(world.face("june/a.jpg").state, FaceState::Confirmed);
    let photos = world.photos();
    let summary = world.scan_folders(&[photos, to]);
    assert_eq!((summary.unchanged, summary.vanished), (3, 0));
}

#[test]
fn a_photo_turned_in_another_program_keeps_its_person() {
    let mut world = World::new();
    let upright = portrait("obama.jpg", 400);
    world.write("a.jpg", &variants::jpeg(&upright));
    world.scan();
    let group = world.name("a.jpg", "Barack Obama");
    let face_id = world.face("a.jpg").face_id;
    let turns: [fn(&image::RgbImage) -> image::RgbImage; 6] = [
        |photo| image::imageops::rotate90(photo),
        |photo| image::imageops::rotate180(photo),
        |photo| image::imageops::rotate270(photo),
        |photo| image::imageops::flip_horizontal(photo),
        |photo| image::imageops::flip_vertical(photo),
        |photo| photo.clone(),
    ];
    let upright_box = world.face("a.jpg").box_in_photo;
    for turn in turns {
        let turned = turn(&upright);
        world.write("a.jpg", &variants::jpeg(&turned));
        world.touch("a.jpg");
        let summary = world.scan();
        assert_eq!(summary.not_found, []);
        let face = world.face("a.jpg");
        assert_eq!(
            (face.face_id, face.group, face.state),
            (face_id, Some(group), FaceState::Confirmed)
        );
    }
    assert!(world.face("a.jpg").box_in_photo.iou(&upright_box) > 0.9);
}

#[test]
fn a_photo_that_comes_back_saved_again_keeps_its_person() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.write("b.png", &landscape(1));
    world.scan();
    let group = world.name("a.jpg", "Barack Obama");
    world.remove("a.jpg");
    world.scan();
    world.write(
        "a.jpg",
        &variants::jpeg(&variants::darker(&portrait("obama.jpg", 400), 0.9)),
    );
    world.scan();
    assert_eq!(world.face("a.jpg").group, Some(group));
    assert_eq!(world.library.photos().expect("photos").len(), 2);
}

#[test]
fn an_ignored_face_is_ignored_in_copies_crops_and_smaller_versions() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.write("b.jpg", &astronaut());
    world.scan();
    let faces = vec![world.face("a.jpg").face_id];
    execute(&mut world.library, Command::Ignore { faces }).expect("ignored");
    let photo = portrait("obama.jpg", 400);
    let (width, height) = photo.dimensions();
    let crop = image::imageops::crop_imm(&photo, 10, 6, width - 30, height - 40).to_image();
    world.write("copy.jpg", &obama());
    world.write(
        "saved again.jpg",
        &variants::jpeg(&variants::darker(&photo, 0.95)),
    );
    world.write("smaller.jpg", &variants::jpeg(&portrait("obama.jpg", 320)));
    world.write("crop.jpg", &variants::jpeg(&crop));
    // The same person on another day is a face of its own.
    world.write(
        "other day.jpg",
        &variants::jpeg(&portrait("obama2.jpg", 400)),
    );
    world.scan();
    for path in ["copy.jpg", "saved again.jpg", "smaller.jpg", "crop.jpg"] {
        assert_eq!(world.face(path).state, FaceState::Ignored, "{path}");
    }
    assert_eq!(world.face("other day.jpg").state, FaceState::Ungrouped);
    assert!(
        history(&world.library).expect("history")[0]
            .message
            .contains("copies of ignored")
    );
}

#[test]
fn a_folder_is_gone_where_it_is_not_there_or_empty_though_photos_of_it_are_known() {
    let mut world = family();
    let gone = |world: &World| gone_folders(&world.library).expect("folders").len();
    assert_eq!(gone(&world), 0);
    let new = world.place.path().join("new");
    fs::create_dir(&new).expect("folder");
    world.scan_folders(std::slice::from_ref(&new));
    assert_eq!(gone(&world), 0, "a folder without photos yet");
    moved_to(&world, "pictures");
    assert_eq!(gone(&world), 1);
    // The empty place of a drive that is not connected.
    fs::create_dir(world.photos()).expect("folder");
    assert_eq!(gone(&world), 1);
    fs::remove_dir(new).expect("remove");
    assert_eq!(gone(&world), 2);
}
