//! One decoder for each format; `super::decode` picks it by the file's content.

pub(super) mod jpeg;
pub(super) mod other;
pub(super) mod png;
pub(super) mod tiff;
