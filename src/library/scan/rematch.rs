//! Matches the former faces of a photo with those found after its file has changed.
//!
//! By place first: the former boxes are mapped through one transform of the whole picture (one of the eight orientations,
//! then a scale; for a crop also a shift), and a found face at the same place is the same face. Then by likeness of the
//! centred embeddings. Pairs are matched greedily, best first, each face once.
//!
//! Which transform it is is told by the thumbnails of the whole photos where those look alike, else by the faces: the
//! transform that brings most of them to the place of a found face. A face that another embedding contradicts is never
//! matched by place, since the file may have been overwritten by another picture.

use super::ScannedFace;
use crate::geometry::{PhotoRect, Point, Size};
use crate::library::FaceId;
use crate::photo::{ContentHash, Orientation, Signature};
use crate::vision::Centred;

/// Minimum intersection over union of one face's boxes: the threshold of detection benchmarks (WIDER FACE, PASCAL VOC).
const SAME_PLACE_IOU: f32 = 0.5;
/// Minimum centred similarity of one face in two versions of a file: well above what two photos of one person usually
/// have, since the exposure is the same.
pub(super) const SAME_FACE_SIMILARITY: f32 = 0.6;
/// Below this centred similarity two faces are two people, whatever their position: OpenCV Zoo's threshold for SFace
/// (.363) less what centring takes from the mean similarity of strangers (.06, `vision/centring.rs`).
const OTHER_FACE_SIMILARITY: f32 = 0.3;
/// Minimum correlation of the thumbnails of one picture, turned or saved again. Re-saved, resized, darkened, grey and
/// turned versions of eleven demo photos have .999 and more, crops by a tenth .71 to .91, different photos at most .65.
const SAME_PICTURE_CORRELATION: f32 = 0.95;
/// Below this correlation in every orientation the new picture is another one, or a part of the former.
const OTHER_PICTURE_CORRELATION: f32 = 0.5;
/// Of two orientations that explain the thumbnails about equally well, the picture was not turned.
const CORRELATION_MARGIN: f32 = 0.01;
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
    pub former_look: Option<&'a Signature>,
    pub size: Size,
    pub look: Option<&'a Signature>,
    pub content: ContentHash,
}

pub(super) struct Rematched {
    /// For each found face, the index of the former face that it is.
    pub of_found: Vec<Option<usize>>,
    /// How the former picture lies in the new one, if that is known.
    pub transform: Option<Transform>,
}

/// From the former upright picture to the new one, in pixels: a turn of the whole, then a scale and a shift.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transform {
    turn: Orientation,
    former_size: Size,
    scale: (f32, f32),
    shift: (f32, f32),
}

impl Transform {
    /// Of the whole picture; `None` if the aspect ratio is not that of the turned picture.
    fn of_whole(turn: Orientation, former_size: Size, size: Size) -> Option<Transform> {
        let turned = turn.upright_size(former_size);
        same_shape(turned, size).then(|| Transform {
            turn,
            former_size,
            scale: (
                size.width as f32 / turned.width as f32,
                size.height as f32 / turned.height as f32,
            ),
            shift: (0.0, 0.0),
        })
    }

    /// Of a crop, which brings one box onto another.
    fn of_boxes(
        turn: Orientation,
        former_size: Size,
        before: PhotoRect,
        now: PhotoRect,
    ) -> Option<Transform> {
        let mut transform = Transform {
            turn,
            former_size,
            scale: (1.0, 1.0),
            shift: (0.0, 0.0),
        };
        let turned = transform.rect(before);
        let scale = (now.area() / turned.area()).sqrt();
        if !(scale.is_finite() && scale > 0.0) {
            return None;
        }
        let (from, to) = (turned.center(), now.center());
        transform.scale = (scale, scale);
        transform.shift = (to.x - scale * from.x, to.y - scale * from.y);
        Some(transform)
    }

    pub(super) fn is_turned(&self) -> bool {
        self.turn != Orientation::UPRIGHT
    }

    /// Whether left and right are exchanged.
    pub(super) fn is_mirrored(&self) -> bool {
        matches!(self.turn.value(), 2 | 4 | 5 | 7)
    }

