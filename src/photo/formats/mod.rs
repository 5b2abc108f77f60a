//! One decoder for each format. `super::decode` chooses it by the content of the file.

#[cfg(feature = "avif")]
mod av1;
mod bmp;
pub(crate) mod cut_off;
pub(super) mod heif;
#[cfg(feature = "heic")]
mod hevc;
pub(super) mod image_crate;
pub(super) mod jpeg;
pub(super) mod jxl;
pub(super) mod png;
pub(super) mod raw;
pub(super) mod tiff;
