//! Opens a library: checks the file and sets up SQLite.
//!
//! The file is untrusted. It is checked before anything is written to it, so that another program's file, a newer
//! schema or a truncated file is refused and left unchanged.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::schema::{self, APPLICATION_ID, SCHEMA_VERSION};
use super::{Library, LibraryError, file, same_names};

/// How long a connection waits for another writer of this process, and its retry interval. The intervals of SQLite's
/// own handler grow, so that it misses the short pauses of a write in slices.
const BUSY_TIMEOUT: Duration = Duration::from_secs(20);
const BUSY_INTERVAL: Duration = Duration::from_millis(2);
/// The setting that holds [`Library::identity`].
const IDENTITY: &str = "library_id";
/// Page cache per connection.
const CACHE_KIB: i64 = 32 * 1024;
/// More than the number of distinct statements in this module, so that none is compiled twice.
const CACHED_STATEMENTS: usize = 128;

/// Where a library is stored.
pub(super) enum Store {
    File(Place),
    Memory,
}

/// A library's file, and how it was opened.
#[derive(Clone)]
pub(super) struct Place {
    /// As given by the user.
    path: PathBuf,
    /// The real path, without links.
    real: PathBuf,
    access: Access,
    /// Excludes other processes while any connection of this process is open; `None` if no lock can be created, or another
    /// process has it and this one only reads.
    _lock: Option<Arc<File>>,
}

/// What a connection may do with the file and its side files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Write,
    /// Reads the file and its write-ahead log.
    Read,
    /// Reads only the file and creates nothing beside it; for a file without a log that nobody can write to.
    Immutable,
}

impl Library {
    /// Opens the library at `path` and migrates its schema; creates the file and its folder if necessary.
    ///
    /// Only one process may open a library; others get [`LibraryError::InUse`]. A file that is not a library, has a
    /// newer schema or is truncated is refused and left unchanged.
    pub fn open(path: &Path) -> Result<Library, LibraryError> {
        file::create_folder(path)?;
        let real = file::real_path(path)?;
        file::inspect(path, &real)?;
        let lock = file::lock_to_write(path, &real)?;
        file::create_file(path, &real)?;
        let place = Place {
            path: path.to_owned(),
            real,
            access: Access::Write,
            _lock: Some(Arc::new(lock)),
        };
        let opening = |source| LibraryError::while_opening(path, source);
        let mut connection = place.connect()?;
        inspect_schema(&connection, path)?;
        file::keep_private(&place.real);
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(opening)?;
        schema::migrate(&mut connection).map_err(opening)?;
        identify(&connection).map_err(opening)?;
        tracing::debug!(?path, "library opened");
        let library = Library {
            connection,
            touched: Arc::default(),
            store: Store::File(place),
        };
        library.report_same_names()?;
        Ok(library)
    }

    /// Opens the library at `path` for reading: like [`Library::open`], or read-only if nothing can be written (full
    /// disk, read-only medium, another user's folder) or another Kinfolk has it open. Writes then fail. Beside another
    /// Kinfolk all reads see the library as it was when it was opened.
    pub fn open_to_read(path: &Path) -> Result<Library, LibraryError> {
        match Library::open(path) {
            Err(error) if error.is_about_writing() => {
                tracing::debug!("opening {path:?} to read alone: {error}");
                open_as_it_is(path)
            }
            Err(LibraryError::InUse { .. }) => open_beside(path).or_else(|error| {
                tracing::debug!("opening {path:?} beside another Kinfolk: {error}");
                // It may have been closed meanwhile; where it was not, that it is open is what to tell.
                Library::open(path)
            }),
            opened => opened,
        }
    }

    /// A temporary library in memory, for tests and for computations that store nothing.
    pub fn open_in_memory() -> Result<Library, LibraryError> {
        let mut connection = Connection::open_in_memory()?;
        configure(&mut connection)?;
        schema::migrate(&mut connection)?;
        identify(&connection)?;
        Ok(Library {
            connection,
            touched: Arc::default(),
            store: Store::Memory,
        })
    }

    /// Another connection to the same file, for another thread of this process.
    ///
    /// Readers see the last committed state and never wait; writers wait for each other.
    pub fn second_connection(&self) -> Result<Library, LibraryError> {
        let Store::File(place) = &self.store else {
            return Err(LibraryError::InMemory);
        };
        Ok(Library {
            connection: place.connect()?,
            touched: Arc::clone(&self.touched),
            store: Store::File(place.clone()),
        })
    }

    /// The default location of the library, in the platform's folder for application data.
    pub fn default_path() -> Option<PathBuf> {
        Some(crate::platform::data_folder()?.join("library.sqlite"))
    }

    /// The library's file as given by the user; `:memory:` for one in memory.
    pub fn path(&self) -> &Path {
        match &self.store {
            Store::File(place) => &place.path,
            Store::Memory => Path::new(":memory:"),
        }
    }

