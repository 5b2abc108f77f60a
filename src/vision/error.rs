//! Errors between a photo and its faces.

use thiserror::Error;

use crate::stop::Stopped;

#[derive(Debug, Error)]
pub enum VisionError {
    #[error("the device {device} can't be used: {reason}; use --device cpu")]
    Device {
        device: &'static str,
        reason: String,
    },
    /// The file in the binary is not the one that this code was written for.
    #[error("the weights of {model} are damaged: {reason}; install Kinfolk again")]
    Weights { model: &'static str, reason: String },
    /// Of a newer Kinfolk, or brought by the user to another one.
    #[error(
        "this Kinfolk can't run the model {model:?}, by which the faces of the library were embedded: update Kinfolk, or \
         run `kinfolk migrate` to embed them by {built_in:?}"
    )]
    UnknownModel {
        model: String,
        built_in: &'static str,
    },
    /// A photo without pixels, or one that can't be resampled.
    #[error("a photo of {width}x{height} pixels can't be searched for faces")]
    PhotoSize { width: u32, height: u32 },
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    #[error("the networks failed: {0}")]
    Network(#[from] candle_core::Error),
}
