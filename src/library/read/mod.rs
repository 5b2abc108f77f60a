//! What the window, the tables and the commands read.

mod counts;
mod embeddings;
pub(super) mod faces;
mod groups;
pub(super) mod measures;
mod overview;
pub(super) mod photos;
mod searched;
mod thumbnails;

pub use counts::Counts;
pub use embeddings::IgnoredFace;
pub(super) use faces::PRESENT;
pub use faces::{FaceRow, FaceState, Mark, MembershipState, Presence};
pub use groups::GroupSummary;
pub use overview::Overview;
pub use photos::{KnownPhoto, PhotoRow};
pub use searched::{SearchedFace, SearchedPhoto};
