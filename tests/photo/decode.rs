//! Every format and every way of storing pixels is decoded to the same upright sRGB picture.

use crate::support::pictures::{
    asymmetric, encoded, exif_block, jpeg_with_exif, jpeg_with_icc, mean_difference, solid_jpeg,
};
use image::codecs::png::PngEncoder;
use image::metadata::Orientation as ImageOrientation;
use image::{
    DynamicImage, ExtendedColorType, ImageEncoder as _, ImageFormat, Luma, Rgb, RgbImage, Rgba,
    RgbaImage,
};
use kinfolk::geometry::Size;
use kinfolk::photo::{self, Limits, Photo, Reduction};
use moxcms::ColorProfile;

fn decode(bytes: &[u8]) -> Photo {
    photo::decode(bytes, &Limits::default()).expect("a readable photo")
}

/// The largest difference of two samples.
fn difference(a: &RgbImage, b: &RgbImage) -> u8 {
    assert_eq!(a.dimensions(), b.dimensions());
    a.iter()
        .zip(b.iter())
        .map(|(a, b)| a.abs_diff(*b))
        .max()
        .unwrap_or(0)
}

fn png(pixels: &[u8], size: (u32, u32), color: ExtendedColorType, icc: Option<Vec<u8>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    if let Some(icc) = icc {
        encoder.set_icc_profile(icc).expect("PNG keeps profiles");
    }
    encoder
        .write_image(pixels, size.0, size.1, color)
        .expect("encode");
    bytes
}

#[test]
fn every_lossless_format_keeps_its_pixels() {
    let picture = asymmetric(40, 26);
    for format in [
        ImageFormat::Png,
        ImageFormat::WebP,
        ImageFormat::Bmp,
        ImageFormat::Tiff,
        ImageFormat::Qoi,
        ImageFormat::Pnm,
    ] {
        let photo = decode(&encoded(&picture.clone().into(), format));
        assert_eq!(photo.format, format);
        assert_eq!(photo.image, picture, "{format:?}");
        assert_eq!(
            photo.stored,
            Size {
                width: 40,
                height: 26
            }
        );
    }
}

#[test]
fn jpeg_and_gif_come_close_to_their_source() {
    let picture = asymmetric(48, 32);
    let jpeg = decode(&encoded(&picture.clone().into(), ImageFormat::Jpeg));
    assert!(mean_difference(&jpeg.image, &picture) < 6.0);
    let gif = decode(&encoded(&picture.clone().into(), ImageFormat::Gif));
    assert!(mean_difference(&gif.image, &picture) < 6.0);
}

#[test]
fn a_gif_gives_its_first_frame() {
    let mut bytes = Vec::new();
    let frames = [[250, 0, 0, 255], [0, 0, 250, 255]]
        .map(|color| image::Frame::new(RgbaImage::from_pixel(9, 7, Rgba(color))));
    image::codecs::gif::GifEncoder::new(&mut bytes)
        .encode_frames(frames)
        .expect("encode");
    let photo = decode(&bytes);
    assert_eq!(
        difference(&photo.image, &RgbImage::from_pixel(9, 7, Rgb([250, 0, 0]))),
        0
    );
}

#[test]
fn the_name_plays_no_part() {
    let folder = tempfile::tempdir().expect("tempdir");
    let path = folder.path().join("really a png.jpg");
    crate::support::pictures::write(&path, &encoded(&asymmetric(8, 8).into(), ImageFormat::Png));
    let photo = super::open(&path, &Limits::default()).expect("readable");
    assert_eq!(photo.format, ImageFormat::Png);
}

#[test]
fn all_eight_orientations_come_out_upright() {
    let upright = asymmetric(37, 22);
    for exif in 1..=8u8 {
        // The camera stores the upright picture turned back. Only quarter turns differ from their inverse.
        let inverse = match exif {
            6 => 8,
            8 => 6,
            other => other,
        };
        let mut stored = DynamicImage::from(upright.clone());
        stored.apply_orientation(ImageOrientation::from_exif(inverse).expect("1 to 8"));
        let size = (stored.width(), stored.height());

        let mut lossless = Vec::new();
        let mut encoder = PngEncoder::new(&mut lossless);
        encoder
            .set_exif_metadata(exif_block(u16::from(exif), None))
            .expect("PNG keeps EXIF");
        encoder
            .write_image(stored.as_bytes(), size.0, size.1, ExtendedColorType::Rgb8)
            .expect("encode");
        let photo = decode(&lossless);
        assert_eq!(photo.image, upright, "PNG, orientation {exif}");
        assert_eq!(photo.orientation.value(), exif);
        assert_eq!((photo.stored.width, photo.stored.height), size);
        assert_eq!(
            photo.size(),
            Size {
                width: 37,
                height: 22
            }
        );

        let jpeg = jpeg_with_exif(
            &encoded(&stored, ImageFormat::Jpeg),
            &exif_block(u16::from(exif), None),
        );
        let photo = decode(&jpeg);
        assert!(
            mean_difference(&photo.image, &upright) < 8.0,
            "JPEG, orientation {exif}"
        );
    }
}

