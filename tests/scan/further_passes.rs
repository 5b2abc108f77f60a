//! Faces that one look at the whole photo misses or sees wrongly: turned, tilted, small in a large photo, filling it, printed
//! with dots, negatives.

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use kinfolk::geometry::PhotoRect;
use kinfolk::photo::{self, Reduction};
use kinfolk::scan::{FaceFinder, ScanControl, ScanOptions, coarse_photos, scan};
use kinfolk::stop::StopFlag;
use kinfolk::vision::Embedding;

use super::world::{World, options, portrait};
use crate::support::engine;
use crate::support::pictures::{self, asymmetric};

const PAPER: Rgb<u8> = Rgb([235, 232, 225]);

/// The faces of a picture that lies in a PNG file: their boxes, and the embeddings of recognizable ones.
fn faces(picture: &RgbImage) -> Vec<(PhotoRect, Option<Embedding>)> {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("photo.png");
    pictures::write(
        &path,
        &pictures::encoded(&picture.clone().into(), image::ImageFormat::Png),
    );
    let finder = FaceFinder::new(engine(), options(), StopFlag::default());
    let faces = finder.find_faces(&path).expect("faces").into_iter();
    faces
        .map(|face| (face.detection.box_in_photo, face.embedding))
        .collect()
}

/// The only face of a picture, which must be recognizable.
fn face(picture: &RgbImage, what: &str) -> (PhotoRect, Embedding) {
    let found = faces(picture);
    let [(place, Some(embedding))] = found[..] else {
        panic!("{what}: {found:?}");
    };
    (place, embedding)
}

/// Turned clockwise by any angle, on paper.
fn tilted(picture: &RgbImage, degrees: f32) -> RgbImage {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let side = width.hypot(height).ceil();
    let (sin, cos) = degrees.to_radians().sin_cos();
    RgbImage::from_fn(side as u32, side as u32, |x, y| {
        let (x, y) = (x as f32 - side / 2.0, y as f32 - side / 2.0);
        let (u, v) = (cos * x + sin * y, cos * y - sin * x);
        let (u, v) = (u + width / 2.0, v + height / 2.0);
        imageops::interpolate_bilinear(picture, u, v).unwrap_or(PAPER)
    })
}

#[test]
fn faces_of_turned_photos_are_found_at_their_place_and_are_their_person() {
    for name in ["obama.jpg", "hopper.jpg", "biden.jpg", "curie.jpg"] {
        let upright = portrait(name, 700);
        let (place, embedding) = face(&upright, name);
        let (width, height) = (upright.width() as f32, upright.height() as f32);
        let center = place.center();
        for (turned, x, y) in [
            (imageops::rotate90(&upright), height - center.y, center.x),
            (
                imageops::rotate180(&upright),
                width - center.x,
                height - center.y,
            ),
            (imageops::rotate270(&upright), center.y, width - center.x),
        ] {
            let (seen, turned) = face(&turned, name);
            let seen = seen.center();
            let apart = (seen.x - x).hypot(seen.y - y);
            assert!(apart < place.width / 5.0, "{name}: {apart} pixels off");
            let similarity = embedding.similarity(&turned);
            assert!(similarity > 0.8, "{name}: similarity {similarity}");
        }
    }
}

/// Its faces are too small for looks at few pixels.
#[test]
fn a_group_photo_on_its_side_is_found_whole() {
    let upright = portrait("solvay-1927.jpg", 1400);
    let people = faces(&upright).len();
    assert!(people >= 28, "{people}");
    for turned in [imageops::rotate90(&upright), imageops::rotate180(&upright)] {
        let found = faces(&turned).len();
        assert!(found + 2 >= people, "{found} of {people}");
    }
}

#[test]
fn tilted_prints_are_found_and_are_their_person() {
    for name in ["obama.jpg", "hopper.jpg"] {
        let upright = portrait(name, 600);
        let (_, embedding) = face(&upright, name);
        for degrees in [45.0, 60.0, 75.0, 115.0, 150.0, 205.0, 250.0, 300.0] {
            let what = format!("{name} at {degrees}");
            let found = faces(&tilted(&upright, degrees));
            let best = found.iter().filter_map(|(_, found)| *found);
            let best = best.map(|found| found.similarity(&embedding));
            let best = best.fold(0.0, f32::max);
            assert!(
                found.len() == 1 && best > 0.6,
                "{what}: {best} of {found:?}"
            );
        }
    }
}

