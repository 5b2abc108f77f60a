//! Decoding at a reduced scale gives the same upright picture with fewer pixels, where the file allows it.

use crate::support::pictures::{
    asymmetric, encoded, exif_block, jpeg_of, jpeg_with_exif, jpeg_with_icc, mean_difference,
    solid_jpeg,
};
use image::imageops::{self, FilterType};
use image::{DynamicImage, ImageFormat, RgbImage};
use jpeg_encoder::SamplingFactor;
use kinfolk::geometry::Size;
use kinfolk::photo::{self, Limits, Photo, Probe, Reduction};
use moxcms::ColorProfile;

const REDUCTIONS: [Reduction; 3] = [Reduction::Half, Reduction::Quarter, Reduction::Eighth];

fn probe(bytes: &[u8]) -> Probe {
    photo::probe(bytes, &Limits::default()).expect("headers")
}

fn reduced(bytes: &[u8], reduction: Reduction) -> Photo {
    photo::decode_reduced(bytes, &Limits::default(), reduction).expect("a readable photo")
}

/// Mean difference from `picture` reduced to the same size by averaging.
fn off(reduced: &RgbImage, picture: &RgbImage) -> f64 {
    let (width, height) = reduced.dimensions();
    let averaged = imageops::resize(picture, width, height, FilterType::Triangle);
    mean_difference(reduced, &averaged)
}

#[test]
fn every_kind_of_jpeg_is_the_same_picture_with_fewer_pixels() {
    let picture = asymmetric(403, 262);
    for sampling in [
        SamplingFactor::F_1_1,
        SamplingFactor::F_2_1,
        SamplingFactor::F_2_2,
    ] {
        for progressive in [false, true] {
            let bytes = jpeg_of(&picture, sampling, progressive);
            for reduction in REDUCTIONS {
                let photo = reduced(&bytes, reduction);
                let divisor = reduction.divisor();
                assert_eq!(
                    photo.image.dimensions(),
                    (403u32.div_ceil(divisor), 262u32.div_ceil(divisor))
                );
                assert_eq!(
                    photo.size(),
                    Size {
                        width: 403,
                        height: 262
                    }
                );
                let off = off(&photo.image, &picture);
                assert!(off < 4.0, "{sampling:?} {progressive} {reduction:?}: {off}");
            }
        }
    }
}

#[test]
fn a_turned_photo_comes_out_upright() {
    let picture = asymmetric(160, 96);
    for orientation in 1..=8 {
        let stored = jpeg_of(&picture, SamplingFactor::F_1_1, false);
        let bytes = jpeg_with_exif(&stored, &exif_block(orientation, None));
        let whole = reduced(&bytes, Reduction::Full);
        let half = reduced(&bytes, Reduction::Half);
        assert_eq!(half.size(), whole.size());
        assert!(off(&half.image, &whole.image) < 3.0);
    }
}

#[test]
fn grey_pictures_and_profiles_are_heeded() {
    let grey = DynamicImage::from(asymmetric(64, 64)).into_luma8();
    let bytes = encoded(&grey.clone().into(), ImageFormat::Jpeg);
    let expected = DynamicImage::from(grey).into_rgb8();
    assert!(off(&reduced(&bytes, Reduction::Half).image, &expected) < 4.0);

    let profile = ColorProfile::new_display_p3().encode().expect("profile");
    let bytes = jpeg_of(&asymmetric(64, 64), SamplingFactor::F_1_1, false);
    let bytes = jpeg_with_icc(&bytes, &profile);
    let whole = reduced(&bytes, Reduction::Full).image;
    assert!(off(&whole, &asymmetric(64, 64)) > 5.0);
    assert!(off(&reduced(&bytes, Reduction::Half).image, &whole) < 4.0);
}

#[test]
fn what_can_only_be_decoded_whole_says_so() {
    let picture = asymmetric(64, 48);
    let whole = jpeg_of(&picture, SamplingFactor::F_2_2, false);
    let cut_off = &whole[..whole.len() - 2];
    let trailing = [whole.as_slice(), b"more"].concat();
    let png = encoded(&picture.into(), ImageFormat::Png);
    let inks = solid_jpeg(&[10, 20, 30, 40], Some(0), 64, 48);
    let smallest = |bytes: &[u8]| probe(bytes).reduction_keeping(64.0, 8.0);
    assert_eq!(smallest(&whole), Reduction::Eighth);
    assert_eq!(smallest(&trailing), Reduction::Eighth);
    for bytes in [cut_off, &png, &inks] {
        assert_eq!(smallest(bytes), Reduction::Full);
    }
}

#[test]
fn a_reduction_keeps_what_is_asked_for() {
    let bytes = jpeg_of(&asymmetric(64, 48), SamplingFactor::F_1_1, false);
    let keeping = |least| probe(&bytes).reduction_keeping(640.0, least);
    assert_eq!(keeping(80.0), Reduction::Eighth);
    assert_eq!(keeping(81.0), Reduction::Quarter);
    assert_eq!(keeping(160.0), Reduction::Quarter);
    assert_eq!(keeping(161.0), Reduction::Half);
    assert_eq!(keeping(321.0), Reduction::Full);
    assert_eq!(keeping(900.0), Reduction::Full);
}

#[test]
fn fewer_pixels_take_less_memory() {
    let picture = asymmetric(640, 480);
    let baseline = probe(&jpeg_of(&picture, SamplingFactor::F_2_2, false));
    let progressive = probe(&jpeg_of(&picture, SamplingFactor::F_2_2, true));
    assert_eq!(baseline.memory(Reduction::Full), 640 * 480 * 3);
    assert_eq!(baseline.memory(Reduction::Quarter), 160 * 120 * 3);
    // The coefficients of a progressive file, two bytes each, are held at any scale. With chroma at half the
    // resolution, there are half as many again as pixels.
    let coefficients = 640 * 480 * 3;
    assert_eq!(
        progressive.memory(Reduction::Quarter),
        160 * 120 * 3 + coefficients
    );
}

#[test]
fn damage_in_the_middle_harms_nothing() {
    let bytes = jpeg_of(&asymmetric(300, 200), SamplingFactor::F_2_2, true);
    for at in (bytes.len() / 4..bytes.len() - 2).step_by(97) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x5A;
        for reduction in REDUCTIONS {
            // A picture or an error, but never a panic and never another size.
            if let Ok(photo) = photo::decode_reduced(&damaged, &Limits::default(), reduction) {
                let divisor = reduction.divisor();
                let expected = (
                    photo.stored.width.div_ceil(divisor),
                    photo.stored.height.div_ceil(divisor),
                );
                assert_eq!(photo.image.dimensions(), expected);
            }
        }
    }
}
