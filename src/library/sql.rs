//! Helpers for queries and columns.

use rusqlite::{OptionalExtension as _, Params, Row, Transaction, TransactionBehavior};

use super::{Library, LibraryError};
use crate::geometry::{PhotoRect, Size};

impl Library {
    /// All rows of a query.
    pub(super) fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, LibraryError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params, read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The first row of a query, if there is one.
    pub(super) fn row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, LibraryError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row(params, read).optional()?)
    }

    /// A transaction that takes the write lock when it begins: nobody else can change what it has read before it commits.
    /// If it is dropped, it changes nothing.
    pub(super) fn write(&mut self) -> Result<Transaction<'_>, LibraryError> {
        Ok(self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?)
    }
}

/// A file size, which SQLite stores as a signed integer.
pub(super) fn file_size(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let bytes: i64 = row.get(column)?;
    u64::try_from(bytes).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, bytes))
}

/// The inverse of [`file_size`]; sizes above 8 EiB saturate.
pub(super) fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// A face's box, stored in four columns.
pub(super) fn rect(row: &Row<'_>, first_column: usize) -> rusqlite::Result<PhotoRect> {
    Ok(PhotoRect {
        x: row.get(first_column)?,
        y: row.get(first_column + 1)?,
        width: row.get(first_column + 2)?,
        height: row.get(first_column + 3)?,
    })
}

/// A photo's width and height, stored in two columns.
pub(super) fn photo_size(row: &Row<'_>, first_column: usize) -> rusqlite::Result<Size> {
    Ok(Size {
        width: row.get(first_column)?,
        height: row.get(first_column + 1)?,
    })
}
