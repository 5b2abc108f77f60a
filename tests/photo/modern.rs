//! HEIC, AVIF, JPEG XL and camera raw, from files of independent encoders (`inputs/README.md`) and from raw files made here.

use image::{ImageFormat, Rgb, RgbImage};
use kinfolk::photo::{self, Limits, Photo, PhotoError, PhotoFormat};

use crate::support::pictures::{encoded, raw_file};

/// The four colours of the drawn picture, by rows.
const COLORS: [[u8; 3]; 4] = [[200, 30, 40], [30, 160, 60], [40, 60, 190], [230, 220, 200]];

fn decode(bytes: &[u8]) -> Photo {
    photo::decode(bytes, &Limits::default()).expect("readable")
}

/// Each quarter of the picture has its colour, as near as lossy coding leaves it.
fn assert_quarters(name: &str, image: &RgbImage, colors: [[u8; 3]; 4], tolerance: u8) {
    let (width, height) = image.dimensions();
    let places = [(1, 1), (3, 1), (1, 3), (3, 3)];
    for ((x, y), color) in places.into_iter().zip(colors) {
        let pixel = image.get_pixel(width * x / 4, height * y / 4).0;
        let is_near = pixel
            .iter()
            .zip(color)
            .all(|(a, b)| a.abs_diff(b) <= tolerance);
        assert!(is_near, "{name}: {pixel:?} where {color:?} was drawn");
    }
}

#[cfg(feature = "heic")]
#[test]
fn heic_comes_out_upright_and_in_its_colours() {
    let files: [(&str, &[u8]); 3] = [
        ("eight_bit", include_bytes!("inputs/eight_bit.heic")),
        ("ten_bit", include_bytes!("inputs/ten_bit.heic")),
        ("turned", include_bytes!("inputs/turned.heic")),
    ];
    for (name, bytes) in files {
        let photo = decode(bytes);
        assert_eq!(photo.format, PhotoFormat::Heic, "{name}");
        assert_eq!(photo.image.dimensions(), (64, 48), "{name}");
        assert_eq!(
            (photo.size().width, photo.size().height),
            (64, 48),
            "{name}"
        );
        assert_quarters(name, &photo.image, COLORS, 8);
    }
    let taken = decode(include_bytes!("inputs/turned.heic")).taken;
    assert_eq!(taken.as_deref(), Some("2021-03-04T05:06:07"));
}

#[cfg(feature = "avif")]
#[test]
fn avif_comes_out_upright_and_in_its_colours() {
    let plain = decode(include_bytes!("inputs/eight_bit.avif"));
    assert_eq!(plain.format, PhotoFormat::Avif);
    assert_quarters("eight_bit", &plain.image, COLORS, 8);
    // A quarter turn anticlockwise.
    let turned = decode(include_bytes!("inputs/turned_ten_bit.avif"));
    assert_eq!(turned.image.dimensions(), (48, 64));
    let [a, b, c, d] = COLORS;
    assert_quarters("turned_ten_bit", &turned.image, [b, d, a, c], 8);
    let grid = decode(include_bytes!("inputs/grid.avif"));
    assert_eq!(grid.image.dimensions(), (256, 192));
    assert_quarters("grid", &grid.image, COLORS, 8);
}

/// Laid on white: half of each colour and half of white.
#[test]
fn opacity_of_heic_and_avif_is_laid_on_white() {
    let files: [(&str, &[u8], bool); 2] = [
        (
            "half",
            include_bytes!("inputs/half.heic"),
            cfg!(feature = "heic"),
        ),
        (
            "premultiplied",
            include_bytes!("inputs/premultiplied.avif"),
            cfg!(feature = "avif"),
        ),
    ];
    let on_white = COLORS.map(|color| color.map(|sample| (sample / 2 + 127).max(128)));
    for (name, bytes, _) in files.iter().filter(|(.., is_read)| *is_read) {
        assert_quarters(name, &decode(bytes).image, on_white, 8);
    }
}

#[cfg(feature = "avif")]
#[test]
fn bytes_behind_the_last_box_are_passed_over() {
    let heic: &[u8] = include_bytes!("inputs/eight_bit.heic");
    let avif: &[u8] = include_bytes!("inputs/eight_bit.avif");
    for file in [heic, avif] {
        let whole = decode(file);
        for stray in [
            &[0][..],
            &[0; 3],
            &[0; 5],
            &[0xFF; 7],
            &[0xFF; 900],
            b"\0\0\0\x04SEFT",
            b"written by a program",
            b"\0\0\0\x0afree\x01\x02\x07",
        ] {
            let photo = decode(&[file, stray].concat());
            assert_eq!(photo.image, whole.image, "{stray:?}");
            assert_eq!(photo.notes, [], "{stray:?}");
        }
    }
}

