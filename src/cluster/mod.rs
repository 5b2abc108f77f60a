//! Embeddings and constraints in, groups out; and how good they are.
//!
//! Distance is cosine distance, 1 - cosine similarity, from 0 to 2. Linkage is average linkage throughout: two groups are
//! as far apart as their faces are on average. A grouping is one label per face, 0, 1, 2, ... in the order of first
//! appearance. This layer knows no photos (only which faces share one) and no library.

pub mod calibration;
mod centre;
mod close_pairs;
mod constraints;
mod cut;
mod dendrogram;
mod distances;
mod dot;
mod group;
mod heaps;
mod identification;
mod inheritance;
mod join;
mod linkage;
mod loose_end;
pub mod metrics;
mod near_groups;
mod neighbours;
mod newcomers;
mod partition;
mod quantised;
mod sameness;
mod similarity;
mod spanning;
mod weighted_linkage;

pub use centre::Centre;
#[doc(hidden)]
pub use close_pairs::close_pairs_by_each_means;
pub use constraints::FaceToGroup;
pub use cut::{Cut, DEFAULT_CUT, Evidence, Rule};
pub use dendrogram::{Dendrogram, LARGEST_DISTANCE};
pub use group::group;
#[doc(hidden)]
pub use group::{group_at_one_cut, group_by_index, group_in_one_matrix, group_in_steps};
pub use identification::{BestPerson, best_people, nearest_others, similarity_to_person};
pub use inheritance::inherited_ids;
pub use loose_end::{LooseEnd, LooseEnds};
pub use near_groups::{NearGroups, NearPairs, PairSearch, SearchedGroup};
pub use newcomers::{Union, group_newcomers};
pub use sameness::{Sameness, Taught, Verdict, learned, learned_cut};
