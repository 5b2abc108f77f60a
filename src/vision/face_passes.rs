//! Further passes over one face: at other angles, and as a positive if it may be a negative.
//!
//! A glance at few pixels comes first; only where that is promising, a good look follows.

use image::RgbImage;

use super::VisionError;
use super::detect::suppressed;
use super::detection::Detection;
use super::quarter::Quarter;
use super::vicinity::{Vicinity, View};
use super::yunet::Yunet;

/// Candidates of at least this score are looked at again.
pub(super) const MIN_WEAK_SCORE: f32 = 0.3;
/// Of one face: turned ones score .88 to .94; of 214 upright ones that score less than .9 one reaches it.
const MIN_LOCAL_SCORE: f32 = 0.88;
const MIN_NEGATIVE_SCORE: f32 = 0.9;
/// By how much a further pass must be better than the first.
pub(super) const MARGIN: f32 = 0.03;
/// What a glance must show: of 210 turned portraits seen at 192 pixels all score this, of 170 photos without people 24.
pub(super) const MIN_PROMISING_SCORE: f32 = 0.4;
/// A face that scores less at a glance than at the first look by more than this is as upright as it seemed.
const MAX_LOSS: f32 = 0.3;

const GLANCE_VIEW: View = View {
    input_side: 64,
    face_side: 32.0,
};
pub(super) const GOOD_VIEW: View = View {
    input_side: 96,
    face_side: 48.0,
};
pub(super) const FINE_VIEW: View = View {
    input_side: 192,
    face_side: 96.0,
};
const EIGHTH_TURN: f32 = std::f32::consts::FRAC_PI_4;

/// What a face may be, if it is not upright.
#[derive(Clone, Copy)]
pub(super) struct Doubt {
    /// Between the quarters.
    pub may_be_tilted: bool,
    pub may_be_negative: bool,
}

pub(super) struct FaceLooks<'a> {
    pub network: &'a Yunet,
    pub picture: &'a RgbImage,
}