#[test]
fn a_print_that_lies_on_its_side_is_found_beside_upright_ones() {
    let mut page = RgbImage::from_pixel(1400, 900, PAPER);
    let [one, other] = ["obama.jpg", "hopper.jpg"].map(|name| portrait(name, 600));
    imageops::replace(&mut page, &one, 60, 100);
    let side = imageops::rotate90(&other);
    imageops::replace(&mut page, &side, 700, 200);
    let found = faces(&page);
    let (_, expected) = face(&other, "hopper.jpg");
    let similar = |(_, found): &(_, Option<Embedding>)| {
        found.is_some_and(|found| found.similarity(&expected) > 0.7)
    };
    assert!(found.len() == 2 && found.iter().any(similar), "{found:?}");
}

/// Portraits of one width, in a grid on a large picture, and where they lie.
fn crowd(width: u32, height: u32, portrait_side: u32, columns: u32, rows: u32) -> RgbImage {
    let mut picture = RgbImage::from_pixel(width, height, Rgb([120, 130, 125]));
    let people = ["obama.jpg", "biden.jpg", "hopper.jpg", "obama3.jpg"];
    let people = people.map(|name| portrait(name, portrait_side));
    for number in 0..columns * rows {
        let person = &people[number as usize % people.len()];
        let (column, row) = (number % columns, number / columns);
        let x = (width * (2 * column + 1) / (2 * columns)).saturating_sub(person.width() / 2);
        let y = (height * (2 * row + 1) / (2 * rows)).saturating_sub(person.height() / 2);
        imageops::replace(&mut picture, person, i64::from(x), i64::from(y));
    }
    picture
}

#[test]
fn small_faces_of_large_photos_and_panoramas_are_found_once_each() {
    for (width, height, columns, rows) in [(6000, 4000, 6, 4), (9000, 1500, 12, 2)] {
        let mut world = World::new();
        // Faces of about 62 pixels.
        let picture = crowd(width, height, 270, columns, rows);
        world.write(
            "crowd.jpg",
            &pictures::jpeg_of(&picture, jpeg_encoder::SamplingFactor::F_2_2, false),
        );
        let summary = world.scan();
        let people = u64::from(columns * rows);
        assert!(
            summary.faces <= people && summary.faces * 10 >= people * 9,
            "{width}x{height}: {} of {people}",
            summary.faces
        );
        assert_eq!(summary.coarse, Vec::<String>::new());
    }
}

#[test]
fn a_photo_without_the_memory_to_see_it_well_is_named() {
    let world = World::new();
    world.write(
        "large.jpg",
        &pictures::jpeg_of(
            &asymmetric(8000, 6000),
            jpeg_encoder::SamplingFactor::F_2_2,
            false,
        ),
    );
    let mut tight = ScanOptions {
        threads: 1,
        ..options()
    };
    let mut library = kinfolk::library::Library::open_in_memory().expect("library");
    // What an eighth of its sides takes fits, what a quarter takes does not.
    let bytes = std::fs::read(world.path("large.jpg")).expect("file");
    let probe = photo::probe(&bytes, &tight.limits).expect("a photo");
    let [eighth, quarter] = [Reduction::Eighth, Reduction::Quarter].map(|at| probe.memory(at));
    tight.limits.max_memory = bytes.len() as u64 + (eighth + quarter) / 2;
    let summary = scan(
        &mut library,
        engine(),
        &[world.photos()],
        &tight,
        &ScanControl::new(),
        &|_| {},
    );
    let summary = summary.expect("a scan");
    assert_eq!(summary.problems, 0);
    assert_eq!(summary.coarse.len(), 1, "{summary:?}");
    assert!(summary.coarse[0].ends_with("large.jpg"));
    // The library remembers it, until the photo is seen finely.
    let coarse = |library: &kinfolk::library::Library| {
        let photos = coarse_photos(library).expect("photos").into_iter();
        photos.map(|photo| photo.path).collect::<Vec<_>>()
    };
    assert_eq!(coarse(&library), ["large.jpg"]);
    let again = ScanOptions {
        again: true,
        ..options()
    };
    let never = ScanControl::new();
    let folders = [world.photos()];
    scan(&mut library, engine(), &folders, &again, &never, &|_| {}).expect("a scan");
    assert_eq!(coarse(&library), Vec::<String>::new());
}

#[test]
fn a_face_that_fills_the_photo_is_one_face() {
    for name in [
        "obama.jpg",
        "astronaut.png",
        "hopper.jpg",
        "biden.jpg",
        "obama2.jpg",
    ] {
        let photo = portrait(name, 900);
        let (place, embedding) = face(&photo, name);
        // Less and less around the face.
        for around in [0.3, 0.15, 0.05] {
            let margin = place.width * around;
            let x = (place.x - margin).max(0.0);
            let y = (place.y - margin).max(0.0);
            let cut = imageops::crop_imm(
                &photo,
                x as u32,
                y as u32,
                (place.width + 2.0 * margin) as u32,
                (place.height + 2.0 * margin) as u32,
            )
            .to_image();
            let scale = 2400.0 / cut.height() as f32;
            let close = imageops::resize(
                &cut,
                (cut.width() as f32 * scale) as u32,
                2400,
                FilterType::Triangle,
            );
            let (_, close) = face(&close, &format!("{name} with {around} around"));
            let similarity = embedding.similarity(&close);
            assert!(similarity > 0.6, "{name}, {around}: {similarity}");
        }
    }
}

