//! The first scan of a folder.

use std::sync::Mutex;

use kinfolk::geometry::Size;
use kinfolk::library::{FaceState, Library};
use kinfolk::photo::{self, Limits};
use kinfolk::scan::{Phase, Progress, ScanControl, ScanOptions, scan};

use super::world::{World, astronaut, landscape, obama, options, portrait};
use crate::support::engine;
use crate::support::pictures;
use crate::support::variants;

#[test]
fn faces_are_found_with_their_embeddings_and_thumbnails() {
    let mut world = World::new();
    world.write("people/obama.jpg", &obama());
    world.write("people/astronaut.jpg", &astronaut());
    world.write("sea.png", &landscape(1));
    let summary = world.scan();
    assert_eq!((summary.photos_found, summary.photos_scanned), (3, 3));
    assert_eq!((summary.faces, summary.problems), (2, 0));
    assert!(!summary.stopped);

    let photo = world.photo("people/obama.jpg");
    assert_eq!(
        photo.root,
        photo::normal_root(&world.photos()).expect("folder")
    );
    assert_eq!(
        photo.size,
        Size {
            width: 320,
            height: 400
        }
    );
    let face = world.face("people/obama.jpg");
    assert_eq!(face.state, FaceState::Ungrouped);
    assert!(face.recognizable && face.score > 0.7 && face.quality > 0.0);
    // In the upper middle, a tenth to a half of the height of the photo.
    let center = face.box_in_photo.center();
    assert!(
        (100.0..220.0).contains(&center.x) && (60.0..220.0).contains(&center.y),
        "{face:?}"
    );
    assert!((40.0..200.0).contains(&face.box_in_photo.height));
    let embeddings = world.library.embeddings().expect("read");
    let own = embeddings.iter().find(|(id, _)| *id == face.face_id);
    let (_, embedding) = own.expect("embedded");
    assert!((embedding.similarity(embedding) - 1.0).abs() < 1e-4);

    let decoded = |jpeg: Option<Vec<u8>>| {
        let jpeg = jpeg.expect("a thumbnail");
        photo::decode(&jpeg, &Limits::default())
            .expect("a JPEG")
            .image
    };
    let thumbnail = decoded(world.library.photo_thumbnail(photo.photo_id).expect("read"));
    assert_eq!(thumbnail.dimensions(), (256, 320));
    let thumbnail = decoded(world.library.face_thumbnail(face.face_id).expect("read"));
    assert_eq!(thumbnail.dimensions(), (160, 160));
    assert!(world.faces("sea.png").is_empty());
}

#[test]
fn two_photos_of_a_person_are_more_alike_than_two_people() {
    let mut world = World::new();
    world.write("1.jpg", &obama());
    world.write("2.jpg", &variants::jpeg(&portrait("obama2.jpg", 600)));
    world.write("other.jpg", &astronaut());
    world.scan();
    let embedding = |path: &str| {
        let face_id = world.face(path).face_id;
        world
            .library
            .centred(face_id)
            .expect("read")
            .expect("embedded")
    };
    let same = embedding("1.jpg").cosine(&embedding("2.jpg"));
    let other = embedding("1.jpg").cosine(&embedding("other.jpg"));
    assert!(
        same > 0.363 && other < 0.363,
        "same person {same}, other person {other}"
    );
}

#[test]
fn a_face_is_at_one_place_in_all_eight_orientations() {
    let mut world = World::new();
    let upright = portrait("obama.jpg", 320);
    for orientation in 1..=8 {
        let jpeg = variants::jpeg_with_orientation(&upright, orientation);
        world.write(&format!("{orientation}.jpg"), &jpeg);
    }
    let summary = world.scan();
    assert_eq!(summary.faces, 8);
    let first = world.face("1.jpg").box_in_photo;
    for orientation in 1..=8u8 {
        let photo = world.photo(&format!("{orientation}.jpg"));
        assert_eq!(photo.orientation, orientation);
        assert_eq!((photo.size.width, photo.size.height), upright.dimensions());
        let face = world.face(&photo.path).box_in_photo;
        assert!(
            face.iou(&first) > 0.9,
            "orientation {orientation}: {face:?}, {first:?}"
        );
    }
}

#[test]
fn the_date_taken_is_kept() {
    let mut world = World::new();
    let exif = pictures::exif_block(1, Some("2012:12:06 14:30:00"));
    world.write("a.jpg", &pictures::jpeg_with_exif(&obama(), &exif));
    world.scan();
    assert_eq!(
        world.photo("a.jpg").taken.as_deref(),
        Some("2012-12-06T14:30:00")
    );
    assert_eq!(
        world.face("a.jpg").taken.as_deref(),
        Some("2012-12-06T14:30:00")
    );
}

