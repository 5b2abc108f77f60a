//! The schema as numbered SQL files, each applied once, in order, in its own transaction.
//!
//! `PRAGMA user_version` is the number of the last applied file. A released file is never edited; a change is a new
//! file.

use rusqlite::{Connection, TransactionBehavior};

const MIGRATIONS: &[&str] = &[
    include_str!("001_initial.sql"),
    include_str!("002_former_places.sql"),
    include_str!("003_changed_times.sql"),
    include_str!("004_models.sql"),
];

/// The schema version that this build writes.
pub const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

/// Identifies an SQLite file as a library: "Kinf" in ASCII.
pub const APPLICATION_ID: i64 = 0x4b69_6e66;

/// Migrates a library whose version is at most [`SCHEMA_VERSION`].
pub fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let applied: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (version, sql) in (1..)
        .zip(MIGRATIONS)
        .skip(usize::try_from(applied).unwrap_or(0))
    {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(sql)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", version as i64)?;
        tx.commit()?;
        tracing::debug!(version, "library schema brought up");
    }
    Ok(())
}
