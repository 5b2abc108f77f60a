//! The networks' layers: their numbers, and the two ways to run them.

pub mod graph;
pub mod stream;
pub mod weights;
