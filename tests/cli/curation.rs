//! `name`, `merge`, `split`, `undo`, `redo`, `history`.

use super::run::kinfolk_on;
use crate::support::home::{ClosedHome, Home};
use kinfolk::library::GroupId;

/// Two unnamed groups of three faces each, in six photos.
fn two_groups() -> (ClosedHome, GroupId, GroupId) {
    let mut home = Home::new();
    let first: Vec<_> = (0..3)
        .flat_map(|n| home.photo(&format!("a{n}.jpg"), &[0]))
        .collect();
    let second: Vec<_> = (0..3)
        .flat_map(|n| home.photo(&format!("b{n}.jpg"), &[1]))
        .collect();
    let (first, second) = (home.group(&first), home.group(&second));
    (home.close(), first, second)
}

/// `cluster,person,faces` of every group, by id.
fn groups(home: &ClosedHome) -> Vec<String> {
    let mut rows: Vec<String> = kinfolk_on(&home.library, "people --all")
        .csv()
        .iter()
        .map(|row| format!("{},{},{}", &row[0], &row[1], &row[2]))
        .collect();
    rows.sort();
    rows
}

#[test]
fn a_group_gets_a_name_and_another_one() {
    let (home, first, second) = two_groups();
    let told = kinfolk_on(&home.library, &format!("name {first} Maria")).done();
    assert!(told.contains("Maria"), "{told}");
    kinfolk_on(&home.library, &format!("name {first} Mary")).done();
    assert_eq!(
        groups(&home),
        [format!("{first},Mary,3"), format!("{second},,3")]
    );
}

#[test]
fn a_name_that_is_taken_offers_the_merge_that_then_works() {
    let (home, first, second) = two_groups();
    kinfolk_on(&home.library, &format!("name {first} Maria")).done();
    let told = kinfolk_on(&home.library, &format!("name {second} maria")).failed();
    let merge = format!("kinfolk merge {first} {second}");
    assert!(told.contains(&merge), "{told}");
    kinfolk_on(&home.library, merge.trim_start_matches("kinfolk ")).done();
    assert_eq!(groups(&home), [format!("{first},Maria,6")]);
}

#[test]
fn unknown_groups_and_faces_are_told_with_where_to_look() {
    let (home, first, _) = two_groups();
    for words in [
        "name 999 Maria".to_owned(),
        format!("merge {first} 999"),
        "split 999 --pieces 2".to_owned(),
    ] {
        let told = kinfolk_on(&home.library, &words).failed();
        assert!(told.contains("kinfolk people"), "{words}: {told}");
    }
    let told = kinfolk_on(&home.library, &format!("split {first} --faces 999")).failed();
    assert!(told.contains("kinfolk faces"), "{told}");
}

#[test]
fn chosen_faces_leave_their_group() {
    let (home, first, second) = two_groups();
    kinfolk_on(&home.library, &format!("merge {first} {second}")).done();
    let rows = kinfolk_on(&home.library, "faces").csv();
    let strangers = rows.iter().filter(|row| row[1].starts_with('b'));
    let faces: Vec<&str> = strangers.map(|row| &row[7]).collect();

    let told = kinfolk_on(
        &home.library,
        &format!("split {first} --faces {}", faces.join(",")),
    )
    .done();

    let rows = kinfolk_on(&home.library, "faces").csv();
    for row in &rows {
        assert_eq!(
            row[8] == first.to_string(),
            row[1].starts_with('a'),
            "{row:?}"
        );
    }
    let created = groups(&home);
    assert_eq!(created.len(), 2);
    assert!(told.contains("New groups: "), "{told}");
}

#[test]
fn a_group_falls_apart_where_its_faces_differ() {
    for how in ["--pieces 2", "--cut 0.5"] {
        let (home, first, second) = two_groups();
        kinfolk_on(&home.library, &format!("merge {first} {second}")).done();
        kinfolk_on(&home.library, &format!("split {first} {how}")).done();
        let rows = kinfolk_on(&home.library, "faces").csv();
        let cluster_of = |letter: char| {
            let mut clusters: Vec<&str> = rows
                .iter()
                .filter(|row| row[1].starts_with(letter))
                .map(|row| &row[8])
                .collect();
            clusters.dedup();
            assert_eq!(clusters.len(), 1, "{how}: {rows:?}");
            clusters[0]
        };
        assert_ne!(cluster_of('a'), cluster_of('b'), "{how}");
    }
}

#[test]
fn a_group_that_does_not_fall_apart_is_left_alone() {
    let (home, first, _) = two_groups();
    let before = groups(&home);
    let told = kinfolk_on(&home.library, &format!("split {first} --cut 1.5")).failed();
    assert!(told.contains("--cut"), "{told}");
    assert_eq!(groups(&home), before);
}

#[test]
fn undo_and_redo_walk_the_history_across_processes() {
    let (home, first, second) = two_groups();
    let unnamed = groups(&home);
    kinfolk_on(&home.library, &format!("name {first} Maria")).done();
    let named = groups(&home);
    kinfolk_on(&home.library, &format!("merge {first} {second}")).done();
    let merged = groups(&home);

    assert!(
        kinfolk_on(&home.library, "undo")
            .done()
            .starts_with("Undone: ")
    );
    assert_eq!(groups(&home), named);
    kinfolk_on(&home.library, "undo").done();
    assert_eq!(groups(&home), unnamed);
    kinfolk_on(&home.library, "redo 2").done();
    assert_eq!(groups(&home), merged);
    let told = kinfolk_on(&home.library, "redo").failed();
    assert!(told.contains("nothing to redo"), "{told}");
    // The two groups were made by commands, too.
    let undone = kinfolk_on(&home.library, "undo 99").done();
    assert_eq!(undone.lines().count(), 4);
    assert!(
        kinfolk_on(&home.library, "undo")
            .failed()
            .contains("nothing to undo")
    );
}

#[test]
fn history_reads_as_sentences_newest_first_with_the_undone_in_brackets() {
    let (home, first, second) = two_groups();
    kinfolk_on(&home.library, &format!("name {first} Maria")).done();
    kinfolk_on(&home.library, &format!("name {second} Tom")).done();
    kinfolk_on(&home.library, "undo").done();

    let text = kinfolk_on(&home.library, "history --limit 2").done();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(
        lines[0].contains("Tom]") && lines[0].contains("  ["),
        "{text}"
    );
    assert!(
        lines[1].contains("Maria") && !lines[1].contains('['),
        "{text}"
    );

    let json = kinfolk_on(&home.library, "history --json").done();
    let entries: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!(entries.len(), 4);
    assert_eq!(
        (&entries[0]["undone"], &entries[1]["undone"]),
        (&true.into(), &false.into())
    );
    let at = entries[0]["at"].as_str().unwrap();
    assert!(
        at.len() == 20 && at.starts_with("20") && at.ends_with('Z'),
        "{at}"
    );
}
