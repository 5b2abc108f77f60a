//! What the last grouping of all faces of a library went by, and when the next one is due.

use serde::{Deserialize, Serialize};

use crate::cluster::Cut;
use crate::library::{Library, LibraryError};

/// The setting that keeps it.
const SETTING: &str = "whole_grouping";

/// Faces that may come after a last grouping, to one face of it, before the next: that many change who is near enough to
/// whom by less than .001 (`cluster::Rule`), and so many groups may await being joined at most.
const MAX_GROWTH: f64 = 0.05;

/// Gaps that differ by less than this, in distance, are the same: twice as much, .25 for .27, changes the corrections of no labelled
/// set by more than two, or five in seven hundred with small faces (`docs/grouping.md`), and a million faces take minutes.
const SAME_EXCESS: f32 = 0.01;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct LastGrouping {
    pub(super) faces: usize,
    /// Of the library's own cut; none where somebody asked for another.
    #[serde(rename = "gap")]
    excess: Option<f32>,
}

impl LastGrouping {
    pub(super) fn new(faces: usize, cut: Cut) -> LastGrouping {
        let excess = match cut {
            Cut::Adaptive { excess } => Some(excess),
            Cut::Fixed(_) => None,
        };
        LastGrouping { faces, excess }
    }

    /// The last one of this library; `None` where there was none, or a later version wrote of it in another way.
    pub(super) fn last(library: &Library) -> Result<Option<LastGrouping>, LibraryError> {
        let text = library.setting(SETTING)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    pub(super) fn note(&self, library: &mut Library) -> Result<(), LibraryError> {
        let text = serde_json::to_string(self).unwrap_or_default();
        library.set_setting(SETTING, Some(&text))
    }

    /// Whether grouping by `cut` goes by what this went by.
    pub(super) fn is_by(&self, cut: Cut) -> bool {
        match (cut, self.excess) {
            (Cut::Adaptive { excess }, Some(then)) => (excess - then).abs() < SAME_EXCESS,
            _ => false,
        }
    }

    /// Whether a library of so many faces has outgrown it.
    pub(super) fn is_outgrown_by(&self, faces: usize) -> bool {
        faces as f64 > (1.0 + MAX_GROWTH) * self.faces as f64
    }
}
