//! What several test binaries share: the demo photos, variants of them made in code, libraries full of drawn people.
#![allow(dead_code, reason = "each test binary uses a part")]

pub mod decisions;
pub mod draw;
pub mod grouping;
pub mod population;
pub mod synthetic;
pub mod variants;

use std::path::{Path, PathBuf};

/// So many threads of their own.
pub fn threads(count: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new()
        .num_threads(count)
        .build()
        .expect("threads")
}

/// The folder of the demo photos; `SOURCES.md` in it says who is in which.
pub fn demo_photos() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo")
}

/// One demo photo, by file name.
pub fn demo_photo(name: &str) -> PathBuf {
    demo_photos().join(name)
}
