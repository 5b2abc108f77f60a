//! The engine that embeds faces by a library's model, whether it is built in or was brought.

use crate::library::{Library, LibraryError};
use crate::vision::{Engine, ModelName, VisionError};

/// Why no faces can be embedded by a model.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(transparent)]
    Library(#[from] LibraryError),
    #[error(transparent)]
    Vision(#[from] VisionError),
    #[cfg(feature = "byo")]
    #[error(transparent)]
    Brought(#[from] super::brought::BroughtModelError),
}

/// The networks of `engine`, to align and embed faces by the current model of a library. Loads a brought network, which takes
/// seconds.
pub fn library_engine(library: &Library, engine: &Engine) -> Result<Engine, EngineError> {
    engine_for(library, engine, &library.embedding_model()?)
}

/// As [`library_engine`], by a model that need not be the library's current one.
pub fn engine_for(
    library: &Library,
    engine: &Engine,
    model: &ModelName,
) -> Result<Engine, EngineError> {
    #[cfg(feature = "byo")]
    if let Some(brought) = super::brought::model_of(library, model)? {
        return Ok(engine.with_brought(brought));
    }
    #[cfg(not(feature = "byo"))]
    let _ = library;
    Ok(engine.for_model(model)?)
}
