//! The networks and what is measured with them.

mod centring;
mod detection;
mod kernels;
mod memory;
mod parity;
