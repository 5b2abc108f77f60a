//! Clustering and identification of face embeddings, and their scores.
//!
//! Distance is cosine distance, 1 - cosine similarity, from 0 to 2. Linkage is average linkage: the distance of two
//! groups is the mean over all pairs of their faces. A grouping is one label per face, 0, 1, 2, ... in order of first
//! appearance. This layer depends neither on photos (except which faces share one) nor on the library.

mod centre;
mod identify;
mod linkage;
mod merge_rule;
pub mod metrics;
mod review;
mod search;

pub use centre::Centre;
pub use identify::calibration;
pub use identify::{BestPerson, best_people, nearest_others, similarity_to_person};
pub use linkage::{
    Dendrogram, FaceToGroup, MAX_DISTANCE, Union, group, group_new_faces, inherited_ids, members,
    relabelled, share_item,
};
#[doc(hidden)]
pub use linkage::{Method, group_at_one_cut, group_by};
pub use merge_rule::{Cut, DEFAULT_CUT, Evidence, Rule};
pub use review::{
    CurveOffsets, NearGroups, NearPairs, OutlierBranch, OutlierBranches, PairAnswer, PairSearch,
    Sameness, SearchedGroup, fitted_offsets, learned_cut, nearest_sets,
};
#[doc(hidden)]
pub use search::close_pairs_by_each_means;
