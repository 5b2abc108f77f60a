//! Finds near vectors among very many: by blocked products.

pub(super) mod close_pairs;
mod dot;
mod quantised;
pub(super) mod similarity;

#[doc(hidden)]
pub use close_pairs::close_pairs_by_each_means;
