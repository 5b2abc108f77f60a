//! Whether two photos show one picture, by the signatures of their thumbnails.

use super::transform::Transform;
use crate::geometry::Size;
use crate::photo::{Orientation, Signature};

/// Minimum correlation of the thumbnails of one picture, turned or saved again. Re-saved, resized, darkened, grey and
/// turned versions of eleven demo photos have .999 and more, crops by a tenth .71 to .91, different photos at most .65.
const SAME_PICTURE_CORRELATION: f32 = 0.95;
/// Below this correlation in every orientation the new picture is another one, or a part of the former.
const OTHER_PICTURE_CORRELATION: f32 = 0.5;
/// Of two orientations that explain the thumbnails about equally well, the picture was not turned.
const CORRELATION_MARGIN: f32 = 0.01;

/// Whether two photos show one picture as a whole, turned or saved again, by their thumbnails; `None` if these do not tell.
pub(super) fn is_one_picture(
    former_size: Size,
    former_signature: Option<&Signature>,
    size: Size,
    signature: Option<&Signature>,
) -> Option<bool> {
    match Resemblance::of(former_size, former_signature, size, signature) {
        Resemblance::Same(_) => Some(true),
        Resemblance::Other => Some(false),
        Resemblance::Unknown => None,
    }
}

/// What the thumbnails of the whole photos say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Resemblance {
    /// One picture, turned so.
    Same(Orientation),
    /// Two pictures, or a picture and a part of it.
    Other,
    Unknown,
}

impl Resemblance {
    pub(super) fn of(
        former_size: Size,
        former_signature: Option<&Signature>,
        size: Size,
        signature: Option<&Signature>,
    ) -> Resemblance {
        let (Some(before), Some(now)) = (former_signature, signature) else {
            return Resemblance::Unknown;
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
            Some((most, turn)) if most >= SAME_PICTURE_CORRELATION => Resemblance::Same(turn),
            Some((most, _)) if most >= OTHER_PICTURE_CORRELATION => Resemblance::Unknown,
            _ => Resemblance::Other,
        }
    }
}
