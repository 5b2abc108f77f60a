//! `review`: the queue as a table, and the curve of the oracle.

use kinfolk::library::{Assignment, FaceId, GroupId};

use super::run::kinfolk_on;
use crate::support::home::{ClosedHome, Home, write};

/// Photos of two people; the first is in two groups.
fn in_pieces() -> (ClosedHome, Vec<GroupId>) {
    let mut home = Home::new();
    let faces: Vec<FaceId> = [("a.jpg", 0), ("b.jpg", 0), ("c.jpg", 1), ("d.jpg", 1)]
        .iter()
        .flat_map(|(path, axis)| home.photo(path, &[*axis]))
        .collect();
    let new = |number: u32| Assignment::New(number);
    let assignments: Vec<_> = faces.iter().copied().zip([0, 1, 2, 2].map(new)).collect();
    let created = home
        .library
        .set_automatic_memberships(&assignments)
        .unwrap()
        .created;
    let groups = [0, 1, 2].map(|number| created[&number]).to_vec();
    (home.close(), groups)
}

#[test]
fn the_queue_is_a_table_most_useful_question_first() {
    let (home, groups) = in_pieces();
    let rows = kinfolk_on(&home.library, "review").csv();
    assert_eq!(rows.len(), 1);
    let cells: Vec<&str> = rows[0].iter().collect();
    let both = format!("{} {}", groups[0], groups[1]);
    assert_eq!(
        cells,
        ["same-person", &both, "1 1", "0.006", "1.000", "1.000"]
    );
    let json = kinfolk_on(&home.library, "review --format json").done();
    let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(rows[0]["kind"], "same-person");
    assert_eq!(
        rows[0]["groups"],
        serde_json::json!([groups[0].0, groups[1].0])
    );
}

#[test]
fn the_oracle_answers_and_counts_what_is_left() {
    let (home, groups) = in_pieces();
    let truth = home.folder.path().join("truth.csv");
    write(
        &truth,
        b"path,person\na.jpg,Ana\nb.jpg,Ana\nc.jpg,Tom\nd.jpg,Tom\n",
    );
    let words = format!("review --oracle {} --answers 5", truth.display());
    let curve = kinfolk_on(&home.library, &words).done();
    assert_eq!(
        curve,
        "answers,edits,groups,rest,rest_before\n0,1,3,1,1\n1,0,2,0,0\n"
    );
    let faces = kinfolk_on(&home.library, "faces").csv();
    assert_eq!(&faces[0][8], groups[0].0.to_string());
    assert_eq!(&faces[1][8], groups[0].0.to_string());
    assert!(
        kinfolk_on(&home.library, "history")
            .done()
            .contains("Merged 2 groups")
    );
    kinfolk_on(&home.library, "undo").done();
    let rows = kinfolk_on(&home.library, "review").csv();
    assert_eq!(rows.len(), 1, "undone, the question is back");
}

#[test]
fn people_without_a_label_are_passed_over() {
    let (home, _) = in_pieces();
    let truth = home.folder.path().join("truth.csv");
    write(&truth, b"path,person\na.jpg,Ana\nc.jpg,Tom\n");
    let words = format!("review --oracle {} --format json", truth.display());
    let curve = kinfolk_on(&home.library, &words).done();
    let points: serde_json::Value = serde_json::from_str(&curve).unwrap();
    assert_eq!(
        points,
        serde_json::json!([{"answers": 0, "edits": 0, "groups": 2, "rest": 0, "rest_before": 0}])
    );
    write(&truth, b"path,person\nno.jpg,Ana\n");
    let told = kinfolk_on(&home.library, &words).failed();
    assert!(told.contains("truth.csv"), "{told}");
}

#[test]
fn a_group_like_ignored_faces_is_in_the_queue() {
    let (home, groups) = in_pieces();
    let faces = kinfolk_on(&home.library, "faces").csv();
    kinfolk_on(&home.library, &format!("ignore {}", &faces[0][7])).done();
    let rows = kinfolk_on(&home.library, "review").csv();
    let cells: Vec<&str> = rows[0].iter().collect();
    let group = groups[1].to_string();
    assert_eq!(cells, ["ignored", &group, "1 1", "0.006", "1.000", "1.000"]);
    assert_eq!(rows.len(), 1);
}
