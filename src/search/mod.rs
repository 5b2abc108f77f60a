//! The search for photos by people, dates, folders and names, as a person types it (`docs/search.md`).
//!
//! [`parse`] makes a [`Query`] of the text, [`Index`] holds what a query asks about each photo, and [`Index::find`] answers.

mod index;
mod parse;
mod period;
mod query;

pub use index::{Found, Index, IndexedPhoto, NobodyNamed};
pub use parse::{ParseError, parse};
pub use period::{DateSource, DatedBy, Period, date_of};
pub use query::{Clause, Comparison, Query, Term, Value};
