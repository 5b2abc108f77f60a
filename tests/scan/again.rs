//! Scanning again: photos that are unchanged, moved, copied, changed, gone or back, and the people in them.

use kinfolk::library::{FaceState, PhotoId};
#[cfg(unix)]
use kinfolk::library::{KnownPhoto, TouchedPhoto};
use kinfolk::scan::{ScanControl, ScanError, ScanOptions, ScanSummary, look_again};

use super::world::{World, astronaut, landscape, obama, portrait, set_time};
use crate::support::variants;
use std::time::{Duration, SystemTime};

#[test]
fn unchanged_photos_are_skipped() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.write("b.png", &landscape(1));
    world.scan();
    let (photos, faces) = (
        world.library.photos().expect("read"),
        world.library.all_faces().expect("read"),
    );
    let summary = world.scan();
    assert_eq!(
        (summary.unchanged, summary.photos_scanned, summary.vanished),
        (2, 0, 0)
    );
    assert_eq!(world.library.photos().expect("read"), photos);
    assert_eq!(world.library.all_faces().expect("read"), faces);
}

#[test]
fn only_new_photos_are_searched() {
    let mut world = World::new();
    world.write("a.png", &landscape(1));
    world.scan();
    world.write("b.png", &landscape(2));
    let summary = world.scan();
    assert_eq!((summary.unchanged, summary.photos_scanned), (1, 1));
}

#[test]
fn a_touched_photo_keeps_everything_and_is_not_searched() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.scan();
    let face = world.face("a.jpg");
    world.touch("a.jpg");
    let summary = world.scan();
    assert_eq!((summary.unchanged, summary.photos_scanned), (1, 0));
    assert_eq!(world.face("a.jpg"), face);
    let root_id = world.photo("a.jpg").root_id;
    let stored = world.library.known_photos(root_id).expect("read")[0].modified_ns;
    let on_disk = world
        .path("a.jpg")
        .metadata()
        .and_then(|data| data.modified())
        .expect("time");
    assert_eq!(
        stored as u128,
        on_disk
            .duration_since(SystemTime::UNIX_EPOCH)
            .expect("after 1970")
            .as_nanos()
    );
}

#[test]
fn renamed_and_moved_photos_keep_their_people() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.write("b.jpg", &astronaut());
    world.scan();
    let group = world.name("a.jpg", "Barack Obama");
    let (a, b) = (world.photo("a.jpg").photo_id, world.photo("b.jpg").photo_id);
    world.rename("a.jpg", "2012/december/renamed.jpg");
    world.rename("b.jpg", "2012/b.jpg");
    let summary = world.scan();
    assert_eq!(
        (summary.moved, summary.photos_scanned, summary.vanished),
        (2, 0, 0)
    );
    assert_eq!(world.photo("2012/december/renamed.jpg").photo_id, a);
    assert_eq!(world.photo("2012/b.jpg").photo_id, b);
    let face = world.face("2012/december/renamed.jpg");
    assert_eq!(
        (face.group, face.state),
        (Some(group), FaceState::Confirmed)
    );
    assert_eq!(world.library.photos().expect("read").len(), 2);
}

#[test]
fn photos_that_swap_names_take_their_people_along() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.write("b.jpg", &astronaut());
    world.scan();
    let group = world.name("a.jpg", "Barack Obama");
    let (a, b) = (world.photo("a.jpg").photo_id, world.photo("b.jpg").photo_id);
    world.rename("a.jpg", "c.jpg");
    world.rename("b.jpg", "a.jpg");
    world.rename("c.jpg", "b.jpg");
    world.touch("a.jpg");
    set_time(
        &world.path("b.jpg"),
        SystemTime::now() - Duration::from_secs(2000),
    );
    let summary = world.scan();
    assert_eq!((summary.moved, summary.photos_scanned), (2, 0));
    assert_eq!(
        (world.photo("a.jpg").photo_id, world.photo("b.jpg").photo_id),
        (b, a)
    );
    assert_eq!(world.face("b.jpg").group, Some(group));
}

