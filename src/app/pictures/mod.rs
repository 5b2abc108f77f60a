//! Pictures of faces and photos for the window.

pub mod cache;
pub mod decoder;