#[test]
fn orientations_that_mean_nothing_count_as_upright() {
    let jpeg = encoded(&asymmetric(16, 8).into(), ImageFormat::Jpeg);
    for orientation in [0, 9, 65535] {
        let photo = decode(&jpeg_with_exif(&jpeg, &exif_block(orientation, None)));
        assert_eq!(photo.orientation.value(), 1);
        assert_eq!(photo.image.dimensions(), (16, 8));
    }
}

#[test]
fn the_date_taken_is_read_and_nonsense_is_not() {
    let jpeg = encoded(&asymmetric(16, 8).into(), ImageFormat::Jpeg);
    let taken = |text| decode(&jpeg_with_exif(&jpeg, &exif_block(1, Some(text)))).taken;
    assert_eq!(
        taken("2019:07:04 21:05:09").as_deref(),
        Some("2019-07-04T21:05:09")
    );
    assert_eq!(taken("0000:00:00 00:00:00"), None);
    assert_eq!(taken("    :  :     :  :  "), None);
    assert_eq!(taken("2019:13:04 21:05:09"), None);
    assert_eq!(taken("yesterday"), None);
    assert_eq!(decode(&jpeg).taken, None);
}

#[test]
fn broken_exif_does_not_spoil_the_photo() {
    let jpeg = encoded(&asymmetric(16, 8).into(), ImageFormat::Jpeg);
    let mut exif = exif_block(6, Some("2019:07:04 21:05:09"));
    exif.truncate(20);
    for block in [exif.as_slice(), b"not a TIFF header", &[]] {
        let photo = decode(&jpeg_with_exif(&jpeg, block));
        assert_eq!(photo.image.dimensions().0 * photo.image.dimensions().1, 128);
    }
}

#[test]
fn sixteen_bit_and_grey_pictures_are_scaled_to_eight_bits() {
    let deep = image::ImageBuffer::<Rgb<u16>, _>::from_pixel(5, 4, Rgb([65535, 32896, 257]));
    for format in [ImageFormat::Png, ImageFormat::Tiff] {
        let photo = decode(&encoded(&deep.clone().into(), format));
        assert_eq!(photo.image.get_pixel(2, 2).0, [255, 128, 1], "{format:?}");
    }
    let deep_grey = image::ImageBuffer::<Luma<u16>, _>::from_pixel(5, 4, Luma([32896]));
    assert_eq!(
        decode(&encoded(&deep_grey.into(), ImageFormat::Png))
            .image
            .get_pixel(0, 0)
            .0,
        [128; 3]
    );
    let grey = image::GrayImage::from_pixel(20, 20, Luma([77]));
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        let photo = decode(&encoded(&grey.clone().into(), format));
        assert_eq!(photo.image.get_pixel(3, 3).0, [77; 3], "{format:?}");
    }
}

#[test]
fn transparency_is_laid_on_white() {
    let mut picture = RgbaImage::from_pixel(3, 1, Rgba([200, 100, 0, 255]));
    picture.put_pixel(1, 0, Rgba([200, 100, 0, 0]));
    picture.put_pixel(2, 0, Rgba([200, 100, 0, 128]));
    let photo = decode(&encoded(&picture.into(), ImageFormat::Png));
    assert_eq!(photo.image.get_pixel(0, 0).0, [200, 100, 0]);
    assert_eq!(photo.image.get_pixel(1, 0).0, [255, 255, 255]);
    // 0.502 of the colour and 0.498 of white.
    assert_eq!(photo.image.get_pixel(2, 0).0, [227, 177, 127]);
}

#[test]
fn inks_become_light() {
    // Adobe stores inks inverted: 0 is full ink.
    let rgb = |samples: &[u8], adobe| {
        *decode(&solid_jpeg(samples, Some(adobe), 8, 8))
            .image
            .get_pixel(4, 4)
    };
    let near = |color: Rgb<u8>, expected: [u8; 3]| {
        let off = color
            .0
            .iter()
            .zip(expected)
            .map(|(a, b)| a.abs_diff(b))
            .max();
        assert!(off <= Some(2), "{color:?} where {expected:?} was meant");
    };
    near(rgb(&[0, 255, 255, 255], 0), [0, 255, 255]);
    near(rgb(&[255, 255, 255, 128], 0), [128, 128, 128]);
    near(rgb(&[200, 100, 50, 255], 0), [200, 100, 50]);
    // YCCK: the inks (55, 155, 205), which leave the light (200, 100, 50), as YCbCr (ITU T.871).
    near(rgb(&[131, 170, 74, 255], 2), [200, 100, 50]);
    near(rgb(&[131, 170, 74, 128], 2), [100, 50, 25]);
}