    pub(super) fn point(&self, point: Point) -> Point {
        let former = (
            self.former_size.width as f32,
            self.former_size.height as f32,
        );
        let turned = self.turn.upright_size(self.former_size);
        let (x, y) = self.turn.turned(point.x / former.0, point.y / former.1);
        Point {
            x: x * turned.width as f32 * self.scale.0 + self.shift.0,
            y: y * turned.height as f32 * self.scale.1 + self.shift.1,
        }
    }

    pub(super) fn rect(&self, rect: PhotoRect) -> PhotoRect {
        let one = self.point(Point {
            x: rect.x,
            y: rect.y,
        });
        let other = self.point(Point {
            x: rect.x + rect.width,
            y: rect.y + rect.height,
        });
        PhotoRect {
            x: one.x.min(other.x),
            y: one.y.min(other.y),
            width: (one.x - other.x).abs(),
            height: (one.y - other.y).abs(),
        }
    }
}

/// Matches the faces of a changed photo.
pub(super) fn rematch(
    former: &[KeptFace],
    found: &[ScannedFace],
    change: &Change<'_>,
) -> Rematched {
    let look = Look::of(
        change.former_size,
        change.former_look,
        change.size,
        change.look,
    );
    let pairs = Pairs::of(former, found);
    let mut matching = Matching::new(former, found);
    let whole = whole_picture(&pairs, change, look);
    if let Some(transform) = whole {
        let is_proven = matches!(look, Look::Same(_)) && transform.is_turned();
        matching.take_best(&pairs, SAME_PLACE_IOU, |before, now| {
            // An embedding of a face on its side says little.
            let may_be = is_proven || !pairs.is_other(before, now);
            if may_be {
                pairs.overlap(&transform, before, now)
            } else {
                0.0
            }
        });
    }
    // A face that was missing is back at its place in the very picture that showed it.
    matching.take_best(&pairs, SAME_PLACE_IOU, |before, now| {
        pairs.overlap_in_former(before, now, change.content)
    });
    matching.take_best(&pairs, SAME_FACE_SIMILARITY, |before, now| {
        pairs.likeness(before, now).unwrap_or(0.0)
    });
    let part = match whole {
        Some(_) => None,
        None => part_of_picture(&pairs, change.former_size, &matching),
    };
    if let Some(part) = part {
        matching.take_best(&pairs, SAME_PLACE_IOU, |before, now| {
            if pairs.is_other(before, now) {
                0.0
            } else {
                pairs.overlap(&part, before, now)
            }
        });
    }
    Rematched {
        transform: whole
            .or(part)
            .or_else(|| nothing_to_find(former, change, look)),
        of_found: matching.of_found,
    }
}

/// Of a picture of the same size in which all faces were drawn by a person, since the detector does not see them.
fn nothing_to_find(former: &[KeptFace], change: &Change<'_>, look: Look) -> Option<Transform> {
    let all_drawn = former.iter().all(|face| face.drawn);
    let is_same = all_drawn && look != Look::Other && change.former_size == change.size;
    let unchanged = || Transform::of_whole(Orientation::UPRIGHT, change.former_size, change.size);
    is_same.then(unchanged).flatten()
}

/// Whether two photos show one picture as a whole, turned or saved again, by their thumbnails.
pub(super) fn is_one_picture(
    former_size: Size,
    former_look: Option<&Signature>,
    size: Size,
    look: Option<&Signature>,
) -> bool {
    let look = Look::of(former_size, former_look, size, look);
    matches!(look, Look::Same(_))
}

/// What the thumbnails of the whole photos say.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Look {
    /// One picture, turned so.
    Same(Orientation),
    /// Two pictures, or a picture and a part of it.
    Other,
    Unknown,
}

impl Look {
    fn of(
        former_size: Size,
        former_look: Option<&Signature>,
        size: Size,
        look: Option<&Signature>,
    ) -> Look {
        let (Some(before), Some(now)) = (former_look, look) else {
            return Look::Unknown;
        };
        let fits = |turn: &Orientation| Transform::of_whole(*turn, former_size, size).is_some();
        let mut best: Option<(f32, Orientation)> = None;
        for turn in Orientation::all().filter(fits) {
            let correlation = before.correlation(turn, now);
            if best.is_none_or(|(most, _)| correlation > most + CORRELATION_MARGIN) {
                best = Some((correlation, turn));
            }
        }
        match best {
            Some((most, turn)) if most >= SAME_PICTURE_CORRELATION => Look::Same(turn),
            Some((most, _)) if most >= OTHER_PICTURE_CORRELATION => Look::Unknown,
            _ => Look::Other,
        }
    }
}

