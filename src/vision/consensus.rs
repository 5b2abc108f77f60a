//! Mean landmarks over the grid positions of the detector that found the same face.

use super::Detection;
use crate::geometry::{Landmarks, Point};

/// Positions whose boxes have a lower intersection over union with the best box may have found another part of the
/// face, or another face.
const AGREEING_IOU: f32 = 0.6;

/// The mean landmarks of all detections before suppression that found the face of `best`, weighted by the squares of
/// their scores.
pub(super) fn consensus(best: &Detection, candidates: &[Detection]) -> Landmarks {
    let agreeing = candidates
        .iter()
        .filter(|other| other.box_in_photo.iou(&best.box_in_photo) >= AGREEING_IOU);
    let mut weight = 0.0;
    let mut sums = [Point { x: 0.0, y: 0.0 }; 5];
    for other in agreeing {
        let own = other.score * other.score;
        weight += own;
        for (sum, point) in sums.iter_mut().zip(other.landmarks.0) {
            sum.x += own * point.x;
            sum.y += own * point.y;
        }
    }
    if weight > 0.0 {
        Landmarks(sums.map(|sum| Point {
            x: sum.x / weight,
            y: sum.y / weight,
        }))
    } else {
        best.landmarks
    }
}

pub(super) fn mean(a: &Landmarks, b: &Landmarks) -> Landmarks {
    Landmarks(std::array::from_fn(|i| Point {
        x: (a.0[i].x + b.0[i].x) / 2.0,
        y: (a.0[i].y + b.0[i].y) / 2.0,
    }))
}
