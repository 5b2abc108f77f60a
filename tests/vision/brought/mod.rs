//! Recognizers that a user brings: manifests, hostile files, what they give, and the space in which it is compared.

mod hostile;
mod manifest;
mod network;
pub mod sface;
mod working_space;
