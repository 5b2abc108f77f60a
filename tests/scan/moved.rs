//! Folders that are renamed, moved to another drive, copied or away; photos that are turned, cropped and saved again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kinfolk::curate::{Command, execute, history};
use kinfolk::library::{FaceId, FaceState};
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
        (summary.photos_scanned, summary.unchanged, summary.returned),
        (0, 2, 1),
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

/// What is in the library, by path: the face's id and state where there is one.
fn known(world: &World) -> BTreeMap<PathBuf, Option<(FaceId, FaceState)>> {
    let place = fs::canonicalize(world.place.path()).expect("place");
    let photos = world.library.photos().expect("photos").into_iter();
    let present = photos.filter(|photo| !photo.vanished);
    let mut known = BTreeMap::new();
    for photo in present {
        let path = photo
            .absolute()
            .strip_prefix(&place)
            .expect("below")
            .to_owned();
        let faces = world.library.faces_of_photo(photo.photo_id).expect("faces");
        let face = faces.first().map(|face| (face.face_id, face.state));
        assert!(faces.len() < 2, "{path:?}: {faces:?}");
        assert!(known.insert(path.clone(), face).is_none(), "{path:?} twice");
    }
    known
}

fn back_up(world: &World, to: &Path) {
    for path in ["2019/june/a.jpg", "2019/june/b.png", "2020/c.png"] {
        let bytes = fs::read(world.path(path)).expect("read");
        crate::support::pictures::write(&to.join(path), &bytes);
    }
}

/// How a drive is not there.
#[derive(Clone, Copy, Debug)]
enum Unplugged {
    /// Its place is gone, too.
    Gone,
    Empty,
    /// Its place holds another file.
    Stray,
}

impl Unplugged {
    fn unplug(self, drive: &Path, aside: &Path) {
        fs::rename(drive, aside).expect("unplugged");
        match self {
            Unplugged::Gone => {}
            Unplugged::Empty => fs::create_dir(drive).expect("folder"),
            Unplugged::Stray => {
                crate::support::pictures::write(&drive.join("stray.txt"), b"not a photo");
            }
        }
    }

    fn plug_in(self, drive: &Path, aside: &Path) {
        if !matches!(self, Unplugged::Gone) {
            fs::remove_dir_all(drive).expect("removed");
        }
        fs::rename(aside, drive).expect("plugged in");
    }
}

/// A backup that is scanned while the original is away is taken for the original, until that is back.
#[test]
fn a_backup_scanned_while_the_drive_was_unplugged_is_a_copy_when_it_is_back() {
    for unplugged in [Unplugged::Gone, Unplugged::Empty, Unplugged::Stray] {
        for order in 0..5 {
            let mut world = family();
            let (drive, backup) = (world.photos(), world.place.path().join("backup"));
            let before = known(&world);
            let (face_id, state) = before[Path::new("photos/2019/june/a.jpg")].expect("a face");
            assert_eq!(state, FaceState::Confirmed);
            back_up(&world, &backup);
            let aside = world.place.path().join("aside");
            unplugged.unplug(&drive, &aside);
            let summary = world.scan_folders(std::slice::from_ref(&backup));
            assert_eq!(
                (summary.moved, summary.copied, summary.photos_scanned),
                (3, 0, 0),
                "{unplugged:?}"
            );
            assert_eq!(world.face("2019/june/a.jpg").face_id, face_id);
            unplugged.plug_in(&drive, &aside);
            let scans: &[&[&PathBuf]] = match order {
                0 => &[&[&drive, &backup]],
                1 => &[&[&drive], &[&backup]],
                2 => &[&[&backup], &[&drive]],
                3 => &[&[&drive]],
                // Another scan of the backup does nothing while the drive is back, but was not scanned.
                _ => &[&[&backup], &[&drive, &backup], &[&drive]],
            };
            for folders in scans {
                let folders: Vec<PathBuf> =
                    folders.iter().map(|folder| (*folder).clone()).collect();
                let summary = world.scan_folders(&folders);
                assert_eq!(
                    summary.photos_scanned, 0,
                    "{unplugged:?} {order}: {summary:?}"
                );
            }
            // As if both had been there from the beginning.
            let after = known(&world);
            assert_eq!(after.len(), 6, "{unplugged:?} {order}: {after:?}");
            for (path, face) in &before {
                assert_eq!(&after[path], face, "{unplugged:?} {order}");
            }
            let copy = after[Path::new("backup/2019/june/a.jpg")].expect("a face");
            assert_ne!(copy.0, face_id);
            assert_eq!(roots(&world), [Path::new("backup"), Path::new("photos")]);
            assert_eq!(world.library.counts().expect("counts").vanished, 0);
            assert_eq!(world.library.former_roots().expect("former"), []);
            let summary = world.scan_folders(&[drive, backup]);
            assert_eq!(
                (summary.unchanged, summary.moved, summary.copied),
                (6, 0, 0),
                "{unplugged:?} {order}"
            );
            assert_eq!(known(&world), after, "{unplugged:?} {order}");
        }
    }
}