#[test]
fn avif_of_another_matrix_comes_out_in_its_colours() {
    let photo = decode(include_bytes!("inputs/ycgco.avif"));
    assert_quarters("ycgco", &photo.image, COLORS, 8);
}

/// What zune-jpeg refuses, or takes wrongly without a word.
#[test]
fn jpegs_of_other_codes_scans_and_sampling_come_out_in_their_colours() {
    let files: [(&str, &[u8]); 3] = [
        ("arithmetic", include_bytes!("inputs/arithmetic.jpg")),
        ("scans", include_bytes!("inputs/scans.jpg")),
        ("three_to_one", include_bytes!("inputs/three_to_one.jpg")),
    ];
    for (name, bytes) in files {
        let photo = decode(bytes);
        assert_eq!(photo.notes, [], "{name}");
        assert_quarters(name, &photo.image, COLORS, 8);
    }
}

#[test]
fn jpeg_xl_comes_out_in_its_colours() {
    let files: [(&str, &[u8]); 2] = [
        ("lossy", include_bytes!("inputs/lossy.jxl")),
        ("recompressed", include_bytes!("inputs/recompressed.jxl")),
    ];
    for (name, bytes) in files {
        let photo = decode(bytes);
        assert_eq!(photo.format, PhotoFormat::JpegXl, "{name}");
        assert_eq!(photo.image.dimensions(), (64, 48), "{name}");
        assert_quarters(name, &photo.image, COLORS, 8);
    }
}

/// Limits hold before a pixel is decoded, and bytes that are missing or wrong are errors, whatever the format.
#[test]
fn young_decoders_keep_within_limits_and_never_panic() {
    let files: [(&[u8], bool); 3] = [
        (
            include_bytes!("inputs/eight_bit.heic"),
            cfg!(feature = "heic"),
        ),
        (
            include_bytes!("inputs/eight_bit.avif"),
            cfg!(feature = "avif"),
        ),
        (include_bytes!("inputs/lossy.jxl"), true),
    ];
    for (bytes, _) in files.iter().filter(|(_, is_read)| *is_read) {
        let few = Limits {
            max_pixels: 64 * 48 - 1,
            ..Limits::default()
        };
        let refused = photo::probe(bytes, &few).err();
        assert!(
            matches!(refused, Some(PhotoError::TooManyPixels { .. })),
            "{refused:?}"
        );
        for at in 0..bytes.len() {
            let _cut = photo::decode(&bytes[..at], &Limits::default());
            let mut flipped = bytes.to_vec();
            flipped[at] ^= 0x5A;
            let _flipped = photo::decode(&flipped, &Limits::default());
        }
    }
}

/// A picture of the four colours.
fn drawn(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let at = usize::from(y >= height / 2) * 2 + usize::from(x >= width / 2);
        Rgb(COLORS[at])
    })
}

#[test]
fn a_raw_file_is_its_largest_preview_turned_as_the_raw_says() {
    let small = encoded(
        &RgbImage::from_pixel(16, 12, Rgb([9; 3])).into(),
        ImageFormat::Jpeg,
    );
    let large = encoded(&drawn(96, 64).into(), ImageFormat::Jpeg);
    let photo = decode(&raw_file(6, &[&small, &large, &small]));
    assert_eq!(photo.format, PhotoFormat::Raw);
    assert_eq!(photo.image.dimensions(), (64, 96));
    let [a, b, c, d] = COLORS;
    assert_quarters("raw", &photo.image, [c, a, d, b], 8);
    // Without a preview it is a raw file that can't be read yet, and not damaged.
    let bare = photo::decode(&raw_file(1, &[]), &Limits::default()).err();
    assert!(
        matches!(bare, Some(PhotoError::NotYetReadable { kind: "raw" })),
        "{bare:?}"
    );
}

#[test]
fn a_raw_file_with_loops_and_lies_is_an_error() {
    let large = encoded(&drawn(96, 64).into(), ImageFormat::Jpeg);
    let file = raw_file(1, &[&large]);
    for at in 0..file.len().min(400) {
        for value in [0, 8, 0x7F, 0xFF] {
            let mut wrong = file.clone();
            wrong[at] = value;
            let _result = photo::decode(&wrong, &Limits::default());
        }
        let _cut = photo::decode(&file[..at], &Limits::default());
    }
}
