//! Folders that overlap, that don't exist, and that can't be read.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use kinfolk::scan::{Phase, ScanControl, ScanError, ScanOptions, ScanSummary, scan};

use super::world::{World, landscape, large_landscape, options};
use crate::support::engine;

#[test]
fn a_missing_folder_is_an_error() {
    let mut world = World::new();
    let missing = [world.path("not there")];
    let error = scan(
        &mut world.library,
        engine(),
        &missing,
        &options(),
        &ScanControl::new(),
        &|_| {},
    );
    let Err(error @ ScanError::Unreachable(_)) = error else {
        panic!("a missing folder was scanned");
    };
    assert!(error.to_string().contains("not there"), "{error}");
}

#[test]
fn nothing_vanishes_with_a_folder_that_is_not_there() {
    let mut world = World::new();
    let drive = world.place.path().join("drive");
    crate::support::pictures::write(&drive.join("a.png"), &landscape(1));
    world.write("b.png", &landscape(2));
    let both = [world.photos(), drive.clone()];
    world.scan_folders(&both);
    fs::rename(&drive, world.place.path().join("unplugged")).expect("rename");
    let summary = world.scan_folders(&both);
    assert_eq!(summary.unreachable.len(), 1);
    assert!(summary.unreachable[0].path.ends_with("drive"));
    assert_eq!((summary.vanished, summary.unchanged), (0, 1));
    // An empty mount point in its place.
    fs::create_dir(&drive).expect("folder");
    let summary = world.scan_folders(&both);
    assert_eq!((summary.vanished, summary.unreachable.len()), (0, 1));
    assert!(
        world
            .library
            .photos()
            .expect("read")
            .iter()
            .all(|photo| !photo.vanished)
    );
}

#[test]
fn a_photo_on_a_drive_that_is_not_there_is_copied_and_not_moved() {
    let mut world = World::new();
    let drive = world.place.path().join("drive");
    crate::support::pictures::write(&drive.join("a.png"), &landscape(1));
    world.scan_folders(std::slice::from_ref(&drive));
    fs::rename(&drive, world.place.path().join("unplugged")).expect("rename");
    world.write("a.png", &landscape(1));
    let summary = world.scan();
    assert_eq!(
        (summary.copied, summary.moved, summary.photos_scanned),
        (1, 0, 0)
    );
    assert_eq!(world.library.photos().expect("read").len(), 2);
}

#[test]
fn photos_move_between_roots_even_when_only_the_new_one_is_scanned() {
    let mut world = World::new();
    let other = world.place.path().join("other");
    crate::support::pictures::write(&other.join("a.png"), &landscape(1));
    crate::support::pictures::write(&other.join("b.png"), &landscape(2));
    world.scan_folders(std::slice::from_ref(&other));
    let photo_id = world.photo("a.png").photo_id;
    fs::rename(other.join("a.png"), world.path("moved.png")).expect("rename");
    let summary = world.scan();
    assert_eq!((summary.moved, summary.photos_scanned), (1, 0));
    let photo = world.photo("moved.png");
    assert_eq!(photo.photo_id, photo_id);
    assert!(photo.root.ends_with("photos"));
}

#[test]
fn a_folder_inside_a_known_root_is_a_part_of_it() {
    let mut world = World::new();
    world.write("a.png", &landscape(1));
    world.write("sub/b.png", &landscape(2));
    world.scan();
    world.write("sub/c.png", &landscape(3));
    world.write("d.png", &landscape(4));
    let sub = world.path("sub");
    let summary = world.scan_folders(&[sub]);
    assert_eq!(
        (
            summary.photos_found,
            summary.photos_scanned,
            summary.vanished
        ),
        (2, 1, 0)
    );
    assert_eq!(world.library.roots().expect("read").len(), 1);
    world.photo("sub/c.png");
    // Nothing is concluded about files outside the walked folder.
    world.remove("a.png");
    world.remove("sub/b.png");
    let sub = world.path("sub");
    assert_eq!(world.scan_folders(&[sub]).vanished, 1);
    assert!(!world.photo("a.png").vanished);
}

#[test]
fn a_folder_around_known_roots_absorbs_them() {
    let mut world = World::new();
    world.write("x/a.png", &landscape(1));
    world.write("y/deep/b.png", &landscape(2));
    world.write("x/bad.jpg", b"bad");
    let inner = [world.path("x"), world.path("y/deep")];
    world.scan_folders(&inner);
    let (a, b) = (world.photo("a.png").photo_id, world.photo("b.png").photo_id);
    world.write("c.png", &landscape(3));
    let summary = world.scan();
    assert_eq!(
        (summary.unchanged, summary.photos_scanned, summary.problems),
        (2, 1, 1)
    );
    assert_eq!(
        (
            world.photo("x/a.png").photo_id,
            world.photo("y/deep/b.png").photo_id
        ),
        (a, b)
    );
    assert_eq!(world.library.roots().expect("read").len(), 1);
    assert_eq!(world.problems().len(), 1);
    assert_eq!(world.problems()[0].0, "x/bad.jpg");
}