#[test]
fn a_small_face_in_front_of_a_large_one_stays_another_face() {
    let mut photo = portrait("obama.jpg", 1000);
    let small = portrait("hopper.jpg", 160);
    let (large, _) = face(&photo, "obama.jpg");
    // On the chin, as a child's head or a badge.
    let x = large.center().x as i64 - i64::from(small.width() / 2);
    let y = (large.y + large.height * 0.9) as i64;
    imageops::replace(&mut photo, &small, x, y);
    assert_eq!(faces(&photo).len(), 2);
}

/// The picture printed with dots `period` pixels apart, at 45°.
fn halftone(picture: &RgbImage, period: f32) -> RgbImage {
    let (width, height) = (picture.width() * 2, picture.height() * 2);
    let large = imageops::resize(picture, width, height, FilterType::Triangle);
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = ((x + y) as f32, x as f32 - y as f32);
        let step = std::f32::consts::TAU * std::f32::consts::FRAC_1_SQRT_2 / period;
        let threshold = ((u * step).cos() + (v * step).cos() + 2.0) / 4.0;
        let [r, g, b] = large.get_pixel(x, y).0.map(f32::from);
        let luma = (0.299 * r + 0.587 * g + 0.114 * b) / 255.0;
        Rgb([if luma > threshold { 255 } else { 0 }; 3])
    })
}

#[test]
fn halftone_prints_are_found() {
    for (name, period) in [("obama.jpg", 8.0), ("hopper.jpg", 10.0), ("biden.jpg", 6.0)] {
        let picture = portrait(name, 640);
        let (place, _) = face(&picture, name);
        let found = faces(&halftone(&picture, period));
        let [(printed, embedding)] = found[..] else {
            panic!("{name}: {found:?}");
        };
        assert_eq!(embedding, None, "{name}: dots of strangers are alike");
        // Printed at twice the size.
        let (expected, seen) = (place.center(), printed.center());
        let apart = (seen.x / 2.0 - expected.x).hypot(seen.y / 2.0 - expected.y);
        assert!(apart < place.width / 4.0, "{name}: {apart} pixels off");
    }
}

#[test]
fn a_negative_is_its_person_and_no_other_negative() {
    let names = ["obama.jpg", "hopper.jpg", "biden.jpg", "curie.jpg"];
    let mut negatives = Vec::new();
    for name in names {
        let mut picture = portrait(name, 640);
        let (_, positive) = face(&picture, name);
        imageops::invert(&mut picture);
        let (_, negative) = face(&picture, name);
        let similarity = positive.similarity(&negative);
        assert!(similarity > 0.7, "{name}: similarity {similarity}");
        negatives.push(negative);
    }
    for (number, one) in negatives.iter().enumerate() {
        for other in &negatives[..number] {
            assert!(one.similarity(other) < 0.4);
        }
    }
}

#[test]
fn known_photos_are_looked_at_again_when_asked_and_keep_their_names() {
    let mut world = World::new();
    world.write("a.jpg", &super::world::obama());
    world.write("b.jpg", &super::world::astronaut());
    world.scan();
    let group = world.name("a.jpg", "Barack Obama");
    world.touch("a.jpg");
    let again = ScanOptions {
        again: true,
        ..options()
    };
    let photos = [world.photos()];
    let summary = scan(
        &mut world.library,
        engine(),
        &photos,
        &again,
        &ScanControl::new(),
        &|_| {},
    )
    .expect("a scan");
    assert_eq!((summary.photos_scanned, summary.unchanged), (2, 0));
    assert_eq!(world.face("a.jpg").group, Some(group));
    assert_eq!(world.scan().unchanged, 2);
}

#[test]
fn a_stopped_search_ends_between_two_looks() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("photo.png");
    let picture = crowd(5000, 1500, 270, 4, 1);
    pictures::write(
        &path,
        &pictures::encoded(&picture.into(), image::ImageFormat::Png),
    );
    let stop = StopFlag::default();
    stop.stop();
    let finder = FaceFinder::new(engine(), options(), stop);
    assert!(finder.find_faces(&path).expect_err("stopped").is_stopped());
}
