//! Matches the former faces of a photo with those found after its file has changed, or was searched again.
//!
//! By place first: the former boxes are mapped through one transform of the whole picture (one of the eight orientations,
//! then a scale; for a crop also a shift), and a found face at the same place is the same face. Then by likeness of the
//! centred embeddings. Last by a place that agrees only roughly: another search may draw another box around a face. Pairs
//! are matched greedily, best first, each face once.
//!
//! Which transform it is is told by the bytes where they are the same, by the thumbnails of the whole photos where those
//! look alike, else by the faces: the transform that brings most of them to the place of a found face. A face that another
//! embedding contradicts is never matched by place, since the file may have been overwritten by another picture.
//!
//! Faces that went missing earlier are matched in the same way, each with the picture that showed it last.

use super::ScannedFace;
use super::resemblance::Resemblance;
use super::transform::Transform;
use crate::geometry::{PhotoRect, Size};
use crate::library::FaceId;
use crate::photo::{ContentHash, Orientation, Signature};
use crate::vision::Centred;

/// Minimum intersection over union of one face's boxes: the threshold of detection benchmarks (WIDER FACE, PASCAL VOC).
const SAME_PLACE_IOU: f32 = 0.5;
/// Minimum part of the smaller of one face's two boxes that lies in the other, where the transform of the picture is known
/// otherwise: as half of [`SAME_PLACE_IOU`]'s union, for boxes of any two sizes.
const ROUGHLY_SAME_PLACE: f32 = 0.5;
/// A face of whose box less than this lies in the new picture is cut by its edge.
const MAX_CUT_SHARE: f32 = 0.9;
/// Minimum centred similarity of one face in two versions of a file: well above what two photos of one person usually
/// have, since the exposure is the same.
pub(super) const SAME_FACE_SIMILARITY: f32 = 0.6;
/// Below this centred similarity two faces are two people, whatever their position: OpenCV Zoo's threshold for SFace
/// (.363) less what centring takes from the mean similarity of strangers (.06, `vision/centring.rs`).
const OTHER_FACE_SIMILARITY: f32 = 0.3;
/// Faces that a transform must bring to found ones before it tells where the others are.
const MIN_PLACED: usize = 2;
/// The same where no embedding speaks for any of them.
const MIN_PLACED_WITHOUT_LIKENESS: usize = 3;
/// Largest faces that transforms of a crop are tried with, so that the work on crowds stays bounded.
const MAX_SEEDS: usize = 12;

/// A former face.
pub(super) struct KeptFace {
    pub face_id: FaceId,
    /// In the picture that showed it last.
    pub box_in_photo: PhotoRect,
    pub embedding: Option<Centred>,
    /// There are decisions about it.
    pub decided: bool,
    /// Its box was drawn by a person.
    pub drawn: bool,
    /// It belongs to the photo whose file has changed, and not to another one that it went missing from.
    pub is_here: bool,
    /// The picture that showed it last, if that is not the one that was replaced now.
    pub missing_since: Option<FormerPicture>,
}

/// A picture that showed a face.
#[derive(Clone, Copy)]
pub(super) struct FormerPicture {
    pub content: ContentHash,
    pub size: Size,
}

/// The picture before and after.
pub(super) struct Change<'a> {
    pub former_size: Size,
    pub former_content: ContentHash,
    pub former_signature: Option<&'a Signature>,
    pub size: Size,
    pub signature: Option<&'a Signature>,
    pub content: ContentHash,
}

pub(super) struct Rematched {
    /// For each found face, the index of the former face that it is.
    pub of_found: Vec<Option<usize>>,
    /// For each former face, how the picture that showed it last lies in the new one, if that is known.
    pub transforms: Vec<Option<Transform>>,
}

/// A picture that showed some of the former faces.
struct Shown<'a> {
    size: Size,
    content: ContentHash,
    signature: Option<&'a Signature>,
    /// Indices of the former faces that it showed last.
    faces: Vec<usize>,
    /// It is the file's former picture, not an earlier one.
    is_former: bool,
}

