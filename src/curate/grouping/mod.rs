//! Groups the faces of a library, with the user's decisions as constraints.

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
pub use regroup::{group_again, group_unless_stopped, regroup};

use super::CurateError;

/// A step of grouping; each is reported once per round, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegroupStep {
    Reading,
    Grouping,
    Writing,
}

/// The result of grouping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RegroupSummary {
    /// Faces that took part: recognizable and not marked.
    pub faces: usize,
    /// Groups that they are in, including groups of one face.
    pub groups: usize,
    /// Faces whose group changed, including new faces.
    pub moved: u32,
    /// New groups.
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

/// The result of one round.
struct Round {
    summary: RegroupSummary,
    /// A decision was made after the round had begun.
    decided_meanwhile: bool,
}

/// Maximum number of rounds of one grouping. If decisions are made during each, the next grouping takes care of the
/// rest.
const MAX_ROUNDS: usize = 3;

/// Repeats a round until no decision was made during it.
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

/// A photo's label for grouping: ids count up from 1, and no library has 2³² photos.
fn photo_label(photo_id: i64) -> u32 {
    photo_id as u32
}
