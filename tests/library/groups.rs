//! What lists show of groups, and what grouping may write.

use crate::support::test_library::{TestLibrary, photo_of};
use kinfolk::curate::{Command, MoveTarget, execute};
use kinfolk::library::{Assignment, FaceState, GroupId, LibraryError};

fn name(test: &mut TestLibrary, group: GroupId, name: &str) {
    let name = name.to_owned();
    execute(&mut test.library, Command::Name { group, name }).unwrap();
}

#[test]
fn a_summary_tells_faces_photos_cover_suggestions_and_dates() {
    let mut test = TestLibrary::new();
    let dates = [
        Some("2019-05-01T10:00:00"),
        None,
        Some("2009-12-31T23:59:59"),
        Some("2021-01-01T00:00:00"),
    ];
    let mut faces = Vec::new();
    for (number, date) in dates.iter().enumerate() {
        let mut photo = photo_of(test.root_id, &format!("{number}.jpg"), &[1, 1]);
        photo.taken = date.map(str::to_owned);
        photo.faces[1].quality = 0.6 + number as f32 / 100.0;
        let photo_id = test.library.store_scanned(&[photo]).unwrap()[0];
        faces.extend(
            test.library
                .faces_of_photo(photo_id)
                .unwrap()
                .iter()
                .map(|face| face.face_id),
        );
    }
    let group = test.group(&faces[..4]);
    name(&mut test, group, "Ana");
    let suggested: Vec<_> = faces[4..7]
        .iter()
        .map(|&face| (face, Assignment::Group(group)))
        .collect();
    test.library.set_automatic_memberships(&suggested).unwrap();
    let summary = test.library.group(group).unwrap().unwrap();
    assert_eq!(summary.name.as_deref(), Some("Ana"));
    assert_eq!(
        (summary.faces, summary.photos, summary.suggested),
        (7, 4, 3)
    );
    assert_eq!(summary.cover, Some(faces[5]));
    assert_eq!(summary.first_taken.as_deref(), dates[2]);
    assert_eq!(summary.last_taken.as_deref(), dates[3]);
    assert_eq!(test.library.group_summaries().unwrap(), [summary]);
    let photos = test.library.photos().unwrap();
    let paths: Vec<_> = photos.iter().map(|photo| photo.path.as_str()).collect();
    assert_eq!(
        paths,
        ["2.jpg", "0.jpg", "3.jpg", "1.jpg"],
        "by date, undated ones last"
    );
    let by_time: Vec<_> = test
        .library
        .faces_of_group(group)
        .unwrap()
        .into_iter()
        .map(|face| face.taken)
        .collect();
    assert_eq!(by_time.first().unwrap().as_deref(), dates[2]);
    assert_eq!(by_time.last().unwrap(), &None);
}

#[test]
fn groups_are_listed_biggest_first_and_empty_unnamed_ones_not_at_all() {
    let mut test = TestLibrary::new();
    let (small, few) = test.add_group(1, 1);
    let (big, _) = test.add_group(2, 3);
    let (emptied, moved) = test.add_group(3, 1);
    let (person, others) = test.add_group(4, 1);
    name(&mut test, person, "Tom");
    let faces = [moved, others].concat();
    let to = MoveTarget::Group(big);
    execute(&mut test.library, Command::Move { faces, to }).unwrap();
    let listed: Vec<_> = test
        .library
        .group_summaries()
        .unwrap()
        .iter()
        .map(|group| group.group_id)
        .collect();
    assert_eq!(listed, [big, small, person]);
    assert_eq!(test.library.group(emptied).unwrap().unwrap().faces, 0);
    let counts = test.library.counts().unwrap();
    assert_eq!((counts.people, counts.unnamed, counts.single), (1, 2, 1));
    execute(&mut test.library, Command::Ignore { faces: few }).unwrap();
    assert_eq!(test.library.counts().unwrap().unnamed, 1);
}

