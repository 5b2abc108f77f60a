//! All faces of a photo: the first pass, and further passes where it cannot have seen everything.
//!
//! Ordinary photos end after the first pass. Further passes are for
//! - large photos and panoramas: in tiles (`tiles.rs`);
//! - faces that fill the photo: the whole of it smaller, since the detector's largest grid is made for faces of half its input;
//! - faces that score less than upright ones do: their surroundings at other angles and as a negative
//!   (`face_passes.rs`);
//! - photos that show nobody for sure: the whole on its sides and upside down, and, of what may be printed with dots
//!   (`halftone.rs`), smoothed, so that the dots vanish; if the first pass shows traces of a crowd, turned at full size.
//!
//! Each begins with a glance at few pixels, and of the whole turned only if the first pass left a trace of somebody; only
//! where that is promising, more follow. What that costs is in `docs/speed.md`.
//!
//! What the further passes at a face accept is scored higher than almost anything else is: of 1,000 ordinary faces one.

use std::borrow::Cow;

use image::RgbImage;

use super::VisionError;
use super::detect::{
    DEFAULT_MAX_SIDE, DEFAULT_MIN_SCORE, candidates, is_same_face, one_for_each_face, reduced,
    suppressed,
};
use super::detection::Detection;
use super::face_passes::{
    Doubt, FINE_VIEW, FaceLooks, GOOD_VIEW, MARGIN, MIN_PROMISING_SCORE, MIN_WEAK_SCORE,
};
use super::halftone::Halftone;
use super::quarter::Quarter;
use super::tiles::{first_pass_coarseness, first_pass_side, tile_candidates, tile_coarseness};
use super::yunet::Yunet;
use crate::geometry::Size;
use crate::stop::StopFlag;

/// Upright faces of 24 pixels or more score this or more, nearly all; turned ones and negatives less.
const CERTAIN_SCORE: f32 = 0.9;
/// Beside a certain face, faces of this score need no further pass: of 83 tilted prints on album pages that further passes find,
/// three score more.
const CERTAIN_SCORE_BESIDE: f32 = 0.87;
/// A photo with a face of this score is upright and not screened.
const SETTLED_SCORE: f32 = 0.85;
/// What a further pass must score at least. Of 170 photos without people, seen at three turns, the best scores .79.
const MIN_TURNED_SCORE: f32 = 0.85;
const MIN_SMOOTHED_SCORE: f32 = 0.8;
/// Where a photo is known to be turned.
const MIN_KNOWN_TURN_SCORE: f32 = 0.8;

/// Turned faces leave candidates of this score in the first pass: of 620 photos of people that were turned, and of 1,060 cut
/// around one face, all have one; of 170 photos without people 85.
const MIN_TRACE_SCORE: f32 = 0.08;
/// Small faces on their side leave candidates of this score in the first pass, and some do in a photo without people: of
/// 170, 10 have [`MIN_CROWD`]. That many turned faces are believed without a good one.
const MIN_CROWD_TRACE_SCORE: f32 = 0.1;
const MIN_CROWD: usize = 3;

/// Longer side of a face's box in the first pass's input from which on it may be too large for it.
const LARGE_FACE: f32 = 0.45 * DEFAULT_MAX_SIDE as f32;
/// Longer side at which photos are seen for very large faces.
const CLOSE_UP_SIDE: u32 = 320;
/// Longer side, in the first pass's input, of a face that such a look sees at 96 pixels, its best size: it must confirm it.
const MIN_CONFIRMED_SIDE: f32 = 96.0 * DEFAULT_MAX_SIDE as f32 / CLOSE_UP_SIDE as f32;
/// Boxes that share this much are of one face in two looks.
const CONFIRMING_IOU: f32 = 0.5;
/// How a photo is seen turned: first at a glance, and if that is promising, well.
const GLANCE: Turned = Turned {
    max_side: 192,
    share: 0.2,
};
const GOOD_LOOK: Turned = Turned {
    max_side: 384,
    share: 0.5,
};
/// Longer sides at which photos are seen smoothed, until something is found: at the last one, dots as far apart as a
/// thirtieth of the photo vanish.
const SMOOTHED_SIDES: [u32; 4] = [320, 224, 160, 112];

