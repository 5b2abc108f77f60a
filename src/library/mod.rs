//! The SQLite file: the one truth about photos, faces, groups and the journal. No other module speaks SQL.
//!
//! A [`Library`] is one connection; [`Library::second_connection`] gives another thread its own. One process at a time
//! holds a library. Every write is one transaction, but for a grouping of many faces, which is written in slices.
//!
//! # What a person decides, and what programs may change
//! - A **face** is in at most one **group**, by a membership that is automatic or confirmed. A group with a name is a
//!   person; an automatic membership in a person is a suggestion.
//! - A **mark** (ignored, not a face) hides the face's membership without removing it: taken away, the face is where
//!   it was.
//! - A **rejection** says that a face is not of a group; **apart** says that two groups are two people.
//! - These five tables (groups, memberships, marks, rejections, apart) are changed by a person's commands through
//!   [`Edit`], which journals each row change; by grouping through [`Library::write_grouping`]; and by the
//!   end of a face, which takes its rows with it.
//!
//! # Invariants
//! [`Library::check_invariants`] verifies them; the tests call it after every step.
//! 1. Every reference holds (foreign keys), and SQLite finds the file sound.
//! 2. A face has at most one membership, whose group exists.
//! 3. Grouping changes automatic memberships only: confirmed ones, marks, names, covers, rejections and splits stay.
//! 4. No face is a member of a group that it was rejected from.
//! 5. No two people share a name, and no name is empty.
//! 6. Ids of faces, groups and journal entries are never used twice.
//! 7. In the journal every undone entry is later than every entry that is not.
//!
//! # Undo when the library has changed in between
//! Scans and grouping are not journaled, so undo and redo may meet a library that is not as the command left it. They
//! then restore what the command changed and leave alone what it did not:
//! - rows of a face that is gone are skipped;
//! - a group that grouping has tidied away is brought back under its id;
//! - a group that undo would delete stays, unnamed, while faces that came later are in it;
//! - an automatic membership that grouping put where a restored rejection forbids it is taken away: the face is
//!   ungrouped until the next grouping.

mod check;
mod edit;
mod error;
mod file;
mod grouping;
mod id;
mod names;
mod open;
mod read;
mod scan;
mod schema;
mod settings;
mod sql;
mod touched;

pub use edit::{Edit, GroupRow, JournalRow, Membership, Replayed, RowChange};
pub use error::LibraryError;
pub use grouping::{Assignment, GroupingChange, GroupingFace, JournalPosition, Tidying};
pub use id::{EntryId, FaceId, GroupId, PhotoId, RootId};
pub use names::{name_key, tidy_name};
pub use read::{
    Counts, FaceDetails, FaceRow, FaceState, GroupSummary, KnownPhoto, Mark, MembershipState,
    Overview, PhotoRow,
};
pub use scan::{
    Decision, FoundProblem, LostDecision, MovedPhoto, ProblemRow, RootRow, ScannedFace,
    ScannedPhoto, TouchedPhoto,
};
pub use schema::SCHEMA_VERSION;
pub use touched::{FacePlace, Moment, Touched};

/// One connection to a library file.
pub struct Library {
    connection: rusqlite::Connection,
    touched: std::sync::Arc<touched::TouchList>,
    // After the connection: the lock goes last.
    store: open::Store,
}