#[test]
fn a_photo_moved_aside_for_another_one_keeps_its_people() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.scan();
    let group = world.name("a.jpg", "Barack Obama");
    let photo_id = world.photo("a.jpg").photo_id;
    world.rename("a.jpg", "old/a.jpg");
    world.write("a.jpg", &astronaut());
    let summary = world.scan();
    assert_eq!((summary.moved, summary.photos_scanned), (1, 1));
    assert_eq!(world.photo("old/a.jpg").photo_id, photo_id);
    assert_eq!(world.face("old/a.jpg").group, Some(group));
    assert_ne!(world.photo("a.jpg").photo_id, photo_id);
    assert_eq!(world.face("a.jpg").group, None);
}

#[test]
fn a_photo_overwritten_by_another_known_one_vanishes() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.write("b.jpg", &astronaut());
    world.scan();
    let (a, b) = (world.photo("a.jpg").photo_id, world.photo("b.jpg").photo_id);
    world.rename("b.jpg", "a.jpg");
    world.touch("a.jpg");
    world.scan();
    assert_eq!(world.photo("a.jpg").photo_id, b);
    assert!(
        world
            .library
            .photo(a)
            .expect("read")
            .expect("kept")
            .vanished
    );
}

#[test]
fn vanished_photos_keep_their_people_and_come_back() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.write("b.png", &landscape(1));
    world.scan();
    let group = world.name("a.jpg", "Barack Obama");
    let photo_id = world.photo("a.jpg").photo_id;
    let aside = world.place.path().join("aside.jpg");
    std::fs::rename(world.path("a.jpg"), &aside).expect("rename");
    let summary = world.scan();
    assert_eq!((summary.vanished, summary.unchanged), (1, 1));
    assert!(
        world
            .library
            .photo(photo_id)
            .expect("read")
            .expect("kept")
            .vanished
    );
    assert!(
        world
            .library
            .faces_of_group(group)
            .expect("read")
            .is_empty()
    );
    let away = world.library.away_faces_of_group(group).expect("read");
    assert_eq!(away.len(), 1);
    assert_eq!(world.scan().vanished, 0, "it vanishes once");

    // It is back at its path, first with the same time, then with another.
    std::fs::rename(&aside, world.path("a.jpg")).expect("rename");
    assert_eq!(world.scan().returned, 1);
    assert_eq!(world.photo("a.jpg").photo_id, photo_id);
    world.remove("a.jpg");
    world.scan();
    world.write("a.jpg", &obama());
    let summary = world.scan();
    assert_eq!(summary.photos_scanned, 0);
    assert_eq!(world.photo("a.jpg").photo_id, photo_id);

    // It is back at another path.
    world.remove("a.jpg");
    world.scan();
    world.write("elsewhere/again.jpg", &obama());
    let summary = world.scan();
    assert_eq!((summary.moved, summary.photos_scanned), (1, 0));
    assert_eq!(world.photo("elsewhere/again.jpg").photo_id, photo_id);
    assert_eq!(world.face("elsewhere/again.jpg").group, Some(group));
}

#[test]
fn another_picture_at_a_vanished_path_leaves_its_people_alone() {
    let mut world = World::new();
    world.write("IMG_0001.jpg", &obama());
    world.write("b.png", &landscape(1));
    world.scan();
    let group = world.name("IMG_0001.jpg", "Barack Obama");
    let former = world.photo("IMG_0001.jpg").photo_id;
    world.remove("IMG_0001.jpg");
    world.scan();
    world.write("IMG_0001.jpg", &astronaut());
    world.scan();
    assert_ne!(world.photo("IMG_0001.jpg").photo_id, former);
    assert_eq!(world.face("IMG_0001.jpg").group, None);
    let faces = world.library.faces_of_photo(former).expect("read");
    assert_eq!(faces[0].group, Some(group));
}

