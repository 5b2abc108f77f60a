//! Parameters of the last grouping of all faces, which decide when the next one is due.

use serde::{Deserialize, Serialize};

use crate::cluster::Cut;
use crate::library::{Library, LibraryError};
use crate::vision::ModelName;

/// The setting in which they are stored.
const SETTING: &str = "whole_grouping";

/// Maximum growth, as a share of the faces, before the next grouping of all faces: it changes the cut between two
/// groups by less than .001 (`cluster::Rule`), and limits the groups that may be waiting to be merged.
const MAX_GROWTH: f64 = 0.05;

/// A smaller change of the excess, in distance, is ignored, because grouping a million faces takes minutes. A change of
/// twice this size, from .27 to .25, changes the edits of the labelled sets by at most two, and by five of seven
/// hundred on the set with small faces (`docs/grouping.md`).
const SAME_EXCESS: f32 = 0.01;

/// Identifies the rule by which faces are grouped. A library that was grouped by another one is grouped again as a whole.
pub(super) const RULE: &str = "clear faces, without shared directions";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LastGrouping {
    pub(super) faces: usize,
    /// The excess of the library's own cut; `None` if another cut was asked for.
    #[serde(rename = "gap")]
    excess: Option<f32>,
    /// Of the embeddings; earlier versions had one and did not tell it.
    #[serde(default = "only_model")]
    model: ModelName,
    /// [`RULE`]; earlier versions did not tell it.
    #[serde(default)]
    rule: String,
}

fn only_model() -> ModelName {
    ModelName::new("sface-2021dec-refined")
}

impl LastGrouping {
    pub(super) fn new(faces: usize, cut: Cut, model: ModelName) -> LastGrouping {
        let excess = match cut {
            Cut::Adaptive { excess } => Some(excess),
            Cut::Fixed(_) => None,
        };
        LastGrouping {
            faces,
            excess,
            model,
            rule: RULE.to_owned(),
        }
    }

    /// The parameters stored in this library; `None` if there are none or a later version has changed their format.
    pub(super) fn last(library: &Library) -> Result<Option<LastGrouping>, LibraryError> {
        let text = library.setting(SETTING)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    pub(super) fn note(&self, library: &mut Library) -> Result<(), LibraryError> {
        let text = serde_json::to_string(self).unwrap_or_default();
        library.set_setting(SETTING, Some(&text))
    }

    /// Whether that grouping was by this version's rule, `cut` was its cut, and the embeddings were of this model.
    pub(super) fn is_by(&self, cut: Cut, model: &ModelName) -> bool {
        match (cut, self.excess) {
            (Cut::Adaptive { excess }, Some(then)) => {
                self.rule == RULE && self.model == *model && (excess - then).abs() < SAME_EXCESS
            }
            _ => false,
        }
    }

    /// Whether a library of this many faces has outgrown it.
    pub(super) fn is_outgrown_by(&self, faces: usize) -> bool {
        faces as f64 > (1.0 + MAX_GROWTH) * self.faces as f64
    }
}
