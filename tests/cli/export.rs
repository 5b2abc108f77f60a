//! `export albums` and `export table`.

use std::fs;

use super::run::kinfolk_on;
use crate::support::home::{ClosedHome, Home, write};

fn maria_and_tom() -> ClosedHome {
    let mut home = Home::new();
    let both = home.photo("beach.jpg", &[0, 1]);
    home.name("Maria", &both[..1]);
    home.name("Tom", &both[1..]);
    home.close()
}

#[test]
fn albums_of_everybody_or_of_the_chosen() {
    let home = maria_and_tom();
    let (all, chosen) = (
        home.folder.path().join("all"),
        home.folder.path().join("tom"),
    );
    let told = kinfolk_on(&home.library, &format!("export albums {}", all.display())).done();
    assert!(told.contains("Maria: 1 new, 0 there before"), "{told}");
    assert!(all.join("Maria/beach.jpg").is_file() && all.join("Tom/beach.jpg").is_file());
    let again = kinfolk_on(&home.library, &format!("export albums {}", all.display())).done();
    assert!(again.contains("Maria: 0 new, 1 there before"), "{again}");

    kinfolk_on(
        &home.library,
        &format!("export albums {} --person tom", chosen.display()),
    )
    .done();
    assert!(chosen.join("Tom/beach.jpg").is_file() && !chosen.join("Maria").exists());
}

#[test]
fn links_instead_of_copies() {
    let home = maria_and_tom();
    let links = home.folder.path().join("links");
    let words = format!("export albums {} --how symlink --json", links.display());
    let summary: serde_json::Value =
        serde_json::from_str(&kinfolk_on(&home.library, &words).done()).unwrap();
    assert_eq!(summary["albums"][0]["written"], 1);
    let link = fs::symlink_metadata(links.join("Maria/beach.jpg")).unwrap();
    assert!(link.is_symlink());
}

#[test]
fn nobody_to_export_is_told() {
    let mut home = Home::new();
    let face = home.photo("a.jpg", &[0]);
    let group = home.group(&face);
    let closed = home.close();
    let albums = closed.folder.path().join("albums");
    let told = kinfolk_on(
        &closed.library,
        &format!("export albums {}", albums.display()),
    )
    .failed();
    assert!(told.contains("kinfolk name"), "{told}");
    let words = format!("export albums {} --person Maria", albums.display());
    assert!(
        kinfolk_on(&closed.library, &words)
            .failed()
            .contains("kinfolk people")
    );
    let words = format!("export albums {} --group 999", albums.display());
    assert!(
        kinfolk_on(&closed.library, &words)
            .failed()
            .contains("kinfolk people")
    );
    assert!(!albums.exists());
    let words = format!("export albums {} --group {group}", albums.display());
    kinfolk_on(&closed.library, &words).done();
    assert!(albums.join(format!("Unnamed {group}/a.jpg")).is_file());
}

#[test]
fn vanished_photos_are_reported_and_the_rest_is_done() {
    let home = maria_and_tom();
    fs::remove_file(home.photos.join("beach.jpg")).unwrap();
    let albums = home.folder.path().join("albums");
    let run = kinfolk_on(
        &home.library,
        &format!("export albums {}", albums.display()),
    );
    assert!(
        run.stderr.contains("beach.jpg") && run.stderr.contains("no longer there"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("could not be exported"),
        "{}",
        run.stderr
    );
    assert_eq!(run.status, 1);
}

#[test]
fn a_destination_with_scanned_photos_is_refused() {
    let home = maria_and_tom();
    let told = kinfolk_on(
        &home.library,
        &format!("export albums {}", home.photos.display()),
    )
    .failed();
    assert!(told.contains("scanned photos"), "{told}");
}

#[test]
fn tables_in_both_formats_and_never_over_foreign_files() {
    let home = maria_and_tom();
    let folder = home.folder.path().join("tables");
    fs::create_dir(&folder).unwrap();
    kinfolk_on(&home.library, &format!("export table {}", folder.display())).done();
    let csv = fs::read_to_string(folder.join("faces.csv")).unwrap();
    assert_eq!(csv, kinfolk_on(&home.library, "faces").done());
    let json = fs::read_to_string(folder.join("faces.json")).unwrap();
    assert_eq!(
        json,
        kinfolk_on(&home.library, "faces --format json").done()
    );

    let diary = folder.join("diary.csv");
    write(&diary, b"dear diary");
    let words = format!("export table {}", diary.display());
    assert!(
        kinfolk_on(&home.library, &words)
            .failed()
            .contains("--force")
    );
    assert_eq!(fs::read(&diary).unwrap(), b"dear diary");
    kinfolk_on(&home.library, &format!("{words} --force")).done();
    assert_eq!(fs::read_to_string(&diary).unwrap(), csv);

    let run = kinfolk_on(
        &home.library,
        &format!("export table {}", folder.join("faces.txt").display()),
    );
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("--format"), "{}", run.stderr);
}
