//! Albums and tables: what is written, and what is never replaced.

mod albums;
mod follow;
mod portable_names;
mod tables;
