//! Files to upright photos: decoding, limits, walking folders, thumbnails.

mod decode;
mod discover;
mod limits;
mod pictures;
mod thumbnails;
