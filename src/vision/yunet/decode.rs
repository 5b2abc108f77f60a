//! Raw outputs to faces in pixels of the network's input.
//!
//! At column `c` and row `r` of a grid with stride `s`: score = √(σ(class) · σ(object)), centre = (c + dx, r + dy) · s,
//! size = (eʷ, eʰ) · s, landmark = (c + kx, r + ky) · s (OpenCV `FaceDetectorYN::postProcess`).

use super::layers::{OUTPUTS, STRIDES};

/// A face before suppression, in pixels of the network's input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    pub score: f32,
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    /// `x, y` of right eye, left eye, nose, right and left mouth corner.
    pub landmarks: [(f32, f32); 5],
}

/// All positions whose score is at least `min_score`, from outputs `[position][16]` for an input of `width` × `height`.
pub fn candidates(outputs: &[f32], width: usize, height: usize, min_score: f32) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut positions = outputs.as_chunks::<OUTPUTS>().0.iter();
    for stride in STRIDES {
        let (columns, rows) = (width / stride, height / stride);
        for (index, output) in positions.by_ref().take(columns * rows).enumerate() {
            let score = (sigmoid(output[0]) * sigmoid(output[1])).sqrt();
            if score >= min_score {
                found.push(decode(
                    output,
                    score,
                    index % columns,
                    index / columns,
                    stride as f32,
                ));
            }
        }
    }
    found
}

fn decode(
    output: &[f32; OUTPUTS],
    score: f32,
    column: usize,
    row: usize,
    stride: f32,
) -> Candidate {
    let (column, row) = (column as f32, row as f32);
    let [_, _, dx, dy, w, h, landmarks @ ..] = output;
    let (width, height) = (w.exp() * stride, h.exp() * stride);
    Candidate {
        score,
        x: (column + dx) * stride - width / 2.0,
        y: (row + dy) * stride - height / 2.0,
        width,
        height,
        landmarks: std::array::from_fn(|i| {
            let (x, y) = (landmarks[2 * i], landmarks[2 * i + 1]);
            ((column + x) * stride, (row + y) * stride)
        }),
    }
}

fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}
