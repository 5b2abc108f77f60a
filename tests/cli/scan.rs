//! `scan`, `identify` and `label` on real photos.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::run::{Run, kinfolk, kinfolk_on, program};
use crate::support::demo_photo;
use crate::support::home::write;
use tempfile::TempDir;

/// A folder with a few of the demo photos, a text file and a broken photo.
fn some_photos() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let photos = home.path().join("photos");
    fs::create_dir(&photos).unwrap();
    for photo in [
        "obama.jpg",
        "obama2.jpg",
        "biden.jpg",
        "astronaut.png",
        "chelsea.png",
    ] {
        fs::copy(demo_photo(photo), photos.join(photo)).unwrap();
    }
    write(&photos.join("notes.txt"), b"not a photo");
    write(&photos.join("broken.jpg"), &[0xff, 0xd8, 0xff, 0xe0, 0, 0]);
    (home, photos)
}

#[test]
fn from_a_folder_to_people_and_back_to_names() {
    let (home, photos) = some_photos();
    let library = home.path().join("library.sqlite");

    let run = kinfolk_on(&library, &format!("scan {} --json", photos.display()));
    assert!(run.stderr.contains("broken.jpg"), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    let summary: serde_json::Value = serde_json::from_str(&run.done()).unwrap();
    assert_eq!(
        (&summary["photos_scanned"], &summary["problems"]),
        (&5.into(), &1.into())
    );
    assert_eq!(summary["other_files"]["txt"], 1);
    assert_eq!(summary["stopped"], false);

    let faces = kinfolk_on(&library, "faces").csv();
    let face = |path: &str| faces.iter().find(|row| &row[1] == path).unwrap();
    assert_eq!(face("obama.jpg")[8], face("obama2.jpg")[8]);
    assert_ne!(face("obama.jpg")[8], face("biden.jpg")[8]);
    assert!(faces.iter().all(|row| &row[1] != "chelsea.png"));

    let again = kinfolk_on(&library, &format!("scan {}", photos.display())).done();
    assert!(
        again.starts_with("0 photos scanned") && again.contains("unchanged"),
        "{again}"
    );
    let unchanged = kinfolk_on(&library, "faces").csv();
    assert_eq!(unchanged, faces);

    let labels = home.path().join("labels.csv");
    write(
        &labels,
        b"path,person\nobama.jpg,Barack\nbiden.jpg,Joe\nastronaut.png,Eileen\n",
    );
    kinfolk_on(&library, &format!("label {}", labels.display())).done();

    let probe = demo_photo("obama3.jpg");
    let rows = kinfolk_on(&library, &format!("identify {}", probe.display())).csv();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (&rows[0][0], &rows[0][5], &rows[0][8]),
        (probe.to_str().unwrap(), "Barack", "1")
    );
    let similarity: f64 = rows[0][6].parse().unwrap();
    assert!((0.3..1.0).contains(&similarity), "{similarity}");
    assert_eq!(kinfolk_on(&library, "faces").csv().len(), faces.len());

    let told = kinfolk_on(
        &library,
        &format!("identify {} --format json", photos.display()),
    );
    assert!(told.stderr.contains("broken.jpg"), "{}", told.stderr);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&told.done()).unwrap();
    let joe = rows.iter().find(|row| row["path"] == "biden.jpg").unwrap();
    assert_eq!(
        (&joe["person"], &joe["accepted"]),
        (&"Joe".into(), &true.into())
    );
    let probability = joe["probability"].as_f64().unwrap();
    assert!((0.5..=1.0).contains(&probability), "{probability}");
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let home = tempfile::tempdir().unwrap();
    let library = home.path().join("library.sqlite");
    let told = kinfolk_on(&library, "scan no-such-folder").failed();
    assert!(told.contains("no-such-folder"), "{told}");
    let told = kinfolk_on(&library, "identify no-such-photo.jpg").failed();
    assert!(told.contains("no-such-photo.jpg"), "{told}");
}

#[test]
fn devices_of_other_builds_are_told() {
    if cfg!(feature = "cuda") {
        return;
    }
    let (home, photos) = some_photos();
    let library = home.path().join("library.sqlite");
    let told = kinfolk_on(
        &library,
        &format!("scan {} --device cuda", photos.display()),
    )
    .failed();
    assert!(told.contains("cuda"), "{told}");
}

