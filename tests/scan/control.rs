//! Stopping, pausing and continuing a scan.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use kinfolk::library::Library;
use kinfolk::photo::{PhotoError, Reduction};
use kinfolk::scan::{Phase, Progress, ScanControl, ScanOptions, scan};

use super::world::{World, large_landscape, options};
use crate::support::engine;

const PHOTOS: u8 = 60;

fn many() -> World {
    let world = World::new();
    for seed in 0..PHOTOS {
        world.write(&format!("{seed:03}.png"), &large_landscape(seed));
    }
    world
}

fn one_thread() -> ScanOptions {
    ScanOptions {
        threads: 1,
        ..options()
    }
}

#[test]
fn a_stopped_scan_keeps_what_is_finished_and_the_next_one_goes_on() {
    let mut world = many();
    let folder = [world.photos()];
    let control = ScanControl::new();
    let stop_early = |progress: &Progress| {
        if progress.phase == Phase::Scanning && progress.photos_done >= 1 {
            control.stop();
        }
    };
    let first = scan(
        &mut world.library,
        engine(),
        &folder,
        &one_thread(),
        &control,
        &stop_early,
    )
    .expect("a scan");
    assert!(first.stopped && control.is_stopped());
    assert!(first.photos_scanned < u64::from(PHOTOS), "{first:?}");
    assert_eq!(
        world.library.photos().expect("read").len() as u64,
        first.photos_scanned
    );
    let second = world.scan();
    assert_eq!(second.unchanged, first.photos_scanned);
    assert_eq!(second.unchanged + second.photos_scanned, u64::from(PHOTOS));
    assert!(!second.stopped);
}

#[test]
fn a_scan_stopped_before_it_starts_changes_nothing() {
    let mut world = many();
    world.scan();
    world.remove("007.png");
    let control = ScanControl::new();
    control.stop();
    control.resume();
    let folder = [world.photos()];
    let summary = scan(
        &mut world.library,
        engine(),
        &folder,
        &options(),
        &control,
        &|_| {},
    )
    .expect("a scan");
    assert!(summary.stopped);
    assert_eq!(summary.vanished, 0);
    assert!(
        world
            .library
            .photos()
            .expect("read")
            .iter()
            .all(|photo| !photo.vanished)
    );
    assert_eq!(world.scan().vanished, 1);
}

#[test]
fn a_paused_scan_waits_and_then_finishes() {
    let world = many();
    let folder = [world.photos()];
    let control = ScanControl::new();
    let done = AtomicU64::new(0);
    let paused = AtomicBool::new(false);
    let summary = thread::scope(|scope| {
        let scanning = scope.spawn(|| {
            let mut library = Library::open_in_memory().expect("library");
            let note = |progress: &Progress| {
                done.store(progress.photos_done, Ordering::SeqCst);
                // Once only: on a slow machine nothing may be done yet when the scan continues.
                if progress.phase == Phase::Scanning && !paused.load(Ordering::SeqCst) {
                    control.pause();
                    paused.store(true, Ordering::SeqCst);
                }
            };
            scan(
                &mut library,
                engine(),
                &folder,
                &one_thread(),
                &control,
                &note,
            )
        });
        while !paused.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(1));
        }
        // Photos that are being searched may still be finished.
        thread::sleep(Duration::from_millis(300));
        let held = done.load(Ordering::SeqCst);
        thread::sleep(Duration::from_millis(300));
        assert_eq!(done.load(Ordering::SeqCst), held);
        assert!(held < u64::from(PHOTOS));
        control.resume();
        scanning.join().expect("no panic")
    });
    let summary = summary.expect("a scan");
    assert_eq!(
        (summary.photos_scanned, summary.stopped),
        (u64::from(PHOTOS), false)
    );
}

#[test]
fn a_paused_scan_can_be_stopped() {
    let world = many();
    let folder = [world.photos()];
    let control = ScanControl::new();
    control.pause();
    thread::scope(|scope| {
        let scanning = scope.spawn(|| {
            let mut library = Library::open_in_memory().expect("library");
            scan(
                &mut library,
                engine(),
                &folder,
                &options(),
                &control,
                &|_| {},
            )
        });
        thread::sleep(Duration::from_millis(50));
        control.stop();
        let summary = scanning.join().expect("no panic").expect("a scan");
        assert!(summary.stopped);
        assert_eq!(summary.photos_scanned, 0);
    });
}

#[test]
fn a_photo_that_took_too_long_is_listed_and_looked_at_again() {
    let mut world = World::new();
    world.write("a.png", &large_landscape(1));
    let mut hurried = one_thread();
    hurried.limits.max_time = Duration::ZERO;
    let folder = [world.photos()];
    let summary = scan(
        &mut world.library,
        engine(),
        &folder,
        &hurried,
        &ScanControl::new(),
        &|_| {},
    )
    .expect("a scan");
    assert_eq!((summary.photos_scanned, summary.problems), (0, 1));
    let [(path, reason)] = &world.problems()[..] else {
        panic!("one problem");
    };
    assert_eq!(path, "a.png");
    assert!(reason.contains("took more than 0 s"), "{reason}");
    assert_eq!(world.scan().photos_scanned, 1);
    assert!(world.problems().is_empty());
}

#[test]
fn stop_ends_a_scan_while_a_photo_is_decoded() {
    let world = World::new();
    world.write("a.png", &large_landscape(1));
    let control = ScanControl::new();
    let photo = kinfolk::photo::read(&world.path("a.png"), &options().limits, control.stop_flag())
        .expect("readable");
    let probe = photo.probe(&options().limits).expect("a photo");
    control.stop();
    let ended = photo.decode(
        &options().limits,
        &probe,
        Reduction::Full,
        control.stop_flag(),
    );
    assert!(matches!(ended.err(), Some(PhotoError::Stopped)));
}
