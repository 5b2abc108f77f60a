//! A killed scan loses at most the photos it is working on, and the next scan continues there.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};
use kinfolk::library::Library;
use kinfolk::scan::{ScanControl, ScanOptions, scan};
use kinfolk::vision::{DeviceChoice, Engine};
use rusqlite::{Connection, OpenFlags};

const PHOTOS: u32 = 300;

#[test]
fn a_killed_scan_leaves_a_sound_library_that_can_go_on() {
    let place = tempfile::tempdir().expect("tempdir");
    let (photos, library) = (
        place.path().join("photos"),
        place.path().join("library.sqlite"),
    );
    fs::create_dir(&photos).expect("folder");
    for seed in 0..PHOTOS {
        let picture = RgbImage::from_fn(200, 150, |x, y| {
            Rgb([(x ^ y) as u8, (seed % 256) as u8, (seed / 256) as u8])
        });
        picture
            .save(photos.join(format!("{seed:03}.png")))
            .expect("fixture");
    }
    let mut scanning = Command::new(env!("CARGO_BIN_EXE_kinfolk"))
        .arg("scan")
        .arg(&photos)
        .arg("--library")
        .arg(&library)
        .args(["--threads", "1"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("kinfolk starts");
    let started = Instant::now();
    while stored_photos(&library) == 0 && scanning.try_wait().expect("its state").is_none() {
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "nothing was stored"
        );
        thread::sleep(Duration::from_millis(2));
    }
    scanning.kill().expect("kill");
    scanning.wait().expect("end");

    let mut library = Library::open(&library).expect("the library opens");
    assert_eq!(
        library.check_invariants().expect("check"),
        Vec::<String>::new()
    );
    let kept = library.photos().expect("read").len() as u64;
    assert!(kept > 0);
    let engine = Engine::load(DeviceChoice::Cpu).expect("engine");
    let (options, control) = (ScanOptions::default(), ScanControl::new());
    let summary = scan(
        &mut library,
        &engine,
        &[photos],
        &options,
        &control,
        &|_| {},
    )
    .expect("a scan");
    assert_eq!(summary.unchanged, kept);
    assert_eq!(
        summary.unchanged + summary.photos_scanned,
        u64::from(PHOTOS)
    );
    assert_eq!(summary.vanished, 0);
}

/// The number of photos that another reader sees: those of finished transactions; 0 while there is no library.
fn stored_photos(library: &Path) -> i64 {
    Connection::open_with_flags(library, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .and_then(|connection| {
            connection.query_row("SELECT count(*) FROM photo", [], |row| row.get(0))
        })
        .unwrap_or(0)
}
