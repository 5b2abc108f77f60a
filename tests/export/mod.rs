//! Albums and tables: what is written, and what never is.

mod albums;
mod names;
mod tables;
