//! Which of a photo's faces of before are found again after its file has changed.
//!
//! First by place: the boxes, each taken relative to its photo's size, so that a photo saved smaller keeps its faces.
//! Then, for turned or cropped photos, by likeness. Pairs are taken greedily, best first, each face once.

use super::ScannedFace;
use crate::geometry::{PhotoRect, Size};
use crate::library::FaceId;
use crate::vision::Embedding;

/// Boxes that share this much (intersection over union) are one face: the overlap at which detection benchmarks (WIDER
/// FACE, PASCAL VOC) call a box found.
const SAME_PLACE_IOU: f32 = 0.5;
/// Cosine above which two faces of one file are one: well above SFace's 0.363 between photos, since here it is the same
/// exposure.
const SAME_FACE_SIMILARITY: f32 = 0.6;
/// Cosine below which two faces are two people, whatever their place: OpenCV Zoo's threshold for SFace. The file may have
/// been overwritten by another picture.
const OTHER_FACE_SIMILARITY: f32 = 0.363;

/// A face of before.
pub(super) struct KeptFace {
    pub face_id: FaceId,
    pub box_in_photo: PhotoRect,
    pub embedding: Option<Embedding>,
    /// A person has said something of it.
    pub decided: bool,
    /// A person has drawn its box.
    pub drawn: bool,
}

/// For each face found now, the face of before that it is.
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
    // A picture of another shape was turned or cropped: places say nothing there.
    if same_shape(former_size, size) {
        matching.take_best(former, found, overlap, SAME_PLACE_IOU);
    }
    matching.take_best(former, found, likeness, SAME_FACE_SIMILARITY);
    let of_found = matching.of_found.into_iter();
    of_found
        .map(|index| index.map(|index| former[index].face_id))
        .collect()
}

/// Whether the photo still shows what it did, so that a face that was missed this time is there all the same.
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

/// The box in fractions of its photo's sides.
fn relative(rect: PhotoRect, size: Size) -> PhotoRect {
    let (width, height) = (size.width as f32, size.height as f32);
    PhotoRect {
        x: rect.x / width,
        y: rect.y / height,
        width: rect.width / width,
        height: rect.height / height,
    }
}

/// Whether two sizes have one aspect ratio, up to the rounding of a resize.
fn same_shape(a: Size, b: Size) -> bool {
    let product = |x: u32, y: u32| f64::from(x) * f64::from(y);
    let (one, other) = (product(a.width, b.height), product(b.width, a.height));
    (one - other).abs() <= 0.02 * one.max(other)
}