#[test]
fn grouping_leaves_alone_what_a_person_has_decided() {
    let mut test = TestLibrary::new();
    let (ana, faces) = test.add_group(1, 3);
    let (other, more) = test.add_group(2, 2);
    name(&mut test, ana, "Ana");
    execute(
        &mut test.library,
        Command::Ignore {
            faces: vec![more[0]],
        },
    )
    .unwrap();
    execute(
        &mut test.library,
        Command::Reject {
            faces: vec![faces[0]],
        },
    )
    .unwrap();
    let rejected_to = test.state(faces[0]).0;
    let before = test.dump();
    let requests = [
        (faces[0], Assignment::Group(ana)),
        (faces[1], Assignment::Group(other)),
        (faces[2], Assignment::Nowhere),
        (more[0], Assignment::New(1)),
        (more[1], Assignment::Group(GroupId(999))),
        (kinfolk::library::FaceId(999), Assignment::New(1)),
    ];
    let change = test.library.set_automatic_memberships(&requests).unwrap();
    assert_eq!(
        (change.moved, change.skipped, change.created.len()),
        (0, 6, 0)
    );
    assert_eq!(test.dump(), before);
    assert_eq!(test.state(faces[0]), (rejected_to, FaceState::Automatic));
    assert_eq!(
        test.library.faces_to_group().unwrap().len(),
        4,
        "all but the ignored one"
    );
}

#[test]
fn grouping_makes_moves_and_tidies_groups() {
    let mut test = TestLibrary::new();
    let (one, faces) = test.add_group(1, 4);
    let requests = [
        (faces[0], Assignment::New(7)),
        (faces[1], Assignment::New(7)),
        (faces[2], Assignment::New(8)),
        (faces[3], Assignment::Nowhere),
    ];
    let change = test.library.set_automatic_memberships(&requests).unwrap();
    assert_eq!((change.moved, change.skipped), (4, 0));
    assert_eq!(test.members(change.created[&7]), faces[..2]);
    assert_eq!(test.members(change.created[&8]), faces[2..3]);
    assert_eq!(test.state(faces[3]), (None, FaceState::Ungrouped));
    assert_eq!(test.library.group(one).unwrap(), None);
    // An id is never used for another group.
    let fresh = test.group(&faces[..1]);
    assert!(fresh > change.created[&8]);
    test.assert_sound();
}

#[test]
fn a_command_waits_for_another_connection_to_commit() {
    let mut test = TestLibrary::new();
    let (group, faces) = test.add_group(1, 2);
    let mut second = test.library.second_connection().unwrap();
    let mut edit = test.library.edit().unwrap();
    edit.set_mark(faces[0], Some(kinfolk::library::Mark::Ignored))
        .unwrap();
    let waiting = std::thread::spawn(move || {
        let name = "Ana".to_owned();
        execute(&mut second, Command::Name { group, name })
            .unwrap()
            .message
    });
    std::thread::sleep(std::time::Duration::from_millis(50));
    edit.commit(&"ignore", "Ignored 1 face").unwrap();
    assert_eq!(waiting.join().unwrap(), "Named 1 face Ana");
}

#[test]
fn a_history_that_is_not_ours_is_an_error() {
    let mut test = TestLibrary::new();
    let (group, _) = test.add_group(1, 2);
    name(&mut test, group, "Ana");
    let outside = rusqlite::Connection::open(test.path()).unwrap();
    outside
        .execute("UPDATE journal SET changes = '[{\"drop\": 1}]'", [])
        .unwrap();
    let before = test.dump();
    let error = test.library.undo().unwrap_err();
    assert!(matches!(error, LibraryError::Journal { .. }), "{error}");
    assert_eq!(test.dump(), before);
}

/// Photos count, not faces; unnamed groups and marked faces do not.
#[test]
fn people_in_the_same_photos_are_told_by_how_many_those_are() {
    let mut test = TestLibrary::new();
    // Ana is in all four; Tom in three, twice in one of them; Eve in two, ignored in one; a stranger in two.
    let photos: [&[u32]; 4] = [&[1, 2, 2], &[1, 2, 3], &[1, 2, 3, 4], &[1, 4]];
    let mut faces_of = vec![Vec::new(); 5];
    for (number, people) in photos.iter().enumerate() {
        let (_, faces) = test.add_photo(&format!("{number}.jpg"), people);
        for (&person, face) in people.iter().zip(faces) {
            faces_of[person as usize].push(face);
        }
    }
    let groups: Vec<GroupId> = faces_of[1..]
        .iter()
        .map(|faces| test.group(faces))
        .collect();
    for (group, called) in groups.iter().zip(["Ana", "Tom", "Eve"]) {
        name(&mut test, *group, called);
    }
    let faces = vec![faces_of[3][0]];
    execute(&mut test.library, Command::Ignore { faces }).unwrap();
    let often_with = |group, most| test.library.often_with(group, most).unwrap();
    assert_eq!(often_with(groups[0], 5), [(groups[1], 3), (groups[2], 1)]);
    assert_eq!(often_with(groups[0], 1), [(groups[1], 3)]);
    assert_eq!(often_with(groups[2], 5), [(groups[0], 1), (groups[1], 1)]);
}
