//! What the review asks about: pairs of groups that may be one person, the branch of a group that may be somebody else,
//! and groups that look like faces of a given set.

mod near_groups;
mod nearest_sets;
mod outlier_branch;
mod sameness;

pub use near_groups::{NearGroups, NearPairs, PairSearch, SearchedGroup};
pub use nearest_sets::nearest_sets;
pub use outlier_branch::{OutlierBranch, OutlierBranches};
pub use sameness::{CurveOffsets, PairAnswer, Sameness, fitted_offsets, learned_cut};