#[test]
fn an_edited_photo_keeps_the_people_who_are_still_in_it() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.scan();
    let group = world.name("a.jpg", "Barack Obama");
    let (photo_id, face_id) = (world.photo("a.jpg").photo_id, world.face("a.jpg").face_id);
    let edits = [
        variants::darker(&portrait("obama.jpg", 400), 0.8),
        portrait("obama.jpg", 500),
        image::imageops::crop_imm(&portrait("obama.jpg", 500), 20, 0, 360, 420).to_image(),
    ];
    for edit in edits {
        world.write("a.jpg", &variants::jpeg(&edit));
        world.touch("a.jpg");
        let summary = world.scan();
        assert_eq!((summary.photos_scanned, summary.vanished), (1, 0));
        assert_eq!(world.photo("a.jpg").photo_id, photo_id);
        assert_eq!(
            (
                world.photo("a.jpg").size.width,
                world.photo("a.jpg").size.height
            ),
            edit.dimensions()
        );
        let face = world.face("a.jpg");
        assert_eq!(
            (face.face_id, face.group, face.state),
            (face_id, Some(group), FaceState::Confirmed)
        );
    }
}

#[test]
fn another_picture_at_a_path_brings_its_own_faces() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.scan();
    world.name("a.jpg", "Barack Obama");
    let face_id = world.face("a.jpg").face_id;
    world.write("a.jpg", &astronaut());
    world.touch("a.jpg");
    world.scan();
    let face = world.face("a.jpg");
    assert_ne!(face.face_id, face_id);
    assert_eq!(face.state, FaceState::Ungrouped);
}

#[test]
fn copies_share_one_search() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.write("copy 1.jpg", &obama());
    let summary = world.scan();
    assert_eq!(
        (summary.photos_scanned, summary.copied, summary.faces),
        (1, 1, 2)
    );
    world.write("sub/copy 2.jpg", &obama());
    let summary = world.scan();
    assert_eq!(
        (summary.photos_scanned, summary.copied, summary.moved),
        (0, 1, 0)
    );
    let first = world.face("a.jpg");
    for path in ["copy 1.jpg", "sub/copy 2.jpg"] {
        let copy = world.face(path);
        assert_ne!(copy.face_id, first.face_id);
        assert_eq!(copy.box_in_photo, first.box_in_photo);
        let embedding = |face_id| {
            world
                .library
                .centred(face_id)
                .expect("read")
                .expect("embedded")
        };
        assert_eq!(embedding(copy.face_id), embedding(first.face_id));
        let thumbnail = |face_id| world.library.face_thumbnail(face_id).expect("read");
        assert_eq!(thumbnail(copy.face_id), thumbnail(first.face_id));
        assert!(
            world
                .library
                .photo_thumbnail(world.photo(path).photo_id)
                .expect("read")
                .is_some()
        );
    }
}

#[test]
fn of_two_copies_only_the_one_that_is_gone_moves() {
    let mut world = World::new();
    world.write("a/x.jpg", &obama());
    world.write("b/y.jpg", &obama());
    world.scan();
    let (x, y) = (
        world.photo("a/x.jpg").photo_id,
        world.photo("b/y.jpg").photo_id,
    );
    world.rename("b/y.jpg", "c/y.jpg");
    let summary = world.scan();
    assert_eq!((summary.moved, summary.copied, summary.vanished), (1, 0, 0));
    assert_eq!(
        (
            world.photo("a/x.jpg").photo_id,
            world.photo("c/y.jpg").photo_id
        ),
        (x, y)
    );
    // Both move, and each is identified by its name.
    world.rename("a/x.jpg", "d/x.jpg");
    world.rename("c/y.jpg", "a/y.jpg");
    assert_eq!(world.scan().moved, 2);
    assert_eq!(
        (
            world.photo("d/x.jpg").photo_id,
            world.photo("a/y.jpg").photo_id
        ),
        (x, y)
    );
}

#[test]
fn problems_go_when_their_cause_goes() {
    let mut world = World::new();
    world.write("mended.jpg", b"bad");
    world.write("removed.jpg", b"bad");
    world.write("still.jpg", b"bad");
    assert_eq!(world.scan().problems, 3);
    world.write("mended.jpg", &obama());
    world.remove("removed.jpg");
    let summary = world.scan();
    assert_eq!((summary.problems, summary.photos_scanned), (1, 1));
    let paths: Vec<_> = world.problems().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["still.jpg"]);
}

