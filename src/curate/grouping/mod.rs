//! Groups the faces of a library, keeping everything a person has decided.

mod constraints;
mod existing_groups;
mod group_dendrogram;
mod last_grouping;
mod new_faces;
mod regroup;
mod small_clusters;

use std::fmt;

use serde::Serialize;

pub use group_dendrogram::group_dendrogram;
#[doc(hidden)]
pub use regroup::group_again_from;
pub use regroup::{group_again, regroup};

use super::CurateError;

/// What regrouping is at; each step is announced once a round, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegroupStep {
    Reading,
    Grouping,
    Writing,
}

/// What regrouping has come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RegroupSummary {
    /// Faces that took part: recognizable and not ignored.
    pub faces: usize,
    /// Groups that they are in, groups of one among them.
    pub groups: usize,
    /// Faces whose group changed, new faces among them.
    pub moved: u32,
    /// Groups that are new.
    pub created: usize,
}

impl fmt::Display for RegroupSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RegroupSummary {
            faces,
            groups,
            moved,
            created,
        } = self;
        write!(
            f,
            "{faces} faces in {groups} groups ({moved} moved, {created} groups are new)"
        )
    }
}

/// What one round of a grouping has come to.
struct Round {
    summary: RegroupSummary,
    /// People have decided something since the round began.
    decided_meanwhile: bool,
}

/// Rounds of one grouping. If people decide something in each of them, the rest is left to the next grouping.
const MAX_ROUNDS: usize = 3;

/// Repeats a round until nobody has decided anything meanwhile.
fn until_undisturbed(
    mut round: impl FnMut() -> Result<Round, CurateError>,
) -> Result<RegroupSummary, CurateError> {
    let mut last = round()?;
    for _ in 1..MAX_ROUNDS {
        if !last.decided_meanwhile {
            break;
        }
        let next = round()?;
        last = Round {
            summary: RegroupSummary {
                moved: last.summary.moved + next.summary.moved,
                created: last.summary.created + next.summary.created,
                ..next.summary
            },
            ..next
        };
    }
    Ok(last.summary)
}

/// A photo as grouping knows it: ids count up from 1, and 2^32 photos are more than a library holds.
fn photo_label(photo_id: i64) -> u32 {
    photo_id as u32
}
