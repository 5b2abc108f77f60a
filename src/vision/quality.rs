//! Quality of a face: whether it may be grouped, and which face makes the best cover.

use image::RgbImage;

use super::{AlignedFace, Detection};
use crate::geometry::{Landmarks, PhotoRect, Size};

/// Shorter side of the box, in photo pixels. The crop of a smaller face enlarges it more than four times, and the
/// embedding describes the blur more than the person. Nearly all smaller faces are passers-by in the background.
const MIN_SIDE: f32 = 20.0;
/// Minimum variance of the Laplacian of the aligned crop. Both limits are meant to exclude only faces that can't be
/// recognised: 99 % of the faces in a set of news portraits pass, 90 % in scenes with passers-by, 78 % in photos of
/// crowds.
const MIN_SHARPNESS: f32 = 4.0;
/// Side and sharpness above which a cover becomes no better: the side of the crop, and a portrait in focus.
const AMPLE_SIDE: f32 = 112.0;
const AMPLE_SHARPNESS: f32 = 200.0;

/// Measures of one face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Shorter side of the box in photo pixels.
    pub side: f32,
    /// Variance of the Laplacian of the crop's luma (grey levels squared): 0 flat, above 100 crisp.
    pub sharpness: f32,
    /// How central the nose is between the eyes: 1 for a face that looks into the camera, 0 for a full profile.
    pub frontal: f32,
    /// Share of the square around the head that lies inside the photo, 0 to 1.
    pub inside: f32,
    /// The detector's score, 0 to 1.
    pub score: f32,
    /// Printed with dots. The embeddings of such faces describe the dots more than the person: those of strangers are alike.
    pub is_halftone: bool,
}

/// Measures a detected face of `photo` and its aligned crop.
pub fn assess(photo: &RgbImage, detection: &Detection, crop: &AlignedFace) -> Quality {
    let side = detection
        .box_in_photo
        .width
        .min(detection.box_in_photo.height);
    Quality {
        side,
        sharpness: laplacian_variance(&crop.0),
        frontal: frontal(&detection.landmarks),
        inside: inside(photo, &detection.box_in_photo),
        score: detection.score,
        is_halftone: detection.smoothing > 0.0,
    }
}

impl Quality {
    /// Whether the embedding is reliable enough for grouping.
    pub fn recognizable(&self) -> bool {
        !self.is_halftone && self.side >= MIN_SIDE && self.sharpness >= MIN_SHARPNESS
    }

    /// 0 to 1; a higher value shows the person better. Orders covers and lists.
    pub fn value(&self) -> f32 {
        let size = (self.side / AMPLE_SIDE).min(1.0);
        let sharp = (self.sharpness / AMPLE_SHARPNESS).min(1.0).sqrt();
        (size * sharp * self.frontal * self.inside * self.score)
            .clamp(0.0, 1.0)
            .sqrt()
    }
}

/// Position of the nose along the line between the eyes: 1 in the middle, 0 at an eye or beyond.
fn frontal(landmarks: &Landmarks) -> f32 {
    let [right_eye, left_eye, nose, ..] = landmarks.0;
    let (dx, dy) = (left_eye.x - right_eye.x, left_eye.y - right_eye.y);
    let length_squared = dx * dx + dy * dy;
    if length_squared <= 0.0 {
        return 0.0;
    }
    let along = ((nose.x - right_eye.x) * dx + (nose.y - right_eye.y) * dy) / length_squared;
    (1.0 - (2.0 * along - 1.0).abs()).clamp(0.0, 1.0)
}

/// Share of the square around the head inside the photo: faces at the border make poor covers.
fn inside(photo: &RgbImage, face: &PhotoRect) -> f32 {
    let side = face.head_side();
    let center = face.center();
    let head = PhotoRect {
        x: center.x - side / 2.0,
        y: center.y - side / 2.0,
        width: side,
        height: side,
    };
    let (width, height) = photo.dimensions();
    head.clamped(Size { width, height }).area() / head.area()
}

fn laplacian_variance(crop: &RgbImage) -> f32 {
    let luma: Vec<f32> = crop
        .pixels()
        .map(|p| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]))
        .collect();
    let (width, height) = (crop.width() as usize, crop.height() as usize);
    let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            let at = y * width + x;
            let value =
                luma[at - 1] + luma[at + 1] + luma[at - width] + luma[at + width] - 4.0 * luma[at];
            sum += value;
            squares += value * value;
            count += 1.0;
        }
    }
    if count == 0.0 {
        return 0.0;
    }
    squares / count - (sum / count) * (sum / count)
}
