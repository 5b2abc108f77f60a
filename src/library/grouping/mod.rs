//! What grouping reads and writes.

mod decided_since;
mod read;
mod state;
mod write;

pub use decided_since::JournalPosition;
pub(super) use read::PHOTO_OF_FACE;
pub(super) use state::forget_grouping;
pub use write::{Assignment, GroupingChange, GroupingFace, Tidying};
