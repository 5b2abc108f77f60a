//! Decoded samples to upright 8-bit sRGB.

pub(super) mod canvas;
pub(super) mod color;
pub(super) mod orientation;
pub(super) mod samples;