#[test]
fn an_rgb_jpeg_is_not_taken_for_ycbcr() {
    let photo = decode(&solid_jpeg(&[210, 40, 90], Some(0), 8, 8));
    assert_eq!(photo.image.get_pixel(1, 1).0, [210, 40, 90]);
}

/// Display P3 to sRGB by the formulas of CSS Color 4, independent of the colour library.
fn srgb_from_p3(pixel: [u8; 3]) -> [u8; 3] {
    let linear = pixel.map(|sample| {
        let value = f64::from(sample) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    });
    let rows = [
        [1.224_940_1, -0.224_940_2, 0.0],
        [-0.042_056_9, 1.042_057_1, 0.0],
        [-0.019_637_6, -0.078_636_1, 1.098_273_5],
    ];
    rows.map(|row| {
        let value: f64 = row.iter().zip(linear).map(|(a, b)| a * b).sum();
        let value = value.clamp(0.0, 1.0);
        let coded = if value <= 0.003_130_8 {
            value * 12.92
        } else {
            1.055 * value.powf(1.0 / 2.4) - 0.055
        };
        (coded * 255.0).round() as u8
    })
}

#[test]
fn a_wide_gamut_profile_is_turned_to_srgb() {
    let icc = ColorProfile::new_display_p3().encode().expect("profile");
    let colors = [
        [200, 100, 50],
        [60, 160, 90],
        [128, 128, 128],
        [20, 40, 230],
    ];
    let pixels = colors.concat();
    let photo = decode(&png(
        &pixels,
        (4, 1),
        ExtendedColorType::Rgb8,
        Some(icc.clone()),
    ));
    for (x, color) in (0..).zip(colors) {
        let expected = srgb_from_p3(color);
        let got = photo.image.get_pixel(x, 0).0;
        let off = got.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max();
        assert!(
            off <= Some(2),
            "{color:?} in P3 gave {got:?}, not {expected:?}"
        );
    }
    let jpeg = encoded(
        &RgbImage::from_pixel(16, 16, Rgb([200, 100, 50])).into(),
        ImageFormat::Jpeg,
    );
    let plain = decode(&jpeg).image.get_pixel(8, 8).0;
    let tagged = decode(&jpeg_with_icc(&jpeg, &icc)).image.get_pixel(8, 8).0;
    let off = tagged
        .iter()
        .zip(srgb_from_p3(plain))
        .map(|(a, b)| a.abs_diff(b))
        .max();
    assert!(off <= Some(2), "{tagged:?}");
}

#[test]
fn an_srgb_profile_changes_nothing() {
    let icc = ColorProfile::new_srgb().encode().expect("profile");
    let picture = asymmetric(30, 20);
    let photo = decode(&png(&picture, (30, 20), ExtendedColorType::Rgb8, Some(icc)));
    assert_eq!(photo.image, picture);
}

#[test]
fn a_grey_profile_applies_to_grey_pictures() {
    let linear = ColorProfile::new_gray_with_gamma(1.0)
        .encode()
        .expect("profile");
    let photo = decode(&png(
        &[0, 55, 128, 255],
        (4, 1),
        ExtendedColorType::L8,
        Some(linear),
    ));
    // The sRGB curve at 55/255 and 128/255.
    for (x, expected) in [(0, 0), (1, 129), (2, 188), (3, 255)] {
        let got = photo.image.get_pixel(x, 0).0;
        assert!(
            got.iter().all(|sample| sample.abs_diff(expected) <= 2),
            "{got:?}, not {expected}"
        );
    }
}

#[test]
fn broken_and_misplaced_profiles_are_ignored() {
    let picture = asymmetric(12, 8);
    let mut cut = ColorProfile::new_display_p3().encode().expect("profile");
    cut.truncate(200);
    let grey = ColorProfile::new_gray_with_gamma(1.0)
        .encode()
        .expect("profile");
    for icc in [cut, grey, b"no profile at all".to_vec()] {
        let photo = decode(&png(&picture, (12, 8), ExtendedColorType::Rgb8, Some(icc)));
        assert_eq!(photo.image, picture);
    }
}

#[test]
fn probing_says_what_decoding_gives() {
    let picture = asymmetric(33, 17);
    for format in [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::WebP,
        ImageFormat::Gif,
    ] {
        let bytes = encoded(&picture.clone().into(), format);
        let probe = photo::probe(&bytes, &Limits::default()).expect("headers");
        assert_eq!(probe.format, format);
        assert_eq!(probe.stored, decode(&bytes).stored);
        assert!(probe.memory(Reduction::Full) >= 33 * 17 * 3);
    }
}
