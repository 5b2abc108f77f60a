//! Checks of the fields of a manifest, and texts of files in messages.

use super::error::ManifestError;

pub(super) fn check_field(
    is_right: bool,
    field: &'static str,
    problem: impl FnOnce() -> String,
    cure: &'static str,
) -> Result<(), ManifestError> {
    if is_right {
        return Ok(());
    }
    Err(ManifestError::Field {
        field,
        problem: problem(),
        cure,
    })
}

/// The first letters of a text that may be long.
pub(super) fn shortened(text: &str) -> String {
    const MAX: usize = 80;
    match text.char_indices().nth(MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
