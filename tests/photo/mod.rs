//! Files to upright photos: decoding, limits, walking folders, thumbnails.

mod bad_input;
mod decode;
mod discover;
mod hostile;
mod limits;
mod reduced;
mod thumbnails;
