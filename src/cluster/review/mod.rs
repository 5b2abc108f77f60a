//! What the review asks about: pairs of groups that may be one person, and the branch of a group that may be somebody
//! else.

mod near_groups;
mod outlier_branch;
mod sameness;

pub use near_groups::{NearGroups, NearPairs, PairSearch, SearchedGroup};
pub use outlier_branch::{OutlierBranch, OutlierBranches};
pub use sameness::{CurveOffsets, PairAnswer, Sameness, fitted_offsets, learned_cut};
