//! The search for photos: the language, dates, and what is found.

mod dates;
mod finding;
mod language;
