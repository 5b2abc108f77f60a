//! The library's current model: that of the embeddings which are read, grouped, compared and made by scans.
//!
//! It is a setting, written with the first embeddings and changed by a migration only. A later Kinfolk with a better model
//! goes on with the library's own one, so that nothing is mixed; vectors of other models are kept, but not read.

use rusqlite::{Connection, Transaction};

use super::{Library, LibraryError, settings};
use crate::vision::ModelName;

/// The setting that names it.
const CURRENT_MODEL: &str = "embedding_model";

impl Library {
    /// The model of the embeddings that this library works with; of a library without any, the best one that is built in.
    pub fn embedding_model(&self) -> Result<ModelName, LibraryError> {
        current_model(&self.connection)
    }
}

pub(super) fn current_model(connection: &Connection) -> Result<ModelName, LibraryError> {
    let name = settings::read(connection, CURRENT_MODEL)?;
    Ok(name.map_or_else(ModelName::default, |name| ModelName::new(&name)))
}

/// Must be called when embeddings are stored: those of the first model that a library has make it the current one.
pub(super) fn keep_model(tx: &Transaction<'_>, model: &ModelName) -> Result<(), LibraryError> {
    tx.prepare_cached("INSERT OR IGNORE INTO setting (key, value) VALUES (?1, ?2)")?
        .execute([CURRENT_MODEL, model.as_str()])?;
    Ok(())
}

pub(super) fn set_model(tx: &Transaction<'_>, model: &ModelName) -> Result<(), LibraryError> {
    settings::write(tx, CURRENT_MODEL, Some(model.as_str()))
}
