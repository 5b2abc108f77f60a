//! Matches the former faces of a photo with those found after its file has changed.
//!
//! First by position: boxes relative to the photo's size, so that a resized photo keeps its faces. Then, for rotated or
//! cropped photos, by similarity. Pairs are matched greedily, best first, each face once.

use super::ScannedFace;
use crate::geometry::{PhotoRect, Size};
use crate::library::FaceId;
use crate::vision::Embedding;

/// Minimum intersection over union of one face's boxes: the threshold of detection benchmarks (WIDER FACE, PASCAL VOC).
const SAME_PLACE_IOU: f32 = 0.5;
/// Minimum cosine similarity of one face in two versions of a file: well above SFace's .363 between different photos,
/// since the exposure is the same.
const SAME_FACE_SIMILARITY: f32 = 0.6;
/// Below this cosine similarity two faces are two people, whatever their position: OpenCV Zoo's threshold for SFace.
/// The file may have been overwritten by another picture.
const OTHER_FACE_SIMILARITY: f32 = 0.363;

/// A former face.
pub(super) struct KeptFace {
    pub face_id: FaceId,
    pub box_in_photo: PhotoRect,
    pub embedding: Option<Embedding>,
    /// There are decisions about it.
    pub decided: bool,
    /// Its box was drawn by a person.
    pub drawn: bool,
}

/// For each found face, the former face that it matches.
pub(super) fn match_faces(
    former: &[KeptFace],
    former_size: Size,
    found: &[ScannedFace],
    size: Size,
) -> Vec<Option<FaceId>> {
    let mut matching = Matching {
        of_found: vec![None; found.len()],
        former_taken: vec![false; former.len()],
    };
    let similarity = |before: &KeptFace, now: &ScannedFace| {
        Some(before.embedding?.similarity(now.embedding.as_ref()?))
    };
    let overlap = |before: &KeptFace, now: &ScannedFace| {
        if similarity(before, now).is_some_and(|cosine| cosine < OTHER_FACE_SIMILARITY) {
            return 0.0;
        }
        relative(before.box_in_photo, former_size).iou(&relative(now.box_in_photo, size))
    };
    let likeness = |before: &KeptFace, now: &ScannedFace| similarity(before, now).unwrap_or(0.0);
    // If the aspect ratio differs, the photo was rotated or cropped, and positions say nothing.
    if same_shape(former_size, size) {
        matching.take_best(former, found, overlap, SAME_PLACE_IOU);
    }
    matching.take_best(former, found, likeness, SAME_FACE_SIMILARITY);
    let of_found = matching.of_found.into_iter();
    of_found
        .map(|index| index.map(|index| former[index].face_id))
        .collect()
}

/// Whether it is still the same picture, so that a face that was not found must still be there.
pub(super) fn same_picture(
    former: &[KeptFace],
    former_size: Size,
    matched: &[Option<FaceId>],
    size: Size,
) -> bool {
    let any_found_again = matched.iter().any(Option::is_some);
    former_size == size && (any_found_again || former.iter().all(|face| face.drawn))
}

struct Matching {
    of_found: Vec<Option<usize>>,
    former_taken: Vec<bool>,
}

impl Matching {
    fn take_best(
        &mut self,
        former: &[KeptFace],
        found: &[ScannedFace],
        score: impl Fn(&KeptFace, &ScannedFace) -> f32,
        least: f32,
    ) {
        let mut pairs = Vec::new();
        for (before, former_face) in former
            .iter()
            .enumerate()
            .filter(|(i, _)| !self.former_taken[*i])
        {
            for (now, found_face) in found
                .iter()
                .enumerate()
                .filter(|(i, _)| self.of_found[*i].is_none())
            {
                let score = score(former_face, found_face);
                if score >= least {
                    pairs.push((score, before, now));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, before, now) in pairs {
            if !self.former_taken[before] && self.of_found[now].is_none() {
                self.former_taken[before] = true;
                self.of_found[now] = Some(before);
            }
        }
    }
}

/// The box as fractions of the photo's sides.
fn relative(rect: PhotoRect, size: Size) -> PhotoRect {
    let (width, height) = (size.width as f32, size.height as f32);
    PhotoRect {
        x: rect.x / width,
        y: rect.y / height,
        width: rect.width / width,
        height: rect.height / height,
    }
}

/// Whether two sizes have the same aspect ratio, up to rounding.
fn same_shape(a: Size, b: Size) -> bool {
    let product = |x: u32, y: u32| f64::from(x) * f64::from(y);
    let (one, other) = (product(a.width, b.height), product(b.width, a.height));
    (one - other).abs() <= 0.02 * one.max(other)
}
