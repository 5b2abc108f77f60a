//! Known people in new photos: the results of `identify`, and of a scan.

use std::fs;
use std::path::Path;

use super::run::kinfolk_on;
use crate::support::demo_photo;
use crate::support::home::write;

fn copy(photos: &Path, names: &[&str]) {
    for name in names {
        fs::copy(demo_photo(name), photos.join(name)).unwrap();
    }
}

#[test]
fn people_of_labelled_photos_are_found_in_new_ones_and_strangers_are_not_taken_for_them() {
    let home = tempfile::tempdir().unwrap();
    let (photos, inbox) = (home.path().join("photos"), home.path().join("inbox"));
    let library = home.path().join("library.sqlite");
    for folder in [&photos, &inbox] {
        fs::create_dir(folder).unwrap();
    }
    copy(&photos, &["obama.jpg", "obama2.jpg", "biden.jpg"]);
    kinfolk_on(&library, &format!("scan {}", photos.display())).done();
    let labels = home.path().join("labels.csv");
    write(
        &labels,
        b"path,person\nobama.jpg,Barack\nobama2.jpg,Barack\nbiden.jpg,Joe\n",
    );
    kinfolk_on(&library, &format!("label {}", labels.display())).done();

    let new = ["obama3.jpg", "obama4.jpg", "curie.jpg", "curie2.pgm"];
    copy(&inbox, &new);
    let rows = kinfolk_on(&library, &format!("identify {}", inbox.display())).csv();
    for row in &rows {
        let is_obama = row[0].starts_with("obama");
        let probability: f64 = row[7].parse().unwrap();
        assert_eq!(&row[8] == "1", is_obama, "{row:?}");
        assert_eq!(probability >= 0.5, is_obama, "{row:?}");
        assert!(!is_obama || &row[5] == "Barack", "{row:?}");
    }

    copy(&photos, &new);
    let before = kinfolk_on(&library, "history").done();
    kinfolk_on(&library, &format!("scan {}", photos.display())).done();
    let faces = kinfolk_on(&library, "faces").csv();
    let of = |path: &str| faces.iter().find(|row| &row[1] == path).unwrap();
    for (path, person, state) in [
        ("obama.jpg", "Barack", "confirmed"),
        ("obama2.jpg", "Barack", "confirmed"),
        ("biden.jpg", "Joe", "confirmed"),
        ("obama3.jpg", "Barack", "automatic"),
        ("obama4.jpg", "Barack", "automatic"),
    ] {
        let row = of(path);
        assert_eq!((&row[9], &row[10]), (person, state), "{row:?}");
    }
    // The two photos of a stranger are a group of their own.
    assert_eq!((&of("curie.jpg")[9], &of("curie2.pgm")[9]), ("", ""));
    assert_eq!(of("curie.jpg")[8], of("curie2.pgm")[8]);
    assert!(!of("curie.jpg")[8].is_empty());
    assert_eq!(kinfolk_on(&library, "history").done(), before);
}

#[test]
fn faces_read_by_an_earlier_version_are_told() {
    let home = tempfile::tempdir().unwrap();
    let photos = home.path().join("photos");
    let library = home.path().join("library.sqlite");
    fs::create_dir(&photos).unwrap();
    copy(&photos, &["obama.jpg"]);
    kinfolk_on(&library, &format!("scan {}", photos.display())).done();
    let labels = home.path().join("labels.csv");
    write(&labels, b"path,person\nobama.jpg,Barack\n");
    kinfolk_on(&library, &format!("label {}", labels.display())).done();
    let identify = || kinfolk_on(&library, &format!("identify {}", photos.display()));
    assert_eq!(identify().stderr, "");
    let connection = rusqlite::Connection::open(&library).unwrap();
    connection
        .execute("UPDATE embedding SET model = 'another'", [])
        .unwrap();
    drop(connection);
    let told = identify().stderr;
    assert!(
        told.contains("faces of 1 photo") && told.contains("scan"),
        "{told}"
    );
    kinfolk_on(&library, &format!("scan {}", photos.display())).done();
    let run = identify();
    assert_eq!(run.stderr, "");
    assert_eq!(&run.csv()[0][5], "Barack");
}
