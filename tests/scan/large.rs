//! Large photos are decoded with fewer pixels, and the results are as with all pixels.

use image::RgbImage;
use image::imageops::{self, FilterType};
use jpeg_encoder::SamplingFactor;
use kinfolk::geometry::{PhotoRect, Size};
use kinfolk::vision::{DetectOptions, Embedding};

use super::world::{World, portrait};
use crate::support::engine;
use crate::support::pictures::{asymmetric, jpeg_of};

/// A portrait with a long side of `portrait_side` in a picture of 3000 × 2000.
fn large_photo(portrait_side: u32) -> RgbImage {
    let mut picture = asymmetric(3000, 2000);
    let own = portrait("obama.jpg", 900);
    let share = portrait_side as f32 / own.width().max(own.height()) as f32;
    let side = |length: u32| (length as f32 * share) as u32;
    let own = imageops::resize(
        &own,
        side(own.width()),
        side(own.height()),
        FilterType::CatmullRom,
    );
    imageops::replace(&mut picture, &own, 1100, 60);
    picture
}

/// The best face, found with all pixels of a picture.
fn face_of(picture: &RgbImage) -> (PhotoRect, Embedding) {
    let found = engine()
        .detect(picture, &DetectOptions::default())
        .expect("detect");
    let mut face = found[0];
    face.landmarks = engine().refine(picture, &face).expect("refine");
    let aligned = engine().align(picture, &face).expect("align");
    let embedded = engine().embed(&[aligned.crop]);
    (face.box_in_photo, embedded.expect("embed")[0].embedding)
}

#[test]
fn faces_of_every_size_lie_where_they_are_and_are_recognised() {
    // Faces of about 120, 400 and 900 pixels: cropped at full scale, at half and at a quarter.
    for (portrait_side, progressive) in [
        (260, false),
        (260, true),
        (900, false),
        (900, true),
        (1900, false),
        (1900, true),
    ] {
        let picture = large_photo(portrait_side);
        let (expected, embedding) = face_of(&picture);
        let mut world = World::new();
        world.write(
            "large.jpg",
            &jpeg_of(&picture, SamplingFactor::F_2_2, progressive),
        );
        let summary = world.scan();
        assert_eq!(summary.faces, 1, "{portrait_side}: one face");
        let photo = world.photo("large.jpg");
        assert_eq!(
            photo.size,
            Size {
                width: 3000,
                height: 2000
            }
        );
        let face = world.face("large.jpg");
        let shared = face.box_in_photo.iou(&expected);
        assert!(shared > 0.9, "{portrait_side}: {shared} of the box");
        let stored = world
            .library
            .centred(face.face_id)
            .expect("read")
            .expect("recognizable");
        let similarity = stored.cosine(&embedding.centred());
        assert!(similarity > 0.9, "{portrait_side}: similarity {similarity}");
    }
}
