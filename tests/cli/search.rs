//! `search`: the table, the paths and what is told about a wrong query.

use super::run::kinfolk_on;
use crate::support::home::{ClosedHome, Home};
use kinfolk::curate::{Command, execute};

/// Ana in two photos, in one of them with somebody who has no name.
fn home() -> ClosedHome {
    let mut home = Home::new();
    let alone = home.photo("2014-06/alone.jpg", &[0]);
    let both = home.photo("b.jpg", &[0, 1]);
    home.photo("c.jpg", &[2]);
    let name = Command::NameFaces {
        faces: vec![alone[0], both[0]],
        name: "Ana".into(),
    };
    execute(&mut home.library, name).unwrap();
    home.close()
}

#[test]
fn photos_are_listed_as_a_table_as_json_and_as_paths() {
    let home = home();
    let rows = kinfolk_on(&home.library, "search with:ana").csv();
    assert_eq!(rows.len(), 2);
    let of = |path: &str| rows.iter().find(|row| &row[1] == path).unwrap();
    let cells: Vec<&str> = of("2014-06/alone.jpg").iter().skip(2).collect();
    assert_eq!(cells, ["2014-06", "folder-name", "Ana", "1", "0"]);
    let both = of("b.jpg");
    assert_eq!(
        (&both[3], &both[4], &both[5], &both[6]),
        ("file-time", "Ana", "2", "1")
    );

    let json = kinfolk_on(&home.library, "search only:Ana --format json").done();
    let photos: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(photos.as_array().unwrap().len(), 1);
    assert_eq!(photos[0]["people"], serde_json::json!(["Ana"]));
    assert_eq!(photos[0]["date"], "2014-06");

    let paths = kinfolk_on(&home.library, "search with:Ana is:unnamed --format paths").done();
    let expected = home.photos.join("b.jpg");
    assert_eq!(paths, format!("{}\n", expected.display()));
    assert_eq!(
        kinfolk_on(&home.library, "search on:1900 --format paths").done(),
        ""
    );
}

#[test]
fn what_is_wrong_with_a_query_is_told() {
    let home = home();
    let told = kinfolk_on(&home.library, "search with:Anna").failed();
    assert!(told.contains("nobody is called \"Anna\""), "{told}");
    let wrong = kinfolk_on(&home.library, "search after:soon");
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("2014-06-01"), "{}", wrong.stderr);
    assert_eq!(kinfolk_on(&home.library, "search").status, 2);
}
