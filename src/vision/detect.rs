//! The first detection pass: from an upright photo to its faces.

use std::borrow::Cow;

use candle_transformers::object_detection::{Bbox, iou, non_maximum_suppression};
use image::RgbImage;

use super::VisionError;
use super::consensus::consensus;
use super::detection::Detection;
use super::yunet::{Input, PhotoFromInput, SIZE_STEP, Yunet, detections};
use crate::geometry::{PhotoRect, Point, Size};
use crate::resample::resample_whole;

/// Gives one false face in 170 photos without people, and finds 86 of 100 faces of at least 20 pixels in 200 crowded
/// web photos (WIDER FACE). A score of 0.5 gives 5 false faces and finds 88; a score of 0.7 gives none and finds 84.
pub const DEFAULT_MIN_SCORE: f32 = 0.65;

/// Longer side in pixels of the input of the detector; smaller photos are not enlarged. The detector finds faces from
/// about 10 pixels of its input, so from about 40 pixels of a photo of 4000. Average precision on the 200 photos for
/// faces of at least 20 and at least 50 pixels: 640 .873 .932; 800 .893 .935; 960 .904 .940; 1024 .903 .936; 1280 .906
/// .936. Above 960, more small faces are found, but large faces begin to be missed. Two sizes together gain less than
/// they cost.
pub const DEFAULT_MAX_SIDE: u32 = 960;

/// Boxes with a higher intersection over union are one face (the default of OpenCV's `FaceDetectorYN`).
const SAME_FACE_IOU: f32 = 0.3;

/// Options of the first detection pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DetectOptions {
    /// Faces with a lower score are dropped, 0 to 1.
    pub min_score: f32,
    /// Photos with a longer side are reduced to it, in pixels.
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

/// The faces of an upright photo in its pixels, best score first.
pub(super) fn detect(
    network: &Yunet,
    photo: &RgbImage,
    options: &DetectOptions,
) -> Result<Vec<Detection>, VisionError> {
    let found = candidates(network, photo, options.max_side, options.min_score)?;
    Ok(suppressed(found))
}

/// Whatever the detector scores at least `min_score` in a photo seen with at most `max_side` pixels, in pixels of the photo;
/// several for each face.
pub(super) fn candidates(
    network: &Yunet,
    photo: &RgbImage,
    max_side: u32,
    min_score: f32,
) -> Result<Vec<Detection>, VisionError> {
    let reduced = reduced(photo, max_side)?;
    let photo_from_input = PhotoFromInput {
        scale_x: photo.width() as f32 / reduced.width() as f32,
        scale_y: photo.height() as f32 / reduced.height() as f32,
        shift: Point { x: 0.0, y: 0.0 },
    };
    candidates_in(network, &reduced, &photo_from_input, min_score)
}

/// The same for a picture that is seen pixel by pixel, in the space that `photo_from_input` leads to.
pub(super) fn candidates_in(
    network: &Yunet,
    picture: &RgbImage,
    photo_from_input: &PhotoFromInput,
    min_score: f32,
) -> Result<Vec<Detection>, VisionError> {
    let input = padded(picture);
    let (width, height) = (input.width, input.height);
    let outputs = network.run(input)?;
    let mut found = detections(&outputs, width, height, min_score, photo_from_input);
    found.retain(|face| face.box_in_photo.width > 0.0 && face.box_in_photo.height > 0.0);
    Ok(found)
}

/// The photo with at most `max_side` pixels along its longer side.
pub(super) fn reduced(photo: &RgbImage, max_side: u32) -> Result<Cow<'_, RgbImage>, VisionError> {
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

/// Adds black on the right and at the bottom, up to the next multiples of [`SIZE_STEP`].
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

/// One detection for each face, best score first, with the mean landmarks of all that found it.
pub(super) fn suppressed(mut found: Vec<Detection>) -> Vec<Detection> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let kept = one_for_each_face(found.clone()).into_iter();
    kept.map(|kept| Detection {
        consensus: consensus(&kept, &found),
        ..kept
    })
    .collect()
}

/// One detection for each face, best score first (greedy non-maximum suppression). Boxes that share too little for that are
/// one face where their landmarks agree: a face that fills the photo is seen by positions that disagree about its border.
pub(super) fn one_for_each_face(mut found: Vec<Detection>) -> Vec<Detection> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut boxes = [found.iter().map(bounding_box).collect()];
    // It panics if a score is NaN, which none is: NaN is not at least `min_score`.
    non_maximum_suppression(&mut boxes, SAME_FACE_IOU);
    let [kept] = boxes;
    let mut faces: Vec<Detection> = Vec::new();
    for face in kept.into_iter().map(|kept: Bbox<Detection>| kept.data) {
        if !faces.iter().any(|better| better.has_landmarks_of(&face)) {
            faces.push(face);
        }
    }
    faces
}

/// Whether these are one face for [`one_for_each_face`].
pub(super) fn is_same_face(a: &Detection, b: &Detection) -> bool {
    iou(&bounding_box(a), &bounding_box(b)) > SAME_FACE_IOU || a.has_landmarks_of(b)
}

/// Candle counts the pixel at the end of a box as part of it, so its boxes end one pixel earlier than ours.
fn bounding_box(face: &Detection) -> Bbox<Detection> {
    let PhotoRect {
        x,
        y,
        width,
        height,
    } = face.box_in_photo;
    Bbox {
        xmin: x,
        ymin: y,
        xmax: x + width - 1.0,
        ymax: y + height - 1.0,
        confidence: face.score,
        data: *face,
    }
}
