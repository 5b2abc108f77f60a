//! Text cells of tables that a spreadsheet may open.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return would run as a formula; such a cell gets a
//! `'` in front, and so does one that has only `'` before one of these, so that reading back is exact. Numbers are not
//! text cells. Source: OWASP, "CSV Injection".

use std::borrow::Cow;

/// `text` as a cell that no spreadsheet takes for a formula.
pub fn escaped_cell(text: &str) -> Cow<'_, str> {
    if looks_like_formula(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text that [`escaped_cell`] was given.
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
