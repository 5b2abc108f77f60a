//! Errors of brought recognizers. None names the file: who read it adds the path.

use thiserror::Error;

/// A manifest that can't be used.
#[derive(Debug, Error)]
pub enum ManifestError {
    #[error(
        "it is not the JSON of a manifest: {0}; correct it as `kinfolk models add --help` shows"
    )]
    Json(#[source] serde_json::Error),
    #[error("its field {field:?} {problem}: {cure}")]
    Field {
        field: &'static str,
        problem: String,
        cure: &'static str,
    },
}

/// An ONNX file that can't be used, or a network that fails.
#[derive(Debug, Error)]
pub enum BroughtError {
    #[error(
        "its SHA-256 is {found}, not {expected} as its manifest says: get the file again, or the manifest for it"
    )]
    WrongSum { found: String, expected: String },
    /// Refused before anything large is allocated.
    #[error("it is not a whole ONNX file ({0}): get it again")]
    NotOnnx(String),
    #[error("it may not be run: {0}")]
    Refused(String),
    #[error(
        "the runtime can't load it: {0}; export it again with plain operators (opset 11 to 21)"
    )]
    Load(String),
    #[error(
        "the runtime failed: {0}; use another network: `kinfolk migrate` goes back to the built-in one"
    )]
    Run(String),
    #[error(
        "its output is useless: {0}; see whether the manifest's mean, scale, channels, template and output are right"
    )]
    Useless(String),
}