#[test]
fn folders_asked_for_together_are_walked_once() {
    let mut world = World::new();
    world.write("x/a.png", &landscape(1));
    let folders = [world.path("x"), world.photos(), world.path("x/../x")];
    let summary = world.scan_folders(&folders);
    assert_eq!((summary.photos_found, summary.photos_scanned), (1, 1));
    world.photo("x/a.png");
}

#[cfg(unix)]
#[test]
fn nothing_vanishes_below_a_folder_that_can_not_be_listed() {
    let mut world = World::new();
    let drive = world.place.path().join("drive");
    crate::support::pictures::write(&drive.join("a.png"), &landscape(1));
    world.write("b.png", &landscape(2));
    std::os::unix::fs::symlink(&drive, world.path("drive")).expect("link");
    world.scan();
    world.photo("drive/a.png");
    fs::rename(&drive, world.place.path().join("unplugged")).expect("rename");
    let summary = world.scan();
    assert_eq!((summary.vanished, summary.problems), (0, 1));
    assert!(!world.photo("drive/a.png").vanished);
    fs::rename(world.place.path().join("unplugged"), &drive).expect("rename");
    let summary = world.scan();
    assert_eq!((summary.unchanged, summary.problems), (2, 0));
    assert_eq!(world.problems(), []);
}

#[test]
fn scanning_no_folder_does_nothing() {
    let mut world = World::new();
    let summary = world.scan_folders(&[]);
    assert_eq!((summary.photos_found, summary.stopped), (0, false));
}

/// Scans the folder of `world` and moves `from` to a place outside it as soon as one photo is done.
fn scan_and_move_away(world: &mut World, from: &str) -> ScanSummary {
    let folder = world.place.path().join(from);
    let away = world.place.path().join("away");
    let moved = AtomicBool::new(false);
    let photos = [world.photos()];
    let one_thread = ScanOptions {
        threads: 1,
        ..options()
    };
    let summary = scan(
        &mut world.library,
        engine(),
        &photos,
        &one_thread,
        &ScanControl::new(),
        &|progress| {
            let is_under_way = progress.phase == Phase::Scanning && progress.photos_done > 3;
            if is_under_way && !moved.swap(true, Ordering::SeqCst) {
                fs::rename(&folder, &away).expect("rename");
            }
        },
    );
    assert!(moved.load(Ordering::SeqCst), "the scan was over too early");
    summary.expect("a scan")
}

#[test]
fn a_folder_that_goes_away_is_told_once_and_nothing_below_it_is_judged() {
    let mut world = World::new();
    for seed in 0..4 {
        world.write(&format!("{seed}.png"), &landscape(seed));
    }
    world.scan();
    for seed in 0..120 {
        world.write(&format!("new {seed:03}.png"), &large_landscape(seed));
    }
    world.remove("0.png");
    let summary = scan_and_move_away(&mut world, "photos");
    assert_eq!(summary.unreachable.len(), 1, "{summary:?}");
    assert!(summary.unreachable[0].path.ends_with("photos"));
    assert!(summary.unreachable[0].reason.contains("went away"));
    assert_eq!((summary.problems, summary.vanished), (0, 0));
    assert_eq!(world.problems(), []);
    assert!(summary.photos_scanned < 120, "{summary:?}");
    assert_eq!(
        world.library.photos().expect("read").len() as u64,
        4 + summary.photos_scanned
    );
    // It is back, and everything is as before.
    fs::rename(world.place.path().join("away"), world.photos()).expect("rename");
    let again = world.scan();
    assert_eq!(again.photos_scanned, 120 - summary.photos_scanned);
    assert_eq!((again.vanished, again.problems), (1, 0));
}

#[test]
fn a_folder_below_that_goes_away_is_one_problem() {
    let mut world = World::new();
    world.write("a.png", &landscape(1));
    world.write("sub/deep/b.png", &landscape(2));
    world.scan();
    for seed in 0..120 {
        world.write(&format!("sub/deep/{seed:03}.png"), &large_landscape(seed));
    }
    let summary = scan_and_move_away(&mut world, "photos/sub");
    assert_eq!(
        (
            summary.problems,
            summary.vanished,
            summary.unreachable.len()
        ),
        (1, 0, 0)
    );
    assert_eq!(world.problems()[0].0, "sub");
    fs::rename(world.place.path().join("away"), world.path("sub")).expect("rename");
    let again = world.scan();
    assert_eq!(again.photos_scanned, 120 - summary.photos_scanned);
    assert_eq!(world.problems(), []);
}
