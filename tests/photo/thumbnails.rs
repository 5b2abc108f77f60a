//! Thumbnails have the right size and show the right part, with no pixels from outside the photo.

use crate::support::pictures::asymmetric;
use image::{Rgb, RgbImage};
use kinfolk::geometry::PhotoRect;
use kinfolk::photo::{self, Limits, jpeg_face_thumbnail, jpeg_thumbnail};

fn decoded(jpeg: &[u8]) -> RgbImage {
    photo::decode(jpeg, &Limits::default())
        .expect("a JPEG")
        .image
}

fn near(image: &RgbImage, x: u32, y: u32, expected: [u8; 3]) {
    let got = image.get_pixel(x, y).0;
    let off = got.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max();
    assert!(off <= Some(12), "({x}, {y}) is {got:?}, not {expected:?}");
}

#[test]
fn the_longer_side_is_the_one_asked_for() {
    for (width, height, expected) in [
        (800, 600, (320, 240)),
        (300, 900, (107, 320)),
        (5000, 3, (320, 1)),
    ] {
        let photo = asymmetric(width, height);
        let small = decoded(&jpeg_thumbnail(&photo, 320).expect("thumbnail"));
        assert_eq!(small.dimensions(), expected);
    }
}

#[test]
fn small_photos_are_not_blown_up() {
    let photo = asymmetric(100, 50);
    assert_eq!(
        decoded(&jpeg_thumbnail(&photo, 320).expect("thumbnail")).dimensions(),
        (100, 50)
    );
}

#[test]
fn a_thumbnail_shows_the_whole_photo() {
    let small = decoded(&jpeg_thumbnail(&asymmetric(640, 480), 320).expect("thumbnail"));
    near(&small, 20, 20, [200, 30, 40]);
    near(&small, 300, 20, [30, 180, 60]);
    near(&small, 20, 220, [40, 60, 190]);
    near(&small, 300, 220, [220, 200, 40]);
}

#[test]
fn a_face_thumbnail_is_square_and_shows_more_than_the_box() {
    // A grey face of 100 px on a blue ground.
    let photo = RgbImage::from_fn(600, 400, |x, y| {
        let inside = (200..300).contains(&x) && (150..250).contains(&y);
        if inside {
            Rgb([128; 3])
        } else {
            Rgb([20, 30, 200])
        }
    });
    let face = PhotoRect {
        x: 200.0,
        y: 150.0,
        width: 100.0,
        height: 100.0,
    };
    let small = decoded(&jpeg_face_thumbnail(&photo, face, 160).expect("thumbnail"));
    assert_eq!(small.dimensions(), (160, 160));
    near(&small, 80, 80, [128; 3]);
    // The 160 px of the thumbnail show 160 px of the photo; the face is the middle 100.
    near(&small, 35, 80, [128; 3]);
    near(&small, 24, 80, [20, 30, 200]);
    near(&small, 80, 155, [20, 30, 200]);
}

#[test]
fn near_the_border_the_square_moves_inside_the_photo() {
    let photo = asymmetric(200, 200);
    let corner = PhotoRect {
        x: -40.0,
        y: -40.0,
        width: 100.0,
        height: 100.0,
    };
    let small = decoded(&jpeg_face_thumbnail(&photo, corner, 160).expect("thumbnail"));
    assert_eq!(small.dimensions(), (160, 160));
    near(&small, 3, 3, [200, 30, 40]);
    near(&small, 150, 150, [220, 200, 40]);
    let huge = PhotoRect {
        x: -100.0,
        y: 20.0,
        width: 400.0,
        height: 300.0,
    };
    assert_eq!(
        decoded(&jpeg_face_thumbnail(&photo, huge, 160).expect("thumbnail")).dimensions(),
        (160, 160)
    );
}

#[test]
fn a_face_outside_of_the_photo_is_an_error() {
    let photo = asymmetric(50, 50);
    for (x, width) in [(500.0, 20.0), (f32::NAN, 20.0), (0.0, f32::NAN)] {
        let face = PhotoRect {
            x,
            y: 10.0,
            width,
            height: 20.0,
        };
        assert!(jpeg_face_thumbnail(&photo, face, 160).is_err(), "{face:?}");
    }
}