/// Matches the faces of a changed photo.
pub(super) fn rematch(
    former: &[KeptFace],
    found: &[ScannedFace],
    change: &Change<'_>,
) -> Rematched {
    let pairs = Pairs::of(former, found);
    let mut matching = Matching::new(former, found);
    let pictures = pictures(former, change);
    let mut transforms: Vec<Option<Transform>> = Vec::with_capacity(pictures.len());
    for picture in &pictures {
        let whole = whole_picture(&pairs, picture, change);
        if let Some((transform, certainty)) = whole {
            // An embedding of a face on its side says little, and one picture has the same faces.
            let is_proven = match certainty {
                Certainty::SameBytes => true,
                Certainty::SameSignature => transform.is_turned(),
                Certainty::Placed => false,
            };
            let score = |before, now| match is_proven || !pairs.is_other(before, now) {
                true => pairs.overlap(&transform, before, now),
                false => 0.0,
            };
            matching.take_best(&picture.faces, SAME_PLACE_IOU, score);
        }
        transforms.push(whole.map(|(transform, _)| transform));
    }
    let everybody: Vec<usize> = (0..former.len()).collect();
    matching.take_best(&everybody, SAME_FACE_SIMILARITY, |before, now| {
        pairs.likeness(before, now).unwrap_or(0.0)
    });
    for (picture, transform) in pictures.iter().zip(&mut transforms) {
        if transform.is_none() {
            *transform = part_of_picture(&pairs, picture, &matching);
            if let Some(part) = transform {
                matching.take_best(&picture.faces, SAME_PLACE_IOU, |before, now| {
                    match pairs.is_other(before, now) {
                        true => 0.0,
                        false => pairs.overlap(part, before, now),
                    }
                });
            }
        }
        if let Some(transform) = transform {
            matching.take_best(&picture.faces, ROUGHLY_SAME_PLACE, |before, now| {
                // An embedding of a face that the crop cuts says little.
                let may_be =
                    pairs.is_cut(transform, before, change.size) || !pairs.is_other(before, now);
                match may_be {
                    true => pairs.share(transform, before, now),
                    false => 0.0,
                }
            });
        }
        *transform = transform.or_else(|| nothing_to_find(&pairs, picture, change));
    }
    let mut of_former = vec![None; former.len()];
    for (picture, transform) in pictures.iter().zip(transforms) {
        for &face in &picture.faces {
            of_former[face] = transform;
        }
    }
    Rematched {
        of_found: matching.of_found,
        transforms: of_former,
    }
}

/// The pictures that showed the former faces: the very one that the file shows now first, then the former one.
fn pictures<'a>(former: &[KeptFace], change: &Change<'a>) -> Vec<Shown<'a>> {
    let mut pictures = vec![Shown {
        size: change.former_size,
        content: change.former_content,
        signature: change.former_signature,
        faces: Vec::new(),
        is_former: true,
    }];
    for (index, face) in former.iter().enumerate() {
        let Some(earlier) = face.missing_since else {
            pictures[0].faces.push(index);
            continue;
        };
        let known = pictures[1..]
            .iter_mut()
            .find(|picture| picture.content == earlier.content && picture.size == earlier.size);
        match known {
            Some(picture) => picture.faces.push(index),
            None => pictures.push(Shown {
                size: earlier.size,
                content: earlier.content,
                signature: None,
                faces: vec![index],
                is_former: false,
            }),
        }
    }
    pictures.sort_by_key(|picture| picture.content != change.content);
    pictures
}

/// Of a picture of the same size in which all faces were drawn by a person, since the detector does not see them.
fn nothing_to_find(
    pairs: &Pairs<'_>,
    picture: &Shown<'_>,
    change: &Change<'_>,
) -> Option<Transform> {
    let mut faces = picture.faces.iter();
    let all_drawn = faces.all(|face| pairs.former[*face].drawn);
    let is_same = picture.is_former
        && all_drawn
        && picture.size == change.size
        && Resemblance::of(
            picture.size,
            picture.signature,
            change.size,
            change.signature,
        ) != Resemblance::Other;
    let unchanged = || Transform::of_whole(Orientation::UPRIGHT, picture.size, change.size);
    is_same.then(unchanged).flatten()
}

