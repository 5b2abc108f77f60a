//! `faces`, `people` and `cluster`.

use super::run::kinfolk_on;
use crate::support::home::Home;

#[test]
fn faces_has_its_columns_and_a_row_for_each_face() {
    let mut home = Home::new();
    let faces = home.photo("2020/beach.jpg", &[0, 1]);
    let maria = home.name("Maria", &faces[..1]);
    let root = home.photos().to_string_lossy().into_owned();
    let closed = home.close();

    let text = kinfolk_on(&closed.library, "faces").done();

    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "root,path,x,y,width,height,score,face,cluster,person,state"
    );
    let first = format!(
        "{root},2020/beach.jpg,170,110,60,80,0.9,{},{maria},Maria,confirmed",
        faces[0]
    );
    assert_eq!(lines[1], first);
    assert_eq!(lines.len(), 3);

    let json = kinfolk_on(&closed.library, "faces --format json").done();
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!(rows[0]["person"], "Maria");
    assert_eq!(rows[1]["cluster"], serde_json::Value::Null);
}

#[test]
fn people_lists_groups_biggest_first_and_lone_faces_when_asked() {
    let mut home = Home::new();
    let maria: Vec<_> = (0..3)
        .flat_map(|n| home.photo(&format!("m{n}.jpg"), &[0]))
        .collect();
    let others: Vec<_> = (0..2)
        .flat_map(|n| home.photo(&format!("o{n}.jpg"), &[1]))
        .collect();
    let lone = home.photo("lone.jpg", &[2]);
    let maria = home.name("Maria", &maria);
    let others = home.group(&others);
    let lone = home.group(&lone);
    let closed = home.close();

    let text = kinfolk_on(&closed.library, "people").done();
    let expected = format!("cluster,person,faces,photos\n{maria},Maria,3,3\n{others},,2,2\n");
    assert_eq!(text, expected);
    let all = kinfolk_on(&closed.library, "people --all").done();
    assert_eq!(all, format!("{expected}{lone},,1,1\n"));
    let json = kinfolk_on(&closed.library, "people --format json").done();
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    let first = serde_json::json!({"cluster": maria.0, "person": "Maria", "faces": 3, "photos": 3});
    assert_eq!(rows[0], first);
    assert_eq!(rows[1]["person"], serde_json::Value::Null);
}

#[test]
fn cluster_groups_what_is_alike_and_keeps_what_is_named() {
    let mut home = Home::new();
    let mut faces = Vec::new();
    for number in 0..3 {
        faces.push(home.photo(&format!("{number}.jpg"), &[0, 1]));
    }
    let maria = home.name("Maria", &[faces[0][0]]);
    let closed = home.close();

    kinfolk_on(&closed.library, "cluster").done();

    let rows = kinfolk_on(&closed.library, "faces").csv();
    let maria = maria.to_string();
    for row in &rows {
        let on_the_left = &row[2] == "170";
        assert_eq!(&row[8] == maria.as_str(), on_the_left, "{row:?}");
    }
    let states: Vec<&str> = rows.iter().map(|row| row.get(10).unwrap()).collect();
    assert_eq!(
        states.iter().filter(|state| **state == "confirmed").count(),
        1
    );
    assert_eq!(
        states.iter().filter(|state| **state == "automatic").count(),
        5
    );
    let clusters: std::collections::BTreeSet<&str> = rows.iter().map(|row| &row[8]).collect();
    assert_eq!(clusters.len(), 2);
}

#[test]
fn a_threshold_of_zero_keeps_different_faces_apart_and_one_of_two_joins_all() {
    let mut home = Home::new();
    for axis in 0..3 {
        home.photo(&format!("{axis}.jpg"), &[axis]);
    }
    let closed = home.close();
    kinfolk_on(&closed.library, "cluster --threshold 0").done();
    assert!(kinfolk_on(&closed.library, "people").csv().is_empty());
    kinfolk_on(&closed.library, "cluster --threshold 2").done();
    let people = kinfolk_on(&closed.library, "people").csv();
    assert_eq!(people.len(), 1);
    assert_eq!(&people[0][2], "3");
}
