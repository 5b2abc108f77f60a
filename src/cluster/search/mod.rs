//! Finds near vectors among very many: exactly by blocked products, or by an index of nearest neighbours.

pub(super) mod close_pairs;
mod dot;
pub(super) mod neighbours;
mod quantised;
pub(super) mod similarity;

#[doc(hidden)]
pub use close_pairs::close_pairs_by_each_means;