/// Smaller faces in the first pass's input aren't looked at again: those of that size score less anyway.
const MIN_LOCAL_SIDE: f32 = 24.0;
/// Smaller ones aren't looked at beside a certain one, nor for tilts between the quarters unless they are weak.
const MIN_TILTED_SIDE: f32 = 40.0;
/// Largest first.
const MAX_LOCAL_LOOKS: usize = 4;
/// Candidates of less than [`MIN_LOCAL_SIDE`], which are looked at enlarged.
const MAX_ENLARGED: usize = 300;
/// By how much the first pass may reduce a photo until small candidates are looked at enlarged: faces of 60 pixels of the
/// photo then have fewer than [`MIN_LOCAL_SIDE`] of the input. Of 15 such faces in a photo of 12 megapixels, the first pass
/// is sure of 10.
const MAX_SURE_COARSENESS: f32 = 60.0 / MIN_LOCAL_SIDE;

/// What to look for in a decoded picture of a photo.
#[derive(Clone, Copy, Debug)]
pub struct SearchOptions {
    /// Faces below this score are dropped, 0 to 1.
    pub min_score: f32,
    /// Of the photo at full scale.
    pub photo_size: Size,
    /// Photo pixels per pixel of the picture, along each side.
    pub photo_from_picture: f32,
}

/// How large a photo is seen turned: at most this share of its longer side, and at most these pixels.
#[derive(Clone, Copy)]
struct Turned {
    max_side: u32,
    share: f32,
}

/// The candidates of the first pass.
pub struct FirstPass(Vec<Detection>);

/// What all passes found.
pub struct Found {
    /// In pixels of the picture, best score first.
    pub faces: Vec<Detection>,
    /// Faces of 60 pixels of the photo may have been missed: the picture has too few of them, or there would be too many tiles.
    pub is_coarse: bool,
}

pub(super) fn first_pass(
    network: &Yunet,
    picture: &RgbImage,
    options: &SearchOptions,
) -> Result<FirstPass, VisionError> {
    let min_score = options.min_score.min(MIN_TRACE_SCORE);
    let side = first_pass_side(options.photo_size);
    candidates(network, picture, side, min_score).map(FirstPass)
}

pub(super) fn further_passes(
    network: &Yunet,
    picture: &RgbImage,
    first: FirstPass,
    options: &SearchOptions,
    stop: &StopFlag,
) -> Result<Found, VisionError> {
    let (width, height) = picture.dimensions();
    let search = Search {
        looks: FaceLooks { network, picture },
        stop,
        min_score: options.min_score,
        input_from_picture: (first_pass_side(options.photo_size) as f32 / width.max(height) as f32)
            .min(1.0),
    };
    let mut seen = first.0;
    let traces = Traces::of(&seen);
    seen.retain(|face| face.score >= options.min_score.min(MIN_WEAK_SCORE));
    let mut is_coarse = false;
    let tiled = tile_coarseness(options.photo_size);
    if let Some(coarseness) = tiled {
        let reduction = coarseness / options.photo_from_picture;
        let (more, as_fine) = tile_candidates(network, picture, reduction, MIN_WEAK_SCORE, stop)?;
        is_coarse = !as_fine || reduction < 1.0;
        seen.extend(more);
    }
    if seen
        .iter()
        .any(|face| search.side_in_input(face) >= LARGE_FACE)
    {
        let close = candidates(network, picture, CLOSE_UP_SIDE, MIN_WEAK_SCORE)?;
        seen.retain(|face| {
            search.side_in_input(face) < MIN_CONFIRMED_SIDE || !search.is_refuted(face, &close)
        });
        seen.extend(close);
    }
    let (strong, weak): (Vec<_>, Vec<_>) = seen
        .into_iter()
        .partition(|face| face.score >= options.min_score);
    let mut faces = suppressed(strong);
    let mut weak = one_for_each_face(weak);
    weak.retain(|weak| !faces.iter().any(|face| is_same_face(face, weak)));
    if tiled.is_some() || first_pass_coarseness(options.photo_size) > MAX_SURE_COARSENESS {
        search.enlarge(&mut faces, &mut weak)?;
    }
    let mut turns = search.check_each(&mut faces, weak)?;
    let halftone = Halftone::of(picture);
    let may_be_turned = !is_settled(&faces);
    if may_be_turned {
        if halftone > Halftone::No {
            search.smooth(&mut faces)?;
        }
        if traces.any {
            turns.extend(search.turn(&mut faces)?);
        }
    }
    turns.sort_by_key(|quarter| *quarter as u8);
    turns.dedup();
    for quarter in &turns {
        search.look_turned(&mut faces, *quarter)?;
    }
    let may_be_crowd = may_be_turned && turns.is_empty() && traces.of_crowd;
    if !turns.is_empty() || may_be_crowd && search.turn_crowd(&mut faces)? {
        drop_upright(&mut faces);
    }
    faces.retain(|face| face.score >= options.min_score);
    if halftone == Halftone::Yes {
        faces
            .iter_mut()
            .for_each(|face| face.smoothing = face.smoothing.max(1.0));
    }
    faces.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(Found { faces, is_coarse })
}

