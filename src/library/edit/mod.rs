//! What a person's commands write, and the journal that takes it back.

mod journal;
mod row_change;
mod touched_groups;
mod transaction;

pub(super) use journal::changes_of;
pub use journal::{JournalRow, Replayed};
pub use row_change::{GroupRow, Membership, RowChange};
pub use transaction::Edit;
