//! Small JPEGs of photos and faces, made from decoded pixels.

use image::RgbImage;
use jpeg_encoder::{ColorType, Encoder};

use super::PhotoError;
use crate::geometry::{PhotoRect, Size};
use crate::resample::{ResampleError, resample, resample_whole};

/// JPEG quality of thumbnails, 0 to 100: artefacts are invisible at their size.
const QUALITY: u8 = 82;

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

/// A square JPEG of `side` × `side` pixels around the head that belongs to the box `face` (in pixels of `image`). It is
/// centred on the face where the borders of the photo allow that, and never larger than the photo, so it shows no
/// pixels from outside the photo.
pub fn jpeg_face_thumbnail(
    image: &RgbImage,
    face: PhotoRect,
    side: u32,
) -> Result<Vec<u8>, PhotoError> {
    let (width, height) = image.dimensions();
    let visible = face.clamped(Size { width, height });
    if !(visible.width > 0.0 && visible.height > 0.0) {
        return Err(PhotoError::Thumbnail(format!(
            "the face {face:?} is outside of the photo"
        )));
    }
    let (width, height) = (width as f32, height as f32);
    let crop_side = face.head_side().min(width).min(height);
    let center = face.center();
    let from = PhotoRect {
        x: (center.x - crop_side / 2.0).clamp(0.0, width - crop_side),
        y: (center.y - crop_side / 2.0).clamp(0.0, height - crop_side),
        width: crop_side,
        height: crop_side,
    };
    let to = Size {
        width: side,
        height: side,
    };
    encode(&resample(image, from, to).map_err(failed)?)
}

fn scaled(length: u32, scale: f64) -> u32 {
    ((f64::from(length) * scale).round() as u32).max(1)
}

fn failed(error: ResampleError) -> PhotoError {
    PhotoError::Thumbnail(error.to_string())
}

fn encode(image: &RgbImage) -> Result<Vec<u8>, PhotoError> {
    let mut jpeg = Vec::new();
    let side = |length| u16::try_from(length).map_err(|_| too_long(length));
    let (width, height) = (side(image.width())?, side(image.height())?);
    Encoder::new(&mut jpeg, QUALITY)
        .encode(image, width, height, ColorType::Rgb)
        .map_err(|error| PhotoError::Thumbnail(error.to_string()))?;
    Ok(jpeg)
}

fn too_long(length: u32) -> PhotoError {
    PhotoError::Thumbnail(format!(
        "a side of {length} pixels is more than a JPEG can have"
    ))
}
