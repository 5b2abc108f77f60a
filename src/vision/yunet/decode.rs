//! Decodes raw outputs to detections in pixels of the photo.
//!
//! At column `c` and row `r` of a grid with stride `s`: score = √(σ(class) · σ(object)), centre = (c + dx, r + dy) · s,
//! size = (eʷ, eʰ) · s, landmark = (c + kx, r + ky) · s, in pixels of the network's input (OpenCV
//! `FaceDetectorYN::postProcess`).

use super::layers::{OUTPUTS, STRIDES};
use crate::geometry::{Landmarks, PhotoRect, Point};
use crate::vision::detection::Detection;

/// Where the pixels of the network's input lie in the photo: `photo = input · scale + shift` for each axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PhotoFromInput {
    /// Photo pixels per input pixel.
    pub scale_x: f32,
    pub scale_y: f32,
    /// Where the first pixel of the input lies, in pixels of the photo.
    pub shift: Point,
}

impl PhotoFromInput {
    fn point(&self, x: f32, y: f32) -> Point {
        Point {
            x: x * self.scale_x + self.shift.x,
            y: y * self.scale_y + self.shift.y,
        }
    }
}

/// The detections of all positions whose score is at least `min_score`, before suppression. `outputs` is `[position][16]`
/// for an input of `width` × `height` pixels.
pub fn detections(
    outputs: &[f32],
    width: usize,
    height: usize,
    min_score: f32,
    photo_from_input: &PhotoFromInput,
) -> Vec<Detection> {
    let mut found = Vec::new();
    let mut positions = outputs.as_chunks::<OUTPUTS>().0.iter();
    for stride in STRIDES {
        let (columns, rows) = (width / stride, height / stride);
        for (index, output) in positions.by_ref().take(columns * rows).enumerate() {
            let score = (sigmoid(output[0]) * sigmoid(output[1])).sqrt();
            if score >= min_score {
                let position = ((index % columns) as f32, (index / columns) as f32);
                found.push(decode(
                    output,
                    score,
                    position,
                    stride as f32,
                    photo_from_input,
                ));
            }
        }
    }
    found
}

fn decode(
    output: &[f32; OUTPUTS],
    score: f32,
    (column, row): (f32, f32),
    stride: f32,
    photo_from_input: &PhotoFromInput,
) -> Detection {
    let [_, _, dx, dy, w, h, landmarks @ ..] = output;
    let (width, height) = (w.exp() * stride, h.exp() * stride);
    let corner = photo_from_input.point(
        (column + dx) * stride - width / 2.0,
        (row + dy) * stride - height / 2.0,
    );
    let landmarks = Landmarks(std::array::from_fn(|i| {
        let (x, y) = (landmarks[2 * i], landmarks[2 * i + 1]);
        photo_from_input.point((column + x) * stride, (row + y) * stride)
    }));
    Detection {
        box_in_photo: PhotoRect {
            x: corner.x,
            y: corner.y,
            width: width * photo_from_input.scale_x,
            height: height * photo_from_input.scale_y,
        },
        landmarks,
        consensus: landmarks,
        score,
        is_negative: false,
        smoothing: 0.0,
    }
}

fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}
