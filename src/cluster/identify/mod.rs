//! Who a face is, among people known by some faces each, and how likely that is.

pub mod calibration;
mod identification;

pub use identification::{BestPerson, best_people, nearest_others, similarity_to_person};