/// Drive and backup are never plugged in at the same time, and in the end they are.
#[test]
fn drive_and_backup_take_turns() {
    let mut world = family();
    let (drive, backup) = (world.photos(), world.place.path().join("backup"));
    let before = known(&world);
    back_up(&world, &backup);
    let aside = |name: &str| world.place.path().join(name);
    let (drive_aside, backup_aside) = (aside("drive aside"), aside("backup aside"));
    for turn in 0..2 {
        fs::rename(&drive, &drive_aside).expect("unplugged");
        let summary = world.scan_folders(std::slice::from_ref(&backup));
        assert_eq!((summary.moved, summary.copied), (3, 0), "{turn}");
        fs::rename(&drive_aside, &drive).expect("plugged in");
        fs::rename(&backup, &backup_aside).expect("unplugged");
        let summary = world.scan_folders(std::slice::from_ref(&drive));
        assert_eq!((summary.moved, summary.copied), (3, 0), "{turn}");
        assert_eq!(known(&world), before, "{turn}");
        fs::rename(&backup_aside, &backup).expect("plugged in");
    }
    assert_eq!(world.library.former_roots().expect("former"), []);
    // The drive is the original, although the backup was the last to be known.
    let summary = world.scan_folders(&[backup, drive]);
    assert_eq!(
        (summary.unchanged, summary.copied, summary.moved),
        (3, 3, 0)
    );
    let after = known(&world);
    assert_eq!(after.len(), 6);
    for (path, face) in &before {
        assert_eq!(&after[path], face);
    }
}

/// What was decided and changed on the backup is not lost either.
#[test]
fn decisions_made_on_a_backup_return_with_the_drive() {
    let mut world = family();
    world.write("2020/d.jpg", &astronaut());
    world.scan();
    let (drive, backup) = (world.photos(), world.place.path().join("backup"));
    back_up(&world, &backup);
    let bytes = fs::read(world.path("2020/d.jpg")).expect("read");
    crate::support::pictures::write(&backup.join("2020/d.jpg"), &bytes);
    // The backup lacks a photo, and has one more.
    fs::remove_file(backup.join("2019/june/b.png")).expect("remove");
    crate::support::pictures::write(&backup.join("more/e.png"), &landscape(9));
    let aside = world.place.path().join("aside");
    fs::rename(&drive, &aside).expect("unplugged");
    world.scan_folders(std::slice::from_ref(&backup));
    let eileen = world.name("2020/d.jpg", "Eileen Collins");
    // One is edited there.
    let edited = variants::jpeg(&variants::darker(&portrait("obama.jpg", 400), 0.8));
    crate::support::pictures::write(&backup.join("2019/june/a.jpg"), &edited);
    world.scan_folders(std::slice::from_ref(&backup));
    let person = world.face("2019/june/a.jpg").group;
    assert_eq!(world.face("2019/june/a.jpg").state, FaceState::Confirmed);
    fs::rename(&aside, &drive).expect("plugged in");
    world.scan_folders(&[drive.clone(), backup.clone()]);
    let after = known(&world);
    assert_eq!(after.len(), 8, "{after:?}");
    let state = |path: &str| after[Path::new(path)].expect("a face").1;
    assert_eq!(state("photos/2020/d.jpg"), FaceState::Confirmed);
    assert_eq!(
        state("backup/2019/june/a.jpg"),
        FaceState::Confirmed,
        "stays where it was edited"
    );
    let faces = |group| world.library.faces_of_group(group).expect("faces").len();
    assert_eq!((faces(eileen), faces(person.expect("a group"))), (1, 1));
    let summary = world.scan_folders(&[drive, backup]);
    assert_eq!(
        (summary.unchanged, summary.moved, summary.copied),
        (8, 0, 0)
    );
    assert_eq!(known(&world), after);
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
    // The scan may have written the photos in several parts.
    let entries = history(&world.library).expect("history");
    let mut notes = entries.iter();
    assert!(notes.any(|entry| entry.message.contains("copies of ignored")));
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
