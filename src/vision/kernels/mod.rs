//! Convolutions on the CPU that are faster than Candle's, for one thread.
//!
//! Feature maps are rows of pixels with their channels side by side (NHWC), so that a vector register always holds
//! channels of one pixel. So no kernel has a border case within a register, and no copy is needed between a depthwise
//! and a pointwise layer. Channel counts are multiples of 16 in all networks. Bias and activation are applied in
//! registers, before the only store. Each kernel is written once over [`lanes::Lanes`] and compiled for every
//! instruction set.

#![allow(
    unsafe_op_in_unsafe_fn,
    reason = "an unsafe function here is unsafe throughout: its caller vouches for every pointer and for the instruction set"
)]

mod activation;
mod dense;
mod depthwise;
mod isa;
mod lanes;
mod rows;
mod sample;

pub use activation::Activation;
pub use dense::Dense;
pub use depthwise::Depthwise;
pub use isa::{CHANNEL_STEP, Isa};
pub use rows::{add_shortcut, add_upsampled_row, max_pool_row};
pub use sample::{Line, Picture};
