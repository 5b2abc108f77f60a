//! Embeddings and constraints in, groups out; and how good they are.
//!
//! Distance is cosine distance, 1 - cosine similarity, from 0 to 2. Linkage is average linkage throughout: two groups are
//! as far apart as their faces are on average. A grouping is one label per face, 0, 1, 2, ... in the order of first
//! appearance. This layer knows no photos (only which faces share one) and no library.

mod centre;
mod identify;
mod linkage;
pub mod metrics;
mod review;
mod rule;
mod search;

pub use centre::Centre;
pub use identify::calibration;
pub use identify::{BestPerson, best_people, nearest_others, similarity_to_person};
pub use linkage::{
    Dendrogram, FaceToGroup, MAX_DISTANCE, Union, group, group_new_faces, inherited_ids,
};
#[doc(hidden)]
pub use linkage::{group_at_one_cut, group_by_index, group_in_one_matrix, group_in_steps};
pub use review::{
    CurveOffsets, NearGroups, NearPairs, OutlierBranch, OutlierBranches, PairAnswer, PairSearch,
    Sameness, SearchedGroup, fitted_offsets, learned_cut,
};
pub use rule::{Cut, DEFAULT_CUT, Evidence, Rule};
#[doc(hidden)]
pub use search::close_pairs_by_each_means;
