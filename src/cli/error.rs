//! Errors of a command, each shown as one line.

use std::io;
use std::process::ExitCode;

use crate::curate::CurateError;
use crate::export::ExportError;
use crate::library::LibraryError;
use crate::photo::PhotoError;
use crate::scan::{MigrateError, RelocateError, ScanError};
use crate::vision::VisionError;

#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The arguments make no sense together: exit status 2.
    #[error("{0}")]
    Usage(String),
    #[error("{0}")]
    Failed(String),
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
    #[error(transparent)]
    Library(#[from] LibraryError),
    #[error("{source}{}", advice(source))]
    Curate {
        #[from]
        source: CurateError,
    },
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    #[error(transparent)]
    Relocate(#[from] RelocateError),
    #[error(transparent)]
    Vision(#[from] VisionError),
    #[error(transparent)]
    Photo(#[from] PhotoError),
    #[error(transparent)]
    Export(#[from] ExportError),
}

impl CliError {
    pub fn exit_code(&self) -> ExitCode {
        match self {
            CliError::Usage(_) => ExitCode::from(2),
            _ => ExitCode::from(1),
        }
    }

    pub fn is_broken_pipe(&self) -> bool {
        let (CliError::Output(error) | CliError::Export(ExportError::Output(error))) = self else {
            return false;
        };
        error.kind() == io::ErrorKind::BrokenPipe
    }
}

/// Where to find the right value for what the command was given.
fn advice(error: &CurateError) -> &'static str {
    match error {
        CurateError::UnknownGroup(_) | CurateError::EmptyGroup(_) => {
            ": `kinfolk people` lists the groups"
        }
        CurateError::UnknownFace(_)
        | CurateError::NotInGroup { .. }
        | CurateError::NotGrouped(_) => ": `kinfolk faces` lists the faces and their groups",
        CurateError::Stopped(_) => ": nothing was changed",
        CurateError::NothingStays(_) => ": leave at least one face out of --faces",
        _ => "",
    }
}
