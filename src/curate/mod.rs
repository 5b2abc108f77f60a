//! Everything a person can do to the groups, undoable; grouping and identification.

mod identify;
mod regroup;

pub use identify::{Gallery, Identification, identify};
pub use regroup::{RegroupStep, RegroupSummary, group_dendrogram, regroup};
