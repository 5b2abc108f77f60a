//! What other modules rely on: the detector, the embeddings and the measures of quality.

use image::{Rgb, RgbImage, imageops};

use kinfolk::vision::{
    Aligned, AlignedFace, CROP_SIDE, DetectOptions, Embedding, VisionError, align, assess,
};

use crate::support::engine;

/// One person, with a face of 90 × 114 pixels at (178, 63); the photo has 512 × 512.
fn astronaut() -> RgbImage {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/astronaut.png");
    image::open(path).unwrap().to_rgb8()
}

fn detect(photo: &RgbImage) -> Vec<kinfolk::vision::Detection> {
    engine().detect(photo, &DetectOptions::default()).unwrap()
}

#[test]
fn a_face_keeps_its_place_when_the_photo_is_larger_than_the_detectors_input() {
    let small = detect(&astronaut())[0];
    let large = imageops::resize(&astronaut(), 2048, 2048, imageops::FilterType::Triangle);
    let large = detect(&large)[0];
    let (small, large) = (small.box_in_photo, large.box_in_photo);
    for (small, large) in [
        (small.x, large.x),
        (small.y, large.y),
        (small.width, large.width),
    ] {
        assert!((large / 4.0 - small).abs() < 4.0, "{small} {large}");
    }
}

#[test]
fn a_face_that_fills_a_large_photo_is_found() {
    let face = imageops::crop_imm(&astronaut(), 165, 45, 120, 150).to_image();
    let portrait = imageops::resize(&face, 1200, 1500, imageops::FilterType::Triangle);
    let faces = detect(&portrait);
    assert_eq!(faces.len(), 1);
    assert!(faces[0].box_in_photo.height > 900.0);
}

#[test]
fn photos_of_any_size_are_searched_and_nothing_is_found_in_noise() {
    for (width, height) in [(1, 1), (31, 7), (5000, 1), (1, 3000), (33, 961)] {
        let noise = RgbImage::from_fn(width, height, |x, y| {
            let value = (x * 7919 + y * 104_729) % 251;
            Rgb([value as u8, (value / 2) as u8, 255 - value as u8])
        });
        assert!(detect(&noise).is_empty(), "{width}x{height}");
    }
    let empty = engine().detect(&RgbImage::new(0, 10), &DetectOptions::default());
    assert!(matches!(
        empty,
        Err(VisionError::PhotoSize {
            width: 0,
            height: 10
        })
    ));
}

#[test]
fn a_mirrored_face_is_the_same_person_and_another_face_is_not() {
    let embed = |photo: &RgbImage| {
        let crop = align(photo, &detect(photo)[0].landmarks);
        engine().embed(&[crop]).unwrap()[0].embedding
    };
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/obama.jpg");
    let other = image::open(path).unwrap().to_rgb8();
    let (one, mirrored) = (
        embed(&astronaut()),
        embed(&imageops::flip_horizontal(&astronaut())),
    );
    assert!(one.similarity(&mirrored) > 0.8);
    assert!(one.similarity(&embed(&other)) < 0.3);
}

#[test]
fn embeddings_survive_storage_and_damaged_ones_are_refused() {
    let embedding = Embedding::from_raw(std::array::from_fn(|i| i as f32 - 60.0));
    assert!((embedding.similarity(&embedding) - 1.0).abs() < 1e-5);
    let mut bytes = embedding.to_bytes();
    assert_eq!(Embedding::from_bytes(&bytes), Some(embedding));
    assert_eq!(Embedding::from_bytes(&bytes[1..]), None);
    bytes[..4].copy_from_slice(&f32::NAN.to_le_bytes());
    assert_eq!(Embedding::from_bytes(&bytes), None);
}

#[test]
fn a_small_or_blurred_face_is_not_recognizable_and_worth_less() {
    let photo = astronaut();
    let face = detect(&photo)[0];
    let aligned = |photo: &RgbImage| engine().align(photo, &face).unwrap();
    let sharp = assess(&photo, &face, &aligned(&photo));
    assert!(sharp.recognizable());

    let blurred_photo = imageops::blur(&photo, 8.0);
    let blurred = assess(&blurred_photo, &face, &aligned(&blurred_photo));
    assert!(!blurred.recognizable() && blurred.value() < sharp.value());

    let mut small_face = face;
    small_face.box_in_photo.width = 12.0;
    let flat = Aligned {
        crop: AlignedFace(RgbImage::new(CROP_SIDE, CROP_SIDE)),
        mesh: None,
    };
    assert!(!assess(&photo, &small_face, &aligned(&photo)).recognizable());
    assert_eq!(assess(&photo, &face, &flat).value(), 0.0);
}