/// How a transform is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Certainty {
    SameBytes,
    /// The thumbnails are alike.
    SameSignature,
    /// It brings faces to the places of found ones.
    Placed,
}

/// The transform of the whole picture; `None` if nothing speaks for one.
fn whole_picture(
    pairs: &Pairs<'_>,
    picture: &Shown<'_>,
    change: &Change<'_>,
) -> Option<(Transform, Certainty)> {
    let of_turn = |turn| Transform::of_whole(turn, picture.size, change.size);
    let resemblance = Resemblance::of(
        picture.size,
        picture.signature,
        change.size,
        change.signature,
    );
    // The same bytes may be read as another orientation by a later version.
    let turn = match resemblance {
        Resemblance::Same(turn) => turn,
        _ => Orientation::UPRIGHT,
    };
    if picture.content == change.content
        && let Some(transform) = of_turn(turn)
    {
        return Some((transform, Certainty::SameBytes));
    }
    match resemblance {
        Resemblance::Same(turn) => return Some((of_turn(turn)?, Certainty::SameSignature)),
        Resemblance::Other => return None,
        Resemblance::Unknown => {}
    }
    let mut best: Option<(Placed, Transform)> = None;
    for transform in Orientation::all().filter_map(of_turn) {
        let placed = pairs.placed(&transform, &picture.faces);
        let is_enough = match picture.is_former && !transform.is_turned() {
            true => placed.faces > 0,
            false => placed.is_convincing(),
        };
        if is_enough && best.is_none_or(|(most, _)| placed.faces > most.faces) {
            best = Some((placed, transform));
        }
    }
    best.map(|(_, transform)| (transform, Certainty::Placed))
}

/// The transform of a cropped picture that brings most faces to found ones.
fn part_of_picture(
    pairs: &Pairs<'_>,
    picture: &Shown<'_>,
    matching: &Matching,
) -> Option<Transform> {
    if picture.faces.len() < MIN_PLACED {
        return None;
    }
    let matched = matching.pairs();
    let mut seeds: Vec<(usize, usize)> = matched
        .filter(|(before, _)| picture.faces.contains(before))
        .collect();
    if seeds.is_empty() {
        let before = largest(&picture.faces, |at| pairs.former[at].box_in_photo.area());
        let all: Vec<usize> = (0..pairs.found.len()).collect();
        let now = largest(&all, |at| pairs.found[at].box_in_photo.area());
        seeds = before
            .iter()
            .flat_map(|before| now.iter().map(|now| (*before, *now)))
            .collect();
    }
    seeds.truncate(MAX_SEEDS * MAX_SEEDS);
    let mut best: Option<(Placed, Transform)> = None;
    for turn in Orientation::all() {
        for &(before, now) in &seeds {
            let (from, to) = (
                pairs.former[before].box_in_photo,
                pairs.found[now].box_in_photo,
            );
            let Some(transform) = Transform::of_boxes(turn, picture.size, from, to) else {
                continue;
            };
            let placed = pairs.placed(&transform, &picture.faces);
            if placed.is_convincing() && best.is_none_or(|(most, _)| placed.faces > most.faces) {
                best = Some((placed, transform));
            }
        }
    }
    best.map(|(_, transform)| transform)
}

/// At most [`MAX_SEEDS`] of these, the largest first.
fn largest(faces: &[usize], area: impl Fn(usize) -> f32) -> Vec<usize> {
    let mut order = faces.to_vec();
    order.sort_by(|a, b| area(*b).total_cmp(&area(*a)));
    order.truncate(MAX_SEEDS);
    order
}

/// What a transform brings to the place of a found face.
#[derive(Clone, Copy, Debug)]
struct Placed {
    faces: usize,
    /// Of these, faces that are alike.
    alike: usize,
}

