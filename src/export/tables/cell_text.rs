//! Text cells of tables that may be opened in a spreadsheet.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return would be run as a formula, so it gets a
//! leading `'`. So does a cell that begins with `'` before one of these, which makes unescaping exact. Numbers are not
//! text cells. Source: OWASP, "CSV Injection".

use std::borrow::Cow;

/// `text` as a cell that no spreadsheet interprets as a formula.
pub fn escaped_cell(text: &str) -> Cow<'_, str> {
    if looks_like_formula(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The inverse of [`escaped_cell`].
pub fn unescaped_cell(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if looks_like_formula(text) => text,
        _ => cell,
    }
}

fn looks_like_formula(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}
