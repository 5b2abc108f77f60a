//! The SQLite file with photos, faces, groups and the journal. This is the only module with SQL.
//!
//! A [`Library`] is one connection; [`Library::second_connection`] opens another for another thread. Only one process
//! at a time may open a library for writing; others may read beside it. Every write is one transaction, except a grouping of many faces, which is written in
//! slices.
//!
//! # Decisions of the user, and what the program may change
//! - A **face** is in at most one **group**, by an automatic or a confirmed membership. A group with a name is a
//!   person; an automatic membership in a person is a suggestion.
//! - A **mark** (ignored, not a face) hides the face's membership without deleting it: if the mark is removed, the face
//!   is in its group again.
//! - A **rejection** is a cannot-link between a face and a group; **apart** is a cannot-link between two groups.
//! - These five tables (groups, memberships, marks, rejections, apart) are only changed by commands through [`Edit`],
//!   which records each row change in the journal; by grouping through [`Library::write_grouping`]; and by the deletion
//!   of a face, which deletes its rows.
//!
//! # Invariants
//! [`Library::check_invariants`] checks them; the tests call it after every step.
//! 1. Every reference is valid (foreign keys), and SQLite's integrity check passes.
//! 2. A face has at most one membership, whose group exists.
//! 3. Grouping only changes automatic memberships: confirmed ones, marks, names, covers, rejections and splits stay.
//! 4. No face is a member of a group that it was rejected from.
//! 5. No two people have the same name, and no name is empty.
//! 6. Ids of faces, groups and journal entries are never reused.
//! 7. In the journal, every undone entry is later than every command that is not undone.
//!
//! # Undo after other changes
//! Scans and grouping are not journaled, so undo and redo may find a library that differs from what the command left.
//! They restore what the command changed and nothing else:
//! - rows of deleted faces are skipped;
//! - a group that grouping has deleted is restored with its id;
//! - a group that undo would delete stays, unnamed, if it has got other faces since;
//! - an automatic membership that contradicts a restored rejection is deleted: the face is ungrouped until the next
//!   grouping.

mod brought_spaces;
mod check;
mod edit;
mod error;
mod file;
mod grouping;
mod id;
mod migration;
mod model;
mod name_form;
mod open;
mod read;
mod scan;
mod schema;
mod settings;
mod sql;
mod touched;

pub use brought_spaces::StoredSpace;
pub use edit::{Edit, GroupRow, JournalRow, Membership, Replayed, RowChange};
pub use error::LibraryError;
pub use grouping::{Assignment, GroupingChange, GroupingFace, JournalPosition, Tidying};
pub use id::{EntryId, FaceId, GroupId, PhotoId, RootId};
pub use migration::{FaceToEmbed, MigratedFace, ModelCount, PhotoToEmbed};
pub use name_form::{free_name, name_key, same_names, tidy_name};
pub use read::{
    Counts, FaceRow, FaceState, GroupSummary, IgnoredFace, KnownPhoto, Mark, MembershipState,
    Overview, PhotoRow, Presence, SearchedFace, SearchedPhoto,
};
pub use scan::{
    Decision, Forgetting, FormerRoot, FoundProblem, MovedPhoto, OnePhoto, ProblemRow, RootMove,
    RootRow, ScannedFace, ScannedPhoto, TouchedPhoto, UnplacedDecision,
};
pub use schema::SCHEMA_VERSION;
pub use touched::{FacePlace, Moment, Touched};

/// One connection to a library file.
pub struct Library {
    connection: rusqlite::Connection,
    touched: std::sync::Arc<touched::TouchList>,
    // After the connection, so that the lock is released last.
    store: open::Store,
}
