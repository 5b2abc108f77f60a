//! The networks and what is measured with them.

#[cfg(feature = "byo")]
pub mod brought;
mod centring;
mod detection;
mod kernels;
mod memory;
mod parity;