#[cfg(unix)]
#[test]
fn interrupting_a_scan_keeps_what_was_done_and_the_next_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let (photos, library) = (
        home.path().join("photos"),
        home.path().join("library.sqlite"),
    );
    fs::create_dir(&photos).unwrap();
    let original = fs::read(demo_photo("curie.jpg")).unwrap();
    for number in 0..PHOTOS {
        // Bytes after the end of a JPEG change its hash and nothing else.
        let tail = number.to_le_bytes();
        write(
            &photos.join(format!("{number}.jpg")),
            &[&original[..], &tail[..]].concat(),
        );
    }
    let scan = [
        "scan",
        photos.to_str().unwrap(),
        "--json",
        "--library",
        library.to_str().unwrap(),
    ];

    let child = program()
        .args(scan)
        .args(["--threads", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for_rows(&library);
    let interrupt = ["-INT", &child.id().to_string()];
    assert!(
        Command::new("kill")
            .args(interrupt)
            .status()
            .unwrap()
            .success()
    );
    let stopped = Run::from(child.wait_with_output().unwrap());

    assert_eq!(stopped.status, 1, "{}", stopped.stderr);
    assert!(
        stopped.stderr.contains("run the same command again"),
        "{}",
        stopped.stderr
    );
    let before: serde_json::Value = serde_json::from_str(&stopped.stdout).unwrap();
    let before = before["photos_scanned"].as_u64().unwrap();
    assert!((1..u64::from(PHOTOS)).contains(&before), "{before}");

    let rest: serde_json::Value = serde_json::from_str(&kinfolk(scan).done()).unwrap();
    assert_eq!(
        (&rest["unchanged"], &rest["stopped"]),
        (&before.into(), &false.into())
    );
    assert_eq!(rest["photos_scanned"], u64::from(PHOTOS) - before);
    assert_eq!(kinfolk_on(&library, "faces").csv().len(), PHOTOS as usize);
}

#[cfg(unix)]
#[test]
fn interrupting_the_grouping_leaves_the_faces_for_the_next_scan() {
    use std::io::{BufRead as _, BufReader, Read as _};

    let home = tempfile::tempdir().unwrap();
    let (nothing, library) = (
        home.path().join("photos"),
        home.path().join("library.sqlite"),
    );
    fs::create_dir(&nothing).unwrap();
    store_faces(&library);
    let mut child = program()
        .env("KINFOLK_LOG", "kinfolk=debug")
        .args(["scan", "--json"])
        .arg(&nothing)
        .arg("--library")
        .arg(&library)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("grouping begins") {
        line.clear();
        assert!(told.read_line(&mut line).unwrap() > 0, "no grouping");
    }
    let interrupt = ["-INT", &child.id().to_string()];
    Command::new("kill").args(interrupt).status().unwrap();
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    let stopped = Run::from(child.wait_with_output().unwrap());

    assert_eq!(stopped.status, 1, "{rest}");
    assert!(
        rest.contains("stopped before the faces were grouped"),
        "{rest}"
    );
    let summary: serde_json::Value = serde_json::from_str(&stopped.stdout).unwrap();
    assert_eq!(
        (&summary["stopped"], &summary["grouping"]),
        (&false.into(), &serde_json::Value::Null)
    );
    assert!(kinfolk_on(&library, "people").csv().is_empty());
}

/// Enough faces for a second of grouping, not grouped yet.
#[cfg(unix)]
fn store_faces(library: &Path) {
    use crate::support::crowd::{CLEAR, Crowd};

    let mut library = kinfolk::library::Library::open(library).unwrap();
    let root = library.add_root(&crate::support::demo_photos()).unwrap();
    let people: Vec<usize> = (0..20).collect();
    let mut crowd = Crowd::new(people.len(), CLEAR, 3);
    let photos: Vec<_> = (0..1000).map(|_| crowd.photo(root, &people)).collect();
    library.store_scanned(&photos).unwrap();
}

/// Enough photos for seconds of work, of which the interruption takes a part.
#[cfg(unix)]
const PHOTOS: u32 = 80;

/// Waits until a scan has stored its first photos: the schema alone fills less of the log.
#[cfg(unix)]
fn wait_for_rows(library: &Path) {
    let log = library.with_extension("sqlite-wal");
    let deadline = Instant::now() + Duration::from_secs(120);
    while fs::metadata(&log).map_or(0, |log| log.len()) < 300_000 {
        assert!(Instant::now() < deadline, "the scan stores nothing");
        std::thread::sleep(Duration::from_millis(20));
    }
}
