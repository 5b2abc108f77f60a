//! What the review asks about: the pairs of groups that are likely one person, and the part of a group that likely is not.

mod near_groups;
mod outlier_branch;
mod sameness;

pub use near_groups::{NearGroups, NearPairs, PairSearch, SearchedGroup};
pub use outlier_branch::{OutlierBranch, OutlierBranches};
pub use sameness::{CurveOffsets, PairAnswer, Sameness, fitted_offsets, learned_cut};
