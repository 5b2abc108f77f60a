//! How near two groups must be to be one person: the cut, and how far evidence loosens it.
//!
//! Measured on three labelled collections (news, campus, web photos; see `docs/grouping.md`): different people photographed
//! once each come as near as .50 by chance, since so many pairs are tried; one fixed cut must stay below that and leaves
//! the odd photos of a person (a profile, a hat, ten years later) outside their group. But chance seldom brings a face
//! near *all* faces of a group: a mean over several pairs may be larger and still be sound. So a fragment, a few faces at
//! most, joins a group at a cut that grows with the number of pairs behind the mean. Two groups that both hold more than
//! that are people in their own right, and what keeps them apart is no longer noise: they join at the plain cut only.

/// Mean cosine distance (average linkage, 0 to 2) up to which two single faces are one person.
///
/// People who look alike bound it from above: the nearest two of the 28 people of the campus photos, twenty photos each,
/// lie at .505 of each other. A hundredth below that the three collections together need 148 corrections, at .48 165.
pub const DEFAULT_CUT: f32 = 0.495;

/// What the cut gains at most, where the mean is over many pairs. With .12 or .18 it is 4 to 7 % more
/// corrections.
const EVIDENCE_SLACK: f32 = 0.15;

/// A group of at most this many faces is a fragment, which joins another at the loosened cut. From 3 to 8 the
/// corrections stay within 4 %; without this bound the two people above become one.
const FRAGMENT_FACES: u32 = 5;

/// The cut between groups of `a` and of `b` faces where that between two faces is `cut`.
pub(super) fn loosened(cut: f32, a: u32, b: u32) -> f32 {
    cut + EVIDENCE_SLACK * evidence(a, b) as f32
}

/// What the mean over the pairs of groups of `a` and `b` faces counts for, from 0 (two faces, or two groups that are no
/// fragments) towards 1.
///
/// The noise of a mean over n independent values falls as 1 / sqrt(n), hence the form.
pub(super) fn evidence(a: u32, b: u32) -> f64 {
    if a.min(b) > FRAGMENT_FACES {
        return 0.0;
    }
    let pairs = f64::from(a) * f64::from(b);
    1.0 - 1.0 / pairs.sqrt()
}

/// Whether groups of `a` and `b` faces at this mean distance are joined where two faces are at `cut`.
pub fn would_join(cut: f32, distance: f32, a: u32, b: u32) -> bool {
    distance <= loosened(cut, a, b)
}

/// The largest value of [`loosened`].
pub(super) fn loosest(cut: f32) -> f32 {
    cut + EVIDENCE_SLACK
}
