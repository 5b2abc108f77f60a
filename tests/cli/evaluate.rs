//! `evaluate` on demo photos sorted by person.

use std::fs;
use std::path::Path;

use super::run::kinfolk;
use crate::support::demo_photo;
use crate::support::home::write;

fn sort_into(folder: &Path, person: &str, photos: &[&str]) {
    fs::create_dir_all(folder.join(person)).unwrap();
    for photo in photos {
        fs::copy(demo_photo(photo), folder.join(person).join(photo)).unwrap();
    }
}

#[test]
fn labelled_photos_are_scored() {
    let home = tempfile::tempdir().unwrap();
    sort_into(
        home.path(),
        "Obama",
        &["obama.jpg", "obama2.jpg", "obama3.jpg"],
    );
    sort_into(home.path(), "Biden", &["biden.jpg"]);
    sort_into(home.path(), "Collins", &["astronaut.png", "chelsea.png"]);
    write(
        &home.path().join("Biden/broken.jpg"),
        &[0xff, 0xd8, 0xff, 0xe0, 0, 0],
    );
    // A photo beside the folders belongs to nobody.
    fs::copy(demo_photo("obama4.jpg"), home.path().join("obama4.jpg")).unwrap();

    let json = kinfolk([Path::new("evaluate"), home.path(), Path::new("--json")]).done();
    let scores: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&scores["labelled"], &scores["found"]),
        (&7.into(), &5.into()),
        "the cat has no face, the broken file no picture"
    );
    assert_eq!(scores["grouping"]["people"], 3);
    assert_eq!(scores["grouping"]["groups"], 3);
    assert_eq!(scores["edits"], 0);
    assert_eq!(scores["grouping"]["pairwise"]["f"], 1.0);
    let identification = &scores["identification"];
    let looked_up =
        identification["probes"].as_u64().unwrap() + identification["impostors"].as_u64().unwrap();
    assert_eq!(
        looked_up + identification["exemplars"].as_u64().unwrap(),
        5,
        "every face has its part"
    );

    let text = kinfolk([Path::new("evaluate"), home.path()]).done();
    assert!(text.contains("7 labelled photos, 5 with a face"), "{text}");
    assert!(
        text.contains("= 0 edits") && text.contains("protocol: "),
        "{text}"
    );
}

#[test]
fn a_folder_without_labels_is_no_evaluation() {
    let home = tempfile::tempdir().unwrap();
    fs::copy(demo_photo("biden.jpg"), home.path().join("biden.jpg")).unwrap();
    let message = kinfolk([Path::new("evaluate"), home.path()]).failed();
    assert!(message.contains("one folder for each person"), "{message}");
}