#[test]
fn bad_files_are_problems_and_other_files_are_counted() {
    let mut world = World::new();
    world.write("a/empty.jpg", b"");
    world.write("a/text.png", b"not a picture");
    world.write("cut.jpg", &obama()[..5000]);
    world.write("notes.txt", b"BM");
    world.write("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0");
    world.write("misnamed.jpg", b"\0\0\0\x18ftypavif\0\0\0\0");
    world.write("fine.png", &landscape(1));
    let summary = world.scan();
    assert_eq!(
        (
            summary.photos_found,
            summary.photos_scanned,
            summary.problems
        ),
        (6, 2, 3 + u64::from(cfg!(feature = "avif")))
    );
    let other: Vec<_> = summary
        .other_files
        .iter()
        .map(|(kind, n)| (kind.as_str(), *n))
        .collect();
    let unread: &[_] = match cfg!(feature = "avif") {
        true => &[("txt", 1)],
        false => &[("avif", 1), ("txt", 1)],
    };
    assert_eq!(other, unread);
    assert_eq!(summary.incomplete, 1);
    let problems = world.problems();
    let paths: Vec<_> = problems.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths[..3], ["a/empty.jpg", "a/text.png", "cut.jpg"]);
    assert_eq!(paths.last(), Some(&"phone.heic"));
    assert!(
        problems[0].1.contains("empty") && problems[2].1.contains("incomplete"),
        "{problems:?}"
    );
}

#[test]
fn faces_too_small_to_recognise_are_kept_without_an_embedding() {
    let mut world = World::new();
    // A face about 16 pixels wide on a larger ground.
    let mut ground = image::RgbImage::from_pixel(320, 320, image::Rgb([90, 110, 90]));
    image::imageops::overlay(&mut ground, &portrait("obama.jpg", 64), 120, 120);
    world.write(
        "far.png",
        &pictures::encoded(&ground.into(), image::ImageFormat::Png),
    );
    world.scan();
    let face = world.face("far.png");
    assert!(face.box_in_photo.width < 20.0, "{face:?}");
    assert!(!face.recognizable);
    assert_eq!(face.state, FaceState::Unclear);
    assert_eq!(world.library.centred(face.face_id).expect("read"), None);
    assert!(
        world
            .library
            .face_thumbnail(face.face_id)
            .expect("read")
            .is_some()
    );
}

#[test]
fn a_higher_score_asked_for_gives_fewer_faces() {
    let world = World::new();
    world.write(
        "group.jpg",
        &variants::jpeg(&portrait("solvay-1927.jpg", 900)),
    );
    let strict = ScanOptions {
        min_score: 0.9,
        ..options()
    };
    let faces_at = |options: &ScanOptions| {
        let mut library = Library::open_in_memory().expect("library");
        let folder = [world.photos()];
        let summary = scan(
            &mut library,
            engine(),
            &folder,
            options,
            &ScanControl::new(),
            &|_| {},
        );
        let scores: Vec<f32> = library
            .all_faces()
            .expect("read")
            .iter()
            .map(|face| face.score)
            .collect();
        assert!(scores.iter().all(|score| *score >= options.min_score));
        summary.expect("a scan").faces
    };
    let (all, best) = (faces_at(&options()), faces_at(&strict));
    assert!(best < all && all >= 20, "{best} of {all}");
}

#[test]
fn memory_for_one_pixel_is_enough_when_photos_wait_for_each_other() {
    let world = World::new();
    for seed in 0..12 {
        world.write(&format!("{seed}.png"), &landscape(seed));
    }
    let options = ScanOptions {
        threads: 4,
        pixel_memory: 3,
        ..options()
    };
    let mut library = Library::open_in_memory().expect("library");
    let summary = scan(
        &mut library,
        engine(),
        &[world.photos()],
        &options,
        &ScanControl::new(),
        &|_| {},
    );
    assert_eq!(summary.expect("a scan").photos_scanned, 12);
}

#[test]
fn progress_only_grows_and_ends_complete() {
    let world = World::new();
    for seed in 0..20 {
        world.write(&format!("{seed}.png"), &landscape(seed));
    }
    world.write("bad.jpg", b"bad");
    let told: Mutex<Vec<Progress>> = Mutex::default();
    let mut library = Library::open_in_memory().expect("library");
    let folder = [world.photos()];
    let on_progress = |progress: &Progress| told.lock().expect("lock").push(progress.clone());
    scan(
        &mut library,
        engine(),
        &folder,
        &options(),
        &ScanControl::new(),
        &on_progress,
    )
    .expect("a scan");
    let told = told.into_inner().expect("lock");
    let scanning: Vec<_> = told
        .iter()
        .filter(|progress| progress.phase != Phase::Walking)
        .collect();
    assert!(
        scanning
            .windows(2)
            .all(|pair| pair[0].photos_done <= pair[1].photos_done)
    );
    assert!(scanning.iter().all(|progress| progress.photos_total == 21));
    let last = told.last().expect("a last report");
    assert_eq!(
        (last.phase, last.photos_done, last.problems),
        (Phase::Finished, 21, 1)
    );
    assert_eq!(last.current, None);
}

#[test]
fn only_faces_that_may_be_recognized_get_a_closer_look() {
    let mut world = World::new();
    for long_side in [44, 52, 60, 90, 200] {
        let small = variants::jpeg(&portrait("obama.jpg", long_side));
        world.write(&format!("{long_side}.jpg"), &small);
    }
    world.scan();
    let measures = world.library.face_measures().expect("read");
    let mut seen = [0; 2];
    for (face, measures) in measures {
        let side = measures.side.expect("measured");
        assert_eq!(measures.mesh.is_some(), side >= 20.0, "{face:?}: {side}");
        seen[usize::from(side >= 20.0)] += 1;
    }
    assert!(seen.iter().all(|seen| *seen > 0), "{seen:?}");
}
