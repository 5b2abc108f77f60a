//! From an upright photo to its faces: the detector's input, its candidates, and one box per face.

use std::borrow::Cow;

use image::RgbImage;

use super::VisionError;
use super::consensus::consensus;
use super::detection::{Detection, in_photo};
use super::yunet::{Input, SIZE_STEP, Yunet, candidates};
use crate::geometry::Size;
use crate::resample::resample_whole;

/// One false face in 170 photos without people, and 86 of 100 faces of 20 pixels or more in 200 crowded web photos
/// (WIDER FACE). At 0.5 it would be 5 and 88, at 0.7 none and 84.
pub const DEFAULT_MIN_SCORE: f32 = 0.65;

/// Long side in pixels at which a larger photo is seen; smaller ones are never enlarged. The detector finds faces from
/// about 10 pixels of its input up, so of a photo of 4000 pixels those from about 40. Average precision on the 200 photos,
/// faces of at least 20 and 50 pixels: 640 .873 .932; 800 .893 .935; 960 .904 .940; 1024 .903 .936; 1280 .906 .936.
/// Beyond 960 more small faces are found and large ones begin to be missed; two sizes together bring less than they cost.
pub const DEFAULT_MAX_SIDE: u32 = 960;

/// Boxes that share more than this are one face (OpenCV `FaceDetectorYN`'s default).
const SAME_FACE_IOU: f32 = 0.3;

/// How to look for faces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DetectOptions {
    /// Faces below this score are dropped, 0 to 1.
    pub min_score: f32,
    /// Photos with a longer side are seen reduced to it, in pixels.
    pub max_side: u32,
}

impl Default for DetectOptions {
    fn default() -> Self {
        DetectOptions {
            min_score: DEFAULT_MIN_SCORE,
            max_side: DEFAULT_MAX_SIDE,
        }
    }
}

pub fn detect(
    network: &Yunet,
    photo: &RgbImage,
    options: &DetectOptions,
) -> Result<Vec<Detection>, VisionError> {
    let mut found = detect_at(network, photo, options.max_side, options.min_score)?;
    suppress(&mut found);
    Ok(found)
}

/// All candidates, in photo pixels, of the photo seen at a long side of at most `max_side`.
fn detect_at(
    network: &Yunet,
    photo: &RgbImage,
    max_side: u32,
    min_score: f32,
) -> Result<Vec<Detection>, VisionError> {
    let reduced = reduced(photo, max_side)?;
    let photo_from_input = (
        photo.width() as f32 / reduced.width() as f32,
        photo.height() as f32 / reduced.height() as f32,
    );
    let input = padded(&reduced);
    let (width, height) = (input.width, input.height);
    let outputs = network.run(input)?;
    Ok(candidates(&outputs, width, height, min_score)
        .iter()
        .map(|candidate| in_photo(candidate, photo_from_input))
        .collect())
}

fn reduced(photo: &RgbImage, max_side: u32) -> Result<Cow<'_, RgbImage>, VisionError> {
    let (width, height) = photo.dimensions();
    let size_error = || VisionError::PhotoSize { width, height };
    if width == 0 || height == 0 {
        return Err(size_error());
    }
    let scale = f64::from(max_side) / f64::from(width.max(height));
    if scale >= 1.0 {
        return Ok(Cow::Borrowed(photo));
    }
    let [to_width, to_height] =
        [width, height].map(|side| ((f64::from(side) * scale).round() as u32).max(1));
    let to = Size {
        width: to_width,
        height: to_height,
    };
    resample_whole(photo, to)
        .map(Cow::Owned)
        .map_err(|_| size_error())
}

/// Black to the right and below up to the next multiples of [`SIZE_STEP`].
fn padded(picture: &RgbImage) -> Input {
    let [width, height] =
        [picture.width(), picture.height()].map(|side| (side as usize).next_multiple_of(SIZE_STEP));
    let row_len = picture.width() as usize * 3;
    let mut pixels = vec![0; width * height * 3];
    for (to, from) in pixels
        .chunks_exact_mut(width * 3)
        .zip(picture.as_raw().chunks_exact(row_len))
    {
        to[..row_len].copy_from_slice(from);
    }
    Input {
        pixels,
        width,
        height,
    }
}

/// Greedy non-maximum suppression, best score first. Candle's own takes boxes as inclusive pixels (one wider) and
/// panics on a score that is not a number.
fn suppress(found: &mut Vec<Detection>) {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Detection> = Vec::new();
    for face in found.iter() {
        let same = |other: &Detection| other.box_in_photo.iou(&face.box_in_photo) > SAME_FACE_IOU;
        if !kept.iter().any(same) {
            kept.push(Detection {
                consensus: consensus(face, found),
                ..*face
            });
        }
    }
    *found = kept;
}
