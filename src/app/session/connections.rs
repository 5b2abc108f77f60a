//! One connection to the library for each thread beside the one that owns it.

use crate::library::{Library, LibraryError};

/// Connections for the threads beside the worker.
pub struct Connections {
    pub reader: Library,
    pub reviewer: Library,
    pub decoders: Vec<Library>,
    pub scanner: [Library; 2],
    pub exporter: Library,
}

/// Threads that decode pictures.
const DECODERS: usize = 3;

impl Connections {
    pub fn new(library: &Library) -> Result<Self, LibraryError> {
        let more = || library.second_connection();
        Ok(Self {
            reader: more()?,
            reviewer: more()?,
            decoders: (0..DECODERS).map(|_| more()).collect::<Result<_, _>>()?,
            scanner: [more()?, more()?],
            exporter: more()?,
        })
    }
}
