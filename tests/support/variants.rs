//! Variants of photos made in code, in place of a person's other photos: real ones with clear rights are rare.

use std::io::Cursor;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::metadata::Orientation;
use image::{DynamicImage, Rgb, RgbImage};

use super::pictures;

/// The pixels of a photo that is stored upright.
pub fn read(path: &Path) -> RgbImage {
    image::open(path).expect("a photo").into_rgb8()
}

/// Mirrored.
pub fn mirrored(photo: &RgbImage) -> RgbImage {
    imageops::flip_horizontal(photo)
}

/// With every channel multiplied by `share`, 0 to 1.
pub fn darker(photo: &RgbImage, share: f32) -> RgbImage {
    let mut photo = photo.clone();
    for Rgb(channels) in photo.pixels_mut() {
        channels
            .iter_mut()
            .for_each(|channel| *channel = (f32::from(*channel) * share) as u8);
    }
    photo
}

/// With sides multiplied by `share`, 0 to 1.
pub fn smaller(photo: &RgbImage, share: f32) -> RgbImage {
    let side = |length: u32| ((length as f32 * share) as u32).max(1);
    imageops::resize(
        photo,
        side(photo.width()),
        side(photo.height()),
        FilterType::Triangle,
    )
}

/// Cropped by `share` of each side at every edge, 0 to below 0.5.
pub fn cropped(photo: &RgbImage, share: f32) -> RgbImage {
    let (x, y) = (
        (photo.width() as f32 * share) as u32,
        (photo.height() as f32 * share) as u32,
    );
    imageops::crop_imm(photo, x, y, photo.width() - 2 * x, photo.height() - 2 * y).to_image()
}

/// A JPEG file whose pixels are stored so that EXIF `orientation` (1 to 8) turns them into `upright`.
pub fn jpeg_with_orientation(upright: &RgbImage, orientation: u8) -> Vec<u8> {
    let mut stored = DynamicImage::ImageRgb8(upright.clone());
    stored.apply_orientation(inverse(
        Orientation::from_exif(orientation).expect("1 to 8"),
    ));
    let jpeg = jpeg(&stored.into_rgb8());
    pictures::jpeg_with_exif(&jpeg, &pictures::exif_block(u16::from(orientation), None))
}

/// A JPEG file of good quality.
pub fn jpeg(photo: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut bytes, 92)
        .encode_image(photo)
        .expect("encode");
    bytes.into_inner()
}

fn inverse(orientation: Orientation) -> Orientation {
    match orientation {
        Orientation::Rotate90 => Orientation::Rotate270,
        Orientation::Rotate270 => Orientation::Rotate90,
        own_inverse => own_inverse,
    }
}