impl Placed {
    fn is_convincing(&self) -> bool {
        self.faces >= MIN_PLACED_WITHOUT_LIKENESS || (self.faces >= MIN_PLACED && self.alike > 0)
    }
}

/// Former and found faces, with the likeness of each two.
struct Pairs<'a> {
    former: &'a [KeptFace],
    found: &'a [ScannedFace],
    /// By former face, then by found face.
    likeness: Vec<Option<f32>>,
}

impl<'a> Pairs<'a> {
    fn of(former: &'a [KeptFace], found: &'a [ScannedFace]) -> Pairs<'a> {
        let now: Vec<Option<Centred>> = found
            .iter()
            .map(|face| face.embedding.map(|embedding| embedding.centred()))
            .collect();
        let likeness = former.iter().flat_map(|face| {
            now.iter()
                .map(|now| Some(face.embedding?.cosine(now.as_ref()?)))
        });
        Pairs {
            former,
            found,
            likeness: likeness.collect(),
        }
    }

    fn likeness(&self, before: usize, now: usize) -> Option<f32> {
        self.likeness[before * self.found.len() + now]
    }

    fn is_other(&self, before: usize, now: usize) -> bool {
        self.likeness(before, now)
            .is_some_and(|likeness| likeness < OTHER_FACE_SIMILARITY)
    }

    fn overlap(&self, transform: &Transform, before: usize, now: usize) -> f32 {
        transform
            .rect(self.former[before].box_in_photo)
            .iou(&self.found[now].box_in_photo)
    }

    /// The part of the smaller box that lies in the other.
    fn share(&self, transform: &Transform, before: usize, now: usize) -> f32 {
        let before = transform.rect(self.former[before].box_in_photo);
        let now = self.found[now].box_in_photo;
        let iou = before.iou(&now);
        // IoU = common / (sum - common).
        let common = (before.area() + now.area()) * iou / (1.0 + iou);
        common / before.area().min(now.area())
    }

    /// Whether a part of the former face lies outside of the new picture.
    fn is_cut(&self, transform: &Transform, before: usize, size: Size) -> bool {
        let place = transform.rect(self.former[before].box_in_photo);
        place.clamped(size).area() < MAX_CUT_SHARE * place.area()
    }

    /// What a transform brings of these former faces to the places of found ones.
    fn placed(&self, transform: &Transform, faces: &[usize]) -> Placed {
        let mut matching = Matching::new(self.former, self.found);
        matching.take_best(faces, SAME_PLACE_IOU, |before, now| {
            if self.is_other(before, now) {
                0.0
            } else {
                self.overlap(transform, before, now)
            }
        });
        let alike = |(before, now): &(usize, usize)| {
            self.likeness(*before, *now)
                .is_some_and(|likeness| likeness >= SAME_FACE_SIMILARITY)
        };
        Placed {
            faces: matching.pairs().count(),
            alike: matching.pairs().filter(alike).count(),
        }
    }
}

struct Matching {
    of_found: Vec<Option<usize>>,
    former_taken: Vec<bool>,
}

impl Matching {
    fn new(former: &[KeptFace], found: &[ScannedFace]) -> Matching {
        Matching {
            of_found: vec![None; found.len()],
            former_taken: vec![false; former.len()],
        }
    }

    /// (former, found) of each match.
    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let of_found = self.of_found.iter().enumerate();
        of_found.filter_map(|(now, before)| Some(((*before)?, now)))
    }

    /// Matches these former faces with found ones, neither matched before.
    fn take_best(&mut self, former: &[usize], least: f32, score: impl Fn(usize, usize) -> f32) {
        let mut scored = Vec::new();
        for &before in former.iter().filter(|at| !self.former_taken[**at]) {
            for now in (0..self.of_found.len()).filter(|at| self.of_found[*at].is_none()) {
                let score = score(before, now);
                if score >= least {
                    scored.push((score, before, now));
                }
            }
        }
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, before, now) in scored {
            if !self.former_taken[before] && self.of_found[now].is_none() {
                self.former_taken[before] = true;
                self.of_found[now] = Some(before);
            }
        }
    }
}