#[test]
fn a_file_that_can_not_be_read_is_left_alone_until_it_changes() {
    let mut world = World::new();
    world.write("bad.jpg", b"bad");
    assert!(world.scan().stages.read > 0.0);
    let again = world.scan();
    assert_eq!((again.problems, again.stages.read), (1, 0.0));
    assert_eq!(world.problems().len(), 1);
    world.touch("bad.jpg");
    let touched = world.scan();
    assert!(touched.problems == 1 && touched.stages.read > 0.0);
    // Another version may be able to read it.
    world
        .library
        .set_setting("problems_reader", Some("an earlier one"))
        .expect("setting");
    assert!(world.scan().stages.read > 0.0);
    assert_eq!(world.scan().stages.read, 0.0);
}

#[test]
fn a_photo_that_gets_damaged_is_a_problem_and_keeps_its_people() {
    let mut world = World::new();
    let photo = obama();
    world.write("a.jpg", &photo);
    world.scan();
    let group = world.name("a.jpg", "Barack Obama");
    let stamp = world
        .path("a.jpg")
        .metadata()
        .and_then(|data| data.modified())
        .expect("time");
    world.write("a.jpg", &photo[..photo.len() / 2]);
    assert_eq!(world.scan().problems, 1);
    assert_eq!(world.face("a.jpg").group, Some(group));
    // It is restored from a backup, with its time.
    world.write("a.jpg", &photo);
    set_time(&world.path("a.jpg"), stamp);
    assert_eq!(world.scan().unchanged, 1);
    assert_eq!(world.problems(), []);
    assert_eq!(world.face("a.jpg").group, Some(group));
}

#[test]
fn decisions_on_a_photo_that_became_another_picture_are_told() {
    use kinfolk::library::Decision;
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.scan();
    world.name("a.jpg", "Barack Obama");
    world.write("a.jpg", &landscape(1));
    world.touch("a.jpg");
    let summary = world.scan();
    let [lost] = &summary.not_found[..] else {
        panic!("{:?}", summary.not_found);
    };
    assert!(lost.photo.ends_with("a.jpg"), "{lost}");
    assert_eq!(lost.decision, Decision::Confirmed);
    assert_eq!(lost.person.as_deref(), Some("Barack Obama"));
    assert_eq!(world.scan().not_found, [], "once");
}

fn look_again_at(
    world: &mut World,
    photos: &[PhotoId],
    min_score: f32,
) -> Result<ScanSummary, ScanError> {
    let options = ScanOptions {
        min_score,
        ..ScanOptions::with_threads(2)
    };
    let control = ScanControl::new();
    look_again(
        &mut world.library,
        crate::support::engine(),
        photos,
        &options,
        &control,
        &|_| {},
    )
}

#[test]
fn chosen_photos_are_searched_again_and_decisions_stay() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.write("b.jpg", &astronaut());
    world.scan();
    let group = world.name("a.jpg", "Barack Obama");
    let face = world.face("a.jpg");
    let photo_id = world.photo("a.jpg").photo_id;
    let summary = look_again_at(&mut world, &[photo_id], 0.5).expect("a scan");
    assert_eq!(
        (summary.photos_found, summary.photos_scanned),
        (1, 1),
        "{summary:?}"
    );
    assert_eq!(summary.not_found, []);
    let now = world.face("a.jpg");
    assert_eq!((now.face_id, now.group), (face.face_id, Some(group)));
    // A score that no face has: the confirmed one stays in its photo.
    let summary = look_again_at(&mut world, &[photo_id], 1.0).expect("a scan");
    assert_eq!(
        (summary.faces, summary.not_found.len()),
        (0, 0),
        "{summary:?}"
    );
    let now = world.face("a.jpg");
    assert_eq!((now.face_id, now.group), (face.face_id, Some(group)));
    assert_eq!(
        world.library.check_invariants().expect("check"),
        Vec::<String>::new()
    );
}