    /// What tells this library from others, wherever its file lies: group 12 of one is not group 12 of another. A copy of
    /// the file has the same. `None` for one that was never opened for writing by a version that gives it.
    pub fn identity(&self) -> Result<Option<String>, LibraryError> {
        self.setting(IDENTITY)
    }

    /// Warns of people whom an earlier version distinguished by letters that are the same to this one.
    fn report_same_names(&self) -> Result<(), LibraryError> {
        for [(one, name), (other, alike)] in same_names(&self.people()?) {
            tracing::warn!(
                "two people have the same name but for case or letters that are not seen: {name:?} (group {one}) and \
                 {alike:?} (group {other}); merge them or rename one"
            );
        }
        Ok(())
    }

    /// The real path of the library's file, and the files that may be beside it.
    pub fn files(&self) -> Vec<PathBuf> {
        match &self.store {
            Store::File(place) => file::with_side_files(&place.real),
            Store::Memory => Vec::new(),
        }
    }
}

impl Place {
    fn connect(&self) -> Result<Connection, LibraryError> {
        let opening = |source| LibraryError::while_opening(&self.path, source);
        let access = match self.access {
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Access::Read | Access::Immutable => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match self.access {
            Access::Write | Access::Read => Connection::open_with_flags(&self.real, flags),
            Access::Immutable => Connection::open_with_flags(
                immutable_uri(&self.real),
                flags | OpenFlags::SQLITE_OPEN_URI,
            ),
        };
        let mut connection = connection.map_err(opening)?;
        configure(&mut connection).map_err(opening)?;
        Ok(connection)
    }
}

/// Opens a library if its file or its folder can't be written to.
fn open_as_it_is(path: &Path) -> Result<Library, LibraryError> {
    let real = file::real_path(path)?;
    file::inspect(path, &real)?;
    let lock = file::lock_to_read(path, &real)?;
    let has_log = file::has_write_ahead_log(&real);
    let place = Place {
        path: path.to_owned(),
        real,
        access: if has_log {
            Access::Read
        } else {
            Access::Immutable
        },
        _lock: lock.map(Arc::new),
    };
    let needs_writing = |why| LibraryError::NeedsWriting {
        path: path.to_owned(),
        why,
    };
    let connection = place.connect()?;
    match inspect_schema(&connection, path) {
        Err(error) if has_log && error.is_about_writing() => {
            return Err(needs_writing("it was not closed properly"));
        }
        inspected => inspected?,
    }
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found < SCHEMA_VERSION {
        return Err(needs_writing("it was made by an earlier Kinfolk"));
    }
    Ok(Library {
        connection,
        touched: Arc::default(),
        store: Store::File(place),
    })
}

/// Opens a library that another Kinfolk has open. SQLite's write-ahead log lets readers see the last committed state while
/// another process writes; one transaction keeps that state for all that is read.
fn open_beside(path: &Path) -> Result<Library, LibraryError> {
    let real = file::real_path(path)?;
    file::inspect(path, &real)?;
    let place = Place {
        path: path.to_owned(),
        real,
        access: Access::Read,
        _lock: None,
    };
    let opening = |source| LibraryError::while_opening(path, source);
    let connection = place.connect()?;
    connection.execute_batch("BEGIN").map_err(opening)?;
    inspect_schema(&connection, path)?;
    let found: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(opening)?;
    if found < SCHEMA_VERSION {
        // The other one is just making it, or is of an earlier version.
        return Err(LibraryError::InUse {
            path: path.to_owned(),
        });
    }
    Ok(Library {
        connection,
        touched: Arc::default(),
        store: Store::File(place),
    })
}

/// Gives a library its identity, once.
fn identify(connection: &Connection) -> rusqlite::Result<()> {
    let known: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM setting WHERE key = ?1)",
        [IDENTITY],
        |row| row.get(0),
    )?;
    if !known {
        connection.execute(
            "INSERT OR IGNORE INTO setting (key, value) VALUES (?1, lower(hex(randomblob(16))))",
            [IDENTITY],
        )?;
    }
    Ok(())
}

/// The file as an SQLite URI with `immutable=1` (<https://www.sqlite.org/uri.html>).
fn immutable_uri(real: &Path) -> String {
    let mut uri = "file:".to_owned();
    let bytes = real.as_os_str().as_encoded_bytes();
    if cfg!(windows) {
        uri.push('/');
    }
    for &byte in bytes {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'/' | b':' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    uri + "?immutable=1"
}

/// Waits for one interval; false after the timeout.
fn wait_for_the_writer(times: i32) -> bool {
    std::thread::sleep(BUSY_INTERVAL);
    u128::try_from(times).unwrap_or_default() < BUSY_TIMEOUT.as_millis() / BUSY_INTERVAL.as_millis()
}

/// Settings of a connection, none of which writes to the file.
fn configure(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.busy_handler(Some(wait_for_the_writer))?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    // The file is untrusted: its schema must not run anything.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Decisions must survive a power failure, not only a crash.
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
