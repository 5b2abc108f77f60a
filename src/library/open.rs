//! Opening a library file: who may, what it must be, and how SQLite is set up.
//!
//! The file comes from outside. It is looked at before anything is written to it, so that another program's file, a newer
//! schema or a truncated file is refused as it was found.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::migrations::{self, APPLICATION_ID, SCHEMA_VERSION};
use super::{Library, LibraryError};

/// First bytes of a database, from <https://www.sqlite.org/fileformat.html#magic_header_string>.
const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";
const SQLITE_HEADER_BYTES: usize = 100;

/// How long a connection waits for another one of this process to finish writing, and how often it looks. SQLite's own
/// handler waits longer and longer between two looks, and so misses the short pauses of a long write in slices.
const BUSY_TIMEOUT: Duration = Duration::from_secs(20);
const BUSY_INTERVAL: Duration = Duration::from_millis(2);
/// Page cache of a connection.
const CACHE_KIB: i64 = 32 * 1024;
/// More than the distinct statements of this module, so that none is compiled twice.
const CACHED_STATEMENTS: usize = 128;

/// What a connection stands on.
pub(super) enum Store {
    /// The file, and the lock that keeps other processes out while any connection of this one lives.
    File {
        path: PathBuf,
        lock: Arc<File>,
    },
    Memory,
}

impl Library {
    /// Opens the library at `path`, creating it and its folder where there is none, and brings its schema up to date.
    ///
    /// One process may hold a library: a second one gets [`LibraryError::InUse`]. A file that isn't a library, is of a
    /// newer schema or is truncated is refused and left as it is.
    pub fn open(path: &Path) -> Result<Library, LibraryError> {
        inspect_file(path)?;
        create_parent(path)?;
        let lock = Arc::new(lock_for_this_process(path)?);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opening = |source| LibraryError::while_opening(path, source);
        let mut connection = Connection::open_with_flags(path, flags).map_err(opening)?;
        configure(&mut connection).map_err(opening)?;
        inspect_schema(&connection, path)?;
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(opening)?;
        migrations::migrate(&mut connection).map_err(opening)?;
        tracing::debug!(?path, "library opened");
        Ok(Library {
            connection,
            touched: Arc::default(),
            store: Store::File {
                path: path.to_owned(),
                lock,
            },
        })
    }

    /// A library that lives as long as the value, for tests and for work that stores nothing.
    pub fn open_in_memory() -> Result<Library, LibraryError> {
        let mut connection = Connection::open_in_memory()?;
        configure(&mut connection)?;
        migrations::migrate(&mut connection)?;
        Ok(Library {
            connection,
            touched: Arc::default(),
            store: Store::Memory,
        })
    }

    /// Another connection to the same file for another thread of this process.
    ///
    /// Readers see the last committed state and never wait; writers wait for each other.
    pub fn second_connection(&self) -> Result<Library, LibraryError> {
        let Store::File { path, lock } = &self.store else {
            return Err(LibraryError::InMemory);
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opening = |source| LibraryError::while_opening(path, source);
        let mut connection = Connection::open_with_flags(path, flags).map_err(opening)?;
        configure(&mut connection).map_err(opening)?;
        Ok(Library {
            connection,
            touched: Arc::clone(&self.touched),
            store: Store::File {
                path: path.clone(),
                lock: Arc::clone(lock),
            },
        })
    }

    /// Where the library is kept unless the user says otherwise: the platform's folder for application data.
    pub fn default_path() -> Option<PathBuf> {
        Some(crate::platform::data_folder()?.join("library.sqlite"))
    }

    /// The library's file; `:memory:` for one in memory.
    pub fn path(&self) -> &Path {
        match &self.store {
            Store::File { path, .. } => path,
            Store::Memory => Path::new(":memory:"),
        }
    }
}

/// Refuses a file that SQLite would take for its own to mend, without touching it.
fn inspect_file(path: &Path) -> Result<(), LibraryError> {
    let reading = |source| LibraryError::io("read the library", path, source);
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(reading(error)),
    };
    let metadata = file.metadata().map_err(reading)?;
    if !metadata.is_file() {
        return Err(LibraryError::NotALibrary {
            path: path.to_owned(),
        });
    }
    if metadata.len() == 0 {
        return Ok(());
    }
    let mut header = [0; SQLITE_HEADER_BYTES];
    if metadata.len() < SQLITE_HEADER_BYTES as u64 {
        return Err(LibraryError::NotALibrary {
            path: path.to_owned(),
        });
    }
    file.read_exact(&mut header).map_err(reading)?;
    if !header.starts_with(SQLITE_MAGIC) {
        return Err(LibraryError::NotALibrary {
            path: path.to_owned(),
        });
    }
    let expected = bytes_in_header(&header);
    // With a write-ahead log beside it the file may lag behind its own header.
    if metadata.len() < expected && !has_write_ahead_log(path) {
        let detail = format!("{} of {expected} bytes are there", metadata.len());
        return Err(LibraryError::Damaged {
            path: path.to_owned(),
            detail,
        });
    }
    Ok(())
}

/// Page size times page count as the header states them (offsets 16 and 28 of the SQLite file format).
fn bytes_in_header(header: &[u8; SQLITE_HEADER_BYTES]) -> u64 {
    let page_size = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    page_size
        * u64::from(u32::from_be_bytes([
            header[28], header[29], header[30], header[31],
        ]))
}

fn has_write_ahead_log(path: &Path) -> bool {
    fs::metadata(with_suffix(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

fn create_parent(path: &Path) -> Result<(), LibraryError> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => fs::create_dir_all(parent)
            .map_err(|source| LibraryError::io("create the library's folder", parent, source)),
        _ => Ok(()),
    }
}

/// Locks a file beside the library; the system lets go of it when the process ends, however it ends.
///
/// Not the library itself: SQLite's own locks are of the kind that closing any other handle to the file would drop.
fn lock_for_this_process(path: &Path) -> Result<File, LibraryError> {
    let lock_path = with_suffix(path, ".lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&lock_path)
        .map_err(|source| LibraryError::io("create the lock", &lock_path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LibraryError::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(LibraryError::io("lock", &lock_path, source)),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Waits a moment; false once it has waited long enough.
fn wait_for_the_writer(times: i32) -> bool {
    std::thread::sleep(BUSY_INTERVAL);
    u128::try_from(times).unwrap_or_default() < BUSY_TIMEOUT.as_millis() / BUSY_INTERVAL.as_millis()
}

/// Settings of a connection; none of them writes to the file.
fn configure(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.busy_handler(Some(wait_for_the_writer))?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    // The file may come from anyone: nothing in its schema may run what this program did not write.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What a person decided must outlive a power cut, not only a crash.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)
}

/// Refuses a database of another program or of a newer Kinfolk.
fn inspect_schema(connection: &Connection, path: &Path) -> Result<(), LibraryError> {
    let opening = |source| LibraryError::while_opening(path, source);
    let number = |sql: &str| {
        connection
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .map_err(opening)
    };
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    if tables == 0 {
        return Ok(());
    }
    if number("PRAGMA application_id")? != APPLICATION_ID {
        return Err(LibraryError::NotALibrary {
            path: path.to_owned(),
        });
    }
    let found = number("PRAGMA user_version")?;
    if found > SCHEMA_VERSION {
        return Err(LibraryError::NewerSchema {
            path: path.to_owned(),
            found,
            known: SCHEMA_VERSION,
        });
    }
    if found < 1 {
        let detail = format!("its schema has the version {found}");
        return Err(LibraryError::Damaged {
            path: path.to_owned(),
            detail,
        });
    }
    Ok(())
}
