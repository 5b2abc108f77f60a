//! Small JPEGs of photos and faces, made from pixels that are decoded already.

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

use super::PhotoError;
use crate::geometry::{PhotoRect, Size};
use crate::resample::{ResampleError, resample, resample_whole};

/// JPEG quality of thumbnails: artefacts stay invisible at their size.
const QUALITY: u8 = 82;

/// Side of a face thumbnail as a multiple of the box's longer side: hair, chin and ears belong to a recognisable head.
const HEAD_TO_BOX: f32 = 1.6;

/// The whole photo as a JPEG whose longer side is `long_side` pixels; smaller photos keep their size.
pub fn jpeg_thumbnail(image: &RgbImage, long_side: u32) -> Result<Vec<u8>, PhotoError> {
    let (width, height) = image.dimensions();
    let scale = (f64::from(long_side) / f64::from(width.max(height).max(1))).min(1.0);
    let target = Size {
        width: scaled(width, scale),
        height: scaled(height, scale),
    };
    encode(&resample_whole(image, target).map_err(failed)?)
}

/// A square JPEG of `side` pixels around the head in the box `face`; beyond the photo's border its edge is repeated.
pub fn jpeg_face_thumbnail(
    image: &RgbImage,
    face: PhotoRect,
    side: u32,
) -> Result<Vec<u8>, PhotoError> {
    let (width, height) = image.dimensions();
    let crop_side = face.width.max(face.height).max(1.0) * HEAD_TO_BOX;
    let center = face.center();
    let wanted = PhotoRect {
        x: center.x - crop_side / 2.0,
        y: center.y - crop_side / 2.0,
        width: crop_side,
        height: crop_side,
    };
    let inside = wanted.clamped(Size { width, height });
    if !(inside.width >= 1.0 && inside.height >= 1.0) {
        return Err(PhotoError::Thumbnail(format!(
            "the face {face:?} is outside of the photo"
        )));
    }
    let scale = f64::from(side) / f64::from(crop_side);
    let target = Size {
        width: scaled(inside.width.round() as u32, scale).min(side),
        height: scaled(inside.height.round() as u32, scale).min(side),
    };
    let part = resample(image, inside, target).map_err(failed)?;
    let left = (f64::from(inside.x - wanted.x) * scale).round() as u32;
    let top = (f64::from(inside.y - wanted.y) * scale).round() as u32;
    let padded = padded(
        &part,
        side,
        left.min(side - target.width),
        top.min(side - target.height),
    );
    encode(&padded)
}

fn scaled(length: u32, scale: f64) -> u32 {
    ((f64::from(length) * scale).round() as u32).max(1)
}

fn failed(error: ResampleError) -> PhotoError {
    PhotoError::Thumbnail(error.to_string())
}

/// `part` at (`left`, `top`) of a square, its edge pixels repeated outwards.
fn padded(part: &RgbImage, side: u32, left: u32, top: u32) -> RgbImage {
    RgbImage::from_fn(side, side, |x, y| {
        let from_x = x.saturating_sub(left).min(part.width() - 1);
        let from_y = y.saturating_sub(top).min(part.height() - 1);
        *part.get_pixel(from_x, from_y)
    })
}

fn encode(image: &RgbImage) -> Result<Vec<u8>, PhotoError> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode_image(image)
        .map_err(|error| PhotoError::Thumbnail(error.to_string()))?;
    Ok(jpeg)
}
