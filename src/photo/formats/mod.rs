//! One decoder for each format. `super::decode` chooses it by the content of the file.

pub(super) mod jpeg;
pub(super) mod other;
pub(super) mod png;
pub(super) mod tiff;
