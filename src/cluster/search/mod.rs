//! Near vectors among very many: exact blocked products, and an index of near neighbours.

pub(super) mod close_pairs;
mod dot;
pub(super) mod neighbours;
mod quantised;
pub(super) mod similarity;

#[doc(hidden)]
pub use close_pairs::close_pairs_by_each_means;
