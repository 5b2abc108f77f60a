//! Identifies a face among known people, with a probability.

pub mod calibration;
mod identification;

pub use identification::{BestPerson, best_people, nearest_others, similarity_to_person};
