//! The layers of the networks: their weights, and the two ways to run them.

pub mod graph;
pub mod stream;
pub mod weights;