/// What the first pass leaves of faces that are not upright.
struct Traces {
    any: bool,
    of_crowd: bool,
}

impl Traces {
    fn of(seen: &[Detection]) -> Traces {
        let of_crowd = seen.iter().copied();
        let of_crowd = of_crowd.filter(|face| face.score >= MIN_CROWD_TRACE_SCORE);
        Traces {
            any: seen.iter().any(|face| face.score >= MIN_TRACE_SCORE),
            of_crowd: !is_settled(seen) && one_for_each_face(of_crowd.collect()).len() >= MIN_CROWD,
        }
    }
}

struct Search<'a> {
    looks: FaceLooks<'a>,
    stop: &'a StopFlag,
    min_score: f32,
    /// Pixels of the first pass's input per pixel of the picture.
    input_from_picture: f32,
}

impl Search<'_> {
    /// Longer side of a face's box in the first pass's input.
    fn side_in_input(&self, face: &Detection) -> f32 {
        face.box_in_photo.width.max(face.box_in_photo.height) * self.input_from_picture
    }

    /// Whether the look for very large faces saw a better face there and not this one, which is a part of it then.
    fn is_refuted(&self, face: &Detection, close: &[Detection]) -> bool {
        let shared = |other: &Detection| other.box_in_photo.iou(&face.box_in_photo);
        let is_better = |other: &&Detection| {
            other.score >= self.min_score.max(face.score) && shared(other) > 0.0
        };
        close.iter().any(|other| is_better(&other))
            && close.iter().all(|other| shared(other) < CONFIRMING_IOU)
    }

    /// Small faces that were seen, but not for sure.
    fn enlarge(
        &self,
        faces: &mut Vec<Detection>,
        weak: &mut Vec<Detection>,
    ) -> Result<(), VisionError> {
        let mut left = Vec::new();
        let mut enlarged = 0;
        for candidate in weak.drain(..) {
            let is_small = self.side_in_input(&candidate) < MIN_LOCAL_SIDE;
            let better = match is_small && enlarged < MAX_ENLARGED {
                true => {
                    self.stop.check()?;
                    enlarged += 1;
                    self.looks.best_at(&candidate, GOOD_VIEW)?
                }
                false => None,
            };
            match better.filter(|better| better.score >= self.min_score) {
                Some(better) => join(faces, better),
                None => left.push(candidate),
            }
        }
        *weak = left;
        Ok(())
    }

    /// Looks at faces that may be turned, tilted or negatives, and at what may be a face if it is; returns how the photo may be
    /// turned as a whole.
    fn check_each(
        &self,
        faces: &mut Vec<Detection>,
        weak: Vec<Detection>,
    ) -> Result<Vec<Quarter>, VisionError> {
        let mut turns = Vec::new();
        // Small faces score less in any photo; those beside a certain one need no further pass.
        let any_certain = faces.iter().any(|face| face.score >= CERTAIN_SCORE);
        let (min_side, certain_score) = match any_certain {
            true => (MIN_TILTED_SIDE, CERTAIN_SCORE_BESIDE),
            false => (MIN_LOCAL_SIDE, CERTAIN_SCORE),
        };
        let doubtful = faces.iter().filter(|face| face.score < certain_score);
        for doubtful in [doubtful.copied().collect(), weak] {
            for face in self.largest(doubtful, min_side) {
                self.stop.check()?;
                let doubt = Doubt {
                    may_be_tilted: face.score < self.min_score
                        || self.side_in_input(&face) >= MIN_TILTED_SIDE,
                    // A certain face is one of a positive.
                    may_be_negative: !any_certain,
                };
                if let Some(better) = self.looks.better(&face, doubt)? {
                    turns.extend(Quarter::showing(better.tilt()));
                    join(faces, better);
                }
            }
        }
        Ok(turns)
    }

    fn largest(&self, mut faces: Vec<Detection>, min_side: f32) -> Vec<Detection> {
        faces.retain(|face| self.side_in_input(face) >= min_side);
        faces.sort_by(|a, b| self.side_in_input(b).total_cmp(&self.side_in_input(a)));
        faces.truncate(MAX_LOCAL_LOOKS);
        faces
    }

    /// Faces that show once the picture is smoothed: in halftone prints, and those that fill the photo.
    fn smooth(&self, faces: &mut Vec<Detection>) -> Result<(), VisionError> {
        let (width, height) = self.looks.picture.dimensions();
        for side in SMOOTHED_SIDES {
            self.stop.check()?;
            if side > width.max(height) / 2 {
                continue;
            }
            let seen = candidates(
                self.looks.network,
                self.looks.picture,
                side,
                MIN_SMOOTHED_SCORE,
            )?;
            let mut found = suppressed(seen);
            for face in &mut found {
                let sharp = self.looks.best_at(face, FINE_VIEW)?;
                if sharp.is_none_or(|sharp| sharp.score < face.score - MARGIN) {
                    face.smoothing = width.max(height) as f32 / side as f32;
                }
                join(faces, *face);
            }
            if is_settled(&found) {
                break;
            }
        }
        Ok(())
    }

    /// Looks at the whole photo turned, but small: how it lies, if that shows anybody; single faces that are tilted.
    fn turn(&self, faces: &mut Vec<Detection>) -> Result<Vec<Quarter>, VisionError> {
        if is_settled(faces) {
            return Ok(Vec::new());
        }
        let (mut turns, mut weak) = (Vec::new(), Vec::new());
        let small = self.smaller(GLANCE)?;
        for quarter in Quarter::ALL {
            self.stop.check()?;
            let mut seen = self.seen_turned(&small, quarter, MIN_WEAK_SCORE)?;
            let best = |seen: &[Detection]| seen.first().map_or(0.0, |face| face.score);
            if (MIN_PROMISING_SCORE..MIN_TURNED_SCORE).contains(&best(&seen)) {
                seen = self.seen_turned(&*self.smaller(GOOD_LOOK)?, quarter, MIN_WEAK_SCORE)?;
            }
            if best(&seen) >= MIN_TURNED_SCORE {
                turns.push(quarter);
            }
            weak.extend(seen);
        }
        if turns.is_empty() {
            turns = self.check_each(faces, one_for_each_face(weak))?;
        }
        Ok(turns)
    }

    /// Looks at the photo turned as its crowd seems to be, as large as the first pass did: most of the faces are too small for
    /// less. Adds them; returns whether there are any.
    fn turn_crowd(&self, faces: &mut Vec<Detection>) -> Result<bool, VisionError> {
        let Some(quarter) = self.quarter_of_crowd()? else {
            return Ok(false);
        };
        let picture = reduced(self.looks.picture, DEFAULT_MAX_SIDE)?;
        let min_score = self.min_score.max(DEFAULT_MIN_SCORE);
        let seen = self.seen_turned(&picture, quarter, min_score)?;
        let is_crowd = seen.len() >= MIN_CROWD && seen.len() > faces.len();
        if is_crowd {
            seen.into_iter().for_each(|face| join(faces, face));
        }
        Ok(is_crowd)
    }

    /// How the photo may show a crowd, seen with few pixels: of 56 crowds that were turned 54 show, of 30 photos that only
    /// have their traces 3.
    fn quarter_of_crowd(&self) -> Result<Option<Quarter>, VisionError> {
        let small = self.smaller(GOOD_LOOK)?;
        let (mut most, mut of_most) = (0.0, None);
        for quarter in Quarter::ALL {
            self.stop.check()?;
            let seen = self.seen_turned(&small, quarter, MIN_WEAK_SCORE)?;
            let score: f32 = seen.iter().map(|face| face.score).sum();
            if seen.len() >= MIN_CROWD && score > most {
                (most, of_most) = (score, Some(quarter));
            }
        }
        Ok(of_most)
    }

    fn smaller(&self, size: Turned) -> Result<Cow<'_, RgbImage>, VisionError> {
        let long_side = self.looks.picture.width().max(self.looks.picture.height());
        let side = (long_side as f32 * size.share) as u32;
        reduced(self.looks.picture, side.clamp(1, size.max_side))
    }

    /// Adds the faces of a photo that lies so.
    fn look_turned(&self, faces: &mut Vec<Detection>, quarter: Quarter) -> Result<(), VisionError> {
        self.stop.check()?;
        let picture = reduced(self.looks.picture, DEFAULT_MAX_SIDE)?;
        let min_score = self.min_score.max(MIN_KNOWN_TURN_SCORE);
        for face in self.seen_turned(&picture, quarter, min_score)? {
            join(faces, face);
        }
        Ok(())
    }

    /// The faces of the photo if it lies so, seen as small as `reduced`, best score first.
    fn seen_turned(
        &self,
        reduced: &RgbImage,
        quarter: Quarter,
        min_score: f32,
    ) -> Result<Vec<Detection>, VisionError> {
        let upright = quarter.upright(reduced);
        let seen = candidates(self.looks.network, &upright, DEFAULT_MAX_SIDE, min_score)?;
        let size = (reduced.width() as f32, reduced.height() as f32);
        let photo_from_reduced = self.looks.picture.width() as f32 / size.0;
        let seen = suppressed(seen).into_iter();
        let seen = seen.map(|face| quarter.in_photo(&face, size).scaled(photo_from_reduced));
        Ok(seen.collect())
    }
}

/// Whether a good face shows that the photo is upright.
fn is_settled(faces: &[Detection]) -> bool {
    faces.iter().any(|face| face.score >= SETTLED_SCORE)
}

/// In a photo whose good faces are all turned, a poor upright one is none.
fn drop_upright(faces: &mut Vec<Detection>) {
    let is_upright = |face: &Detection| Quarter::nearest(face.tilt()).is_none();
    let is_settled = |face: &Detection| face.score >= SETTLED_SCORE;
    if !faces
        .iter()
        .any(|face| is_upright(face) && is_settled(face))
    {
        faces.retain(|face| is_settled(face) || !is_upright(face));
    }
}

/// Adds a face that a further pass found, in place of what the first found there, if it is clearly better than that.
fn join(faces: &mut Vec<Detection>, better: Detection) {
    let is_better = |face: &Detection| better.score >= face.score + MARGIN;
    if faces
        .iter()
        .all(|face| !is_same_face(face, &better) || is_better(face))
    {
        faces.retain(|face| !is_same_face(face, &better));
        faces.push(better);
    }
}
