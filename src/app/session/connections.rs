//! The connections of the other threads to the library.

use crate::library::{Library, LibraryError};

pub struct Connections {
    pub query: Library,
    pub review: Library,
    pub decoders: Vec<Library>,
    pub scan: [Library; 2],
    pub export: Library,
    pub folders: Library,
    pub disk: Library,
}

/// Number of threads that decode pictures.
const DECODERS: usize = 3;

impl Connections {
    pub fn new(library: &Library) -> Result<Self, LibraryError> {
        let more = || library.second_connection();
        Ok(Self {
            query: more()?,
            review: more()?,
            decoders: (0..DECODERS).map(|_| more()).collect::<Result<_, _>>()?,
            scan: [more()?, more()?],
            export: more()?,
            folders: more()?,
            disk: more()?,
        })
    }
}
