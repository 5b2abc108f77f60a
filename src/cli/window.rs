//! `kinfolk [FOLDER]`: the window.

use std::path::PathBuf;

use super::error::CliError;
use super::open::LibraryChoice;

/// Opens the window and scans `folder` if one is given.
pub fn run(library: &LibraryChoice, folder: Option<PathBuf>) -> Result<(), CliError> {
    if let Some(folder) = &folder
        && !folder.is_dir()
    {
        return Err(CliError::Usage(format!(
            "{folder:?} is neither a folder nor a command: `kinfolk --help` lists the commands"
        )));
    }
    open_window(library, folder)
}

#[cfg(feature = "gui")]
fn open_window(library: &LibraryChoice, folder: Option<PathBuf>) -> Result<(), CliError> {
    crate::app::run(library.asked(), folder).map_err(|error| {
        CliError::Failed(format!(
            "cannot open the window: {error}; every command works without one, see `kinfolk --help`"
        ))
    })
}

#[cfg(not(feature = "gui"))]
fn open_window(_: &LibraryChoice, _: Option<PathBuf>) -> Result<(), CliError> {
    Err(CliError::Failed(
        "this build has no window: build with the feature `gui`, or use the commands that `kinfolk --help` lists".into(),
    ))
}