#[test]
fn a_chosen_photo_that_is_not_there_is_told_and_stays_as_it_is() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.write("b.png", &landscape(1));
    world.scan();
    let photos = ["a.jpg", "b.png"].map(|path| world.photo(path).photo_id);
    world.remove("a.jpg");
    let summary = look_again_at(&mut world, &photos, 0.7).expect("a scan");
    assert_eq!(
        (summary.photos_scanned, summary.unreachable.len()),
        (1, 1),
        "{summary:?}"
    );
    assert_eq!(
        world.photo("a.jpg").photo_id,
        photos[0],
        "its folder is scanned to find it away"
    );
    assert!(matches!(
        look_again_at(&mut world, &photos[..1], 0.7),
        Err(ScanError::Unreachable(_))
    ));
}

/// The photo at a path, as the library compares it with the disk.
#[cfg(unix)]
fn known(world: &World, path: &str) -> KnownPhoto {
    let root_id = world.photo(path).root_id;
    let known = world.library.known_photos(root_id).expect("read");
    let mut known = known.into_iter().filter(|photo| photo.path == path);
    known.next().expect("known")
}

#[cfg(unix)]
fn time_of(path: &std::path::Path) -> SystemTime {
    path.metadata()
        .and_then(|data| data.modified())
        .expect("time")
}

#[cfg(unix)]
#[test]
fn a_photo_that_was_changed_while_its_time_was_kept_is_searched_again() {
    let mut world = World::new();
    // As long as each other, as a photo is whose orientation another program has changed.
    let mut photos = [obama(), astronaut()];
    let length = photos.iter().map(Vec::len).max().expect("two");
    photos.iter_mut().for_each(|photo| photo.resize(length, 0));
    world.write("a.jpg", &photos[0]);
    world.touch("a.jpg");
    world.scan();
    let time = time_of(&world.path("a.jpg"));
    let before = world.face("a.jpg");
    world.write("a.jpg", &photos[1]);
    set_time(&world.path("a.jpg"), time);
    let summary = world.scan();
    assert_eq!((summary.unchanged, summary.photos_scanned), (0, 1));
    assert_ne!(world.face("a.jpg").box_in_photo, before.box_in_photo);
    assert_eq!(world.scan().unchanged, 1);
}

#[cfg(unix)]
#[test]
fn a_file_of_which_only_properties_changed_is_read_but_not_searched() {
    use std::os::unix::fs::PermissionsExt as _;

    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.scan();
    let (face, before) = (world.face("a.jpg"), known(&world, "a.jpg"));
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(world.path("a.jpg"), mode).expect("chmod");
    let summary = world.scan();
    assert_eq!((summary.unchanged, summary.photos_scanned), (1, 0));
    assert_eq!(world.face("a.jpg"), face);
    let after = known(&world, "a.jpg");
    assert!(after.changed_ns > before.changed_ns, "{before:?} {after:?}");
    assert_eq!(after.modified_ns, before.modified_ns);
}

#[cfg(unix)]
#[test]
fn when_a_file_last_changed_is_learned_without_reading_it() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.scan();
    let photo = known(&world, "a.jpg");
    assert!(photo.changed_ns.is_some());
    // As in a library of an earlier version.
    let unknown = TouchedPhoto {
        photo_id: photo.photo_id,
        file_size: photo.file_size,
        modified_ns: photo.modified_ns,
        changed_ns: None,
    };
    world.library.touch_photos(&[unknown]).expect("stored");
    let summary = world.scan();
    assert_eq!((summary.unchanged, summary.photos_scanned), (1, 0));
    assert_eq!(summary.stages.read, 0.0, "nothing was read");
    assert_eq!(known(&world, "a.jpg"), photo);
}

#[test]
fn a_photo_that_was_away_and_is_back_counts_as_that() {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.write("b.jpg", &astronaut());
    world.scan();
    let group = world.name("a.jpg", "Barack Obama");
    let elsewhere = world.place.path().join("a.jpg");
    std::fs::rename(world.path("a.jpg"), &elsewhere).expect("rename");
    assert_eq!(world.scan().vanished, 1);
    std::fs::rename(&elsewhere, world.path("a.jpg")).expect("rename");
    let summary = world.scan();
    assert_eq!(
        (summary.returned, summary.unchanged, summary.photos_scanned),
        (1, 1, 0)
    );
    assert_eq!(world.face("a.jpg").group, Some(group));
}
