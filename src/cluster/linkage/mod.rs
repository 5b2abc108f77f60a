//! Average linkage under constraints: groups all faces, adds new faces to existing groups, and computes the dendrogram
//! of one group.

mod components;
mod constraints;
mod dendrogram;
mod distances;
mod group;
mod inheritance;
mod kodama;
mod large_groups;
mod leaving;
mod merge_components;
mod new_faces;
mod partition;
mod repeated;
mod weighted;

pub use constraints::FaceToGroup;
pub use dendrogram::{Dendrogram, MAX_DISTANCE};
pub use group::group;
#[doc(hidden)]
pub use group::{Method, group_at_one_cut, group_by};
pub use inheritance::inherited_ids;
pub(super) use kodama::Tree;
pub use new_faces::{Union, group_new_faces};
pub use partition::{members, relabelled, share_item};
