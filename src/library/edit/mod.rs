//! What commands write, and the journal for undo and redo.

mod journal;
mod row_change;
mod touched_groups;
mod transaction;

pub use journal::{JournalRow, Replayed};
pub(super) use journal::{append, append_note, changes_of};
pub use row_change::{GroupRow, Membership, RowChange};
pub use transaction::Edit;