impl FaceLooks<'_> {
    /// The same face at another angle, or as a positive, if it is clearly better then.
    pub(super) fn better(
        &self,
        face: &Detection,
        doubt: Doubt,
    ) -> Result<Option<Detection>, VisionError> {
        let Some(glance) = Vicinity::of(self.picture, &face.box_in_photo, GLANCE_VIEW) else {
            return Ok(None);
        };
        let mut quarters = Vec::new();
        for angle in Quarter::ALL.map(Quarter::angle) {
            let seen = self.best_in(&glance, face, &[angle])?;
            quarters.push((angle, seen.map_or(0.0, |seen| seen.score)));
        }
        let least = MIN_PROMISING_SCORE.max(face.score - MAX_LOSS);
        let seems_turned = quarters.iter().any(|(_, score)| *score >= least)
            || doubt.may_be_tilted && self.seems_tilted(&glance, face, &quarters)?;
        if seems_turned && let Some(turned) = self.better_turned(face, &quarters, doubt)? {
            return Ok(Some(turned));
        }
        if !doubt.may_be_negative {
            return Ok(None);
        }
        let positive = self.best_in(&glance.inverted(), face, &[0.0])?;
        if positive.is_none_or(|positive| positive.score < least) {
            return Ok(None);
        }
        let Some(vicinity) = Vicinity::of(self.picture, &face.box_in_photo, GOOD_VIEW) else {
            return Ok(None);
        };
        let positive = self.best_in(&vicinity.inverted(), face, &[0.0])?;
        let positive = positive.filter(|positive| is_better(positive, face, MIN_NEGATIVE_SCORE));
        Ok(positive.map(|positive| Detection {
            is_negative: true,
            ..positive
        }))
    }

    /// Whether a glance beside the best angle shows a face as well as the first pass did, though from fewer pixels. Faces
    /// that are tilted by an eighth of a turn score .7 to .9 upright, but their landmarks are wrong.
    fn seems_tilted(
        &self,
        glance: &Vicinity,
        face: &Detection,
        quarters: &[(f32, f32)],
    ) -> Result<bool, VisionError> {
        let seen = self.best_in(glance, face, &beside_best(face, quarters))?;
        Ok(seen.is_some_and(|seen| seen.score >= face.score.max(MIN_PROMISING_SCORE)))
    }

    /// The same face at another angle, if it is clearly better there: at the quarter that scores most at a glance, or beside
    /// what scores most of all.
    fn better_turned(
        &self,
        face: &Detection,
        quarters: &[(f32, f32)],
        doubt: Doubt,
    ) -> Result<Option<Detection>, VisionError> {
        let Some(vicinity) = Vicinity::of(self.picture, &face.box_in_photo, GOOD_VIEW) else {
            return Ok(None);
        };
        let quarter = best_angle((0.0, 0.0), quarters);
        let mut best = self.best_in(&vicinity, face, &[quarter])?;
        let is_good = |best: &Option<Detection>| {
            best.is_some_and(|best| is_better(&best, face, MIN_LOCAL_SCORE))
        };
        if !is_good(&best) && doubt.may_be_tilted {
            let beside = self.best_in(&vicinity, face, &beside_best(face, quarters))?;
            best = better_of(best, beside);
        }
        if !is_good(&best) {
            return Ok(None);
        }
        let upright = self.best_in(&vicinity, face, &[0.0])?;
        let upright = upright.map_or(0.0, |upright| upright.score);
        Ok(best.filter(|best| best.score >= upright + MARGIN))
    }

    /// The best view of a face as it lies in the photo.
    pub(super) fn best_at(
        &self,
        face: &Detection,
        view: View,
    ) -> Result<Option<Detection>, VisionError> {
        match Vicinity::of(self.picture, &face.box_in_photo, view) {
            Some(vicinity) => self.best_in(&vicinity, face, &[0.0]),
            None => Ok(None),
        }
    }

    /// The best view of a face at some angles, in radians.
    fn best_in(
        &self,
        vicinity: &Vicinity,
        face: &Detection,
        angles: &[f32],
    ) -> Result<Option<Detection>, VisionError> {
        let mut best = None;
        for &angle in angles {
            let seen = vicinity.detections(self.network, angle, MIN_WEAK_SCORE)?;
            let seen = suppressed(seen).into_iter();
            let here = seen.filter(|seen| is_here(seen, face));
            best = here.fold(best, |best, seen| better_of(best, Some(seen)));
        }
        Ok(best)
    }
}

/// The angle that scores most: of some quarters, or `first`.
fn best_angle(first: (f32, f32), quarters: &[(f32, f32)]) -> f32 {
    let more = |a: (f32, f32), b: &(f32, f32)| if b.1 > a.1 { *b } else { a };
    quarters.iter().fold(first, more).0
}

/// An eighth of a turn to both sides of the angle, upright or a quarter, that scores most.
fn beside_best(face: &Detection, quarters: &[(f32, f32)]) -> [f32; 2] {
    let center = best_angle((0.0, face.score), quarters);
    [center - EIGHTH_TURN, center + EIGHTH_TURN]
}

/// Whether a further pass at a face scores enough, and clearly more than the first.
fn is_better(seen: &Detection, face: &Detection, least: f32) -> bool {
    seen.score >= least && seen.score >= face.score + MARGIN
}

fn is_here(seen: &Detection, face: &Detection) -> bool {
    let (seen, rect) = (seen.box_in_photo.center(), &face.box_in_photo);
    let center = rect.center();
    (seen.x - center.x).hypot(seen.y - center.y) <= rect.width.max(rect.height) / 2.0
}

fn better_of(a: Option<Detection>, b: Option<Detection>) -> Option<Detection> {
    match (a, b) {
        (Some(a), Some(b)) if b.score > a.score => Some(b),
        (Some(a), _) => Some(a),
        (None, b) => b,
    }
}