/// The transform of the whole picture; `None` if nothing speaks for one.
fn whole_picture(pairs: &Pairs<'_>, change: &Change<'_>, look: Look) -> Option<Transform> {
    let of_turn = |turn| Transform::of_whole(turn, change.former_size, change.size);
    match look {
        Look::Same(turn) => return of_turn(turn),
        Look::Other => return None,
        Look::Unknown => {}
    }
    let mut best: Option<(Placed, Transform)> = None;
    for transform in Orientation::all().filter_map(of_turn) {
        let placed = pairs.placed(&transform);
        let is_enough = match transform.is_turned() {
            true => placed.is_convincing(),
            false => placed.faces > 0,
        };
        if is_enough && best.is_none_or(|(most, _)| placed.faces > most.faces) {
            best = Some((placed, transform));
        }
    }
    best.map(|(_, transform)| transform)
}

/// The transform of a cropped picture that brings most faces to found ones.
fn part_of_picture(pairs: &Pairs<'_>, former_size: Size, matching: &Matching) -> Option<Transform> {
    let mut seeds: Vec<(usize, usize)> = matching.pairs().collect();
    if seeds.is_empty() {
        let largest = |count: usize, area: &dyn Fn(usize) -> f32| {
            let mut order: Vec<usize> = (0..count).collect();
            order.sort_by(|a, b| area(*b).total_cmp(&area(*a)));
            order.truncate(MAX_SEEDS);
            order
        };
        let before = largest(pairs.former.len(), &|at| {
            pairs.former[at].box_in_photo.area()
        });
        let now = largest(pairs.found.len(), &|at| pairs.found[at].box_in_photo.area());
        seeds = before
            .iter()
            .flat_map(|before| now.iter().map(|now| (*before, *now)))
            .collect();
    }
    seeds.retain(|(before, _)| pairs.former[*before].missing_since.is_none());
    seeds.truncate(MAX_SEEDS * MAX_SEEDS);
    let mut best: Option<(Placed, Transform)> = None;
    for turn in Orientation::all() {
        for &(before, now) in &seeds {
            let (from, to) = (
                pairs.former[before].box_in_photo,
                pairs.found[now].box_in_photo,
            );
            let Some(transform) = Transform::of_boxes(turn, former_size, from, to) else {
                continue;
            };
            let placed = pairs.placed(&transform);
            if placed.is_convincing() && best.is_none_or(|(most, _)| placed.faces > most.faces) {
                best = Some((placed, transform));
            }
        }
    }
    best.map(|(_, transform)| transform)
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
                .map(|now| Some(face.embedding?.similarity(now.as_ref()?)))
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
        let face = &self.former[before];
        match face.missing_since {
            None => transform
                .rect(face.box_in_photo)
                .iou(&self.found[now].box_in_photo),
            Some(_) => 0.0,
        }
    }

    /// The overlap where the new picture is the one that a missing face was in.
    fn overlap_in_former(&self, before: usize, now: usize, content: ContentHash) -> f32 {
        let face = &self.former[before];
        match face.missing_since {
            Some(picture) if picture.content == content => {
                face.box_in_photo.iou(&self.found[now].box_in_photo)
            }
            _ => 0.0,
        }
    }

    fn placed(&self, transform: &Transform) -> Placed {
        let mut matching = Matching::new(self.former, self.found);
        matching.take_best(self, SAME_PLACE_IOU, |before, now| {
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

    fn take_best(&mut self, pairs: &Pairs<'_>, least: f32, score: impl Fn(usize, usize) -> f32) {
        let mut scored = Vec::new();
        for before in (0..pairs.former.len()).filter(|at| !self.former_taken[*at]) {
            for now in (0..pairs.found.len()).filter(|at| self.of_found[*at].is_none()) {
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

/// Whether two sizes have the same aspect ratio, up to rounding.
fn same_shape(a: Size, b: Size) -> bool {
    let product = |x: u32, y: u32| f64::from(x) * f64::from(y);
    let (one, other) = (product(a.width, b.height), product(b.width, a.height));
    (one - other).abs() <= 0.02 * one.max(other)
}
