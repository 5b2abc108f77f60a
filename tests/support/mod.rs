//! What tests of several modules share: the demo photos, variants of them, and libraries of drawn people.
#![cfg_attr(
    not(feature = "gui"),
    allow(dead_code, reason = "the tests of the window use the rest")
)]

pub mod allocations;
pub mod crowd;
pub mod decisions;
pub mod draw;
pub mod former;
pub mod grouping;
pub mod home;
pub mod hostile_files;
#[cfg(feature = "gui")]
pub mod on_disk;
#[cfg(feature = "byo")]
pub mod onnx;
pub mod pictures;
pub mod population;
pub mod test_library;
pub mod variants;
#[cfg(feature = "gui")]
pub mod window;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use kinfolk::vision::{DeviceChoice, Engine};

/// The networks, loaded once.
pub fn engine() -> &'static Engine {
    static ENGINE: LazyLock<Engine> =
        LazyLock::new(|| Engine::load(DeviceChoice::Cpu).expect("the weights load"));
    &ENGINE
}

/// A pool of this many threads.
pub fn threads(count: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new()
        .num_threads(count)
        .build()
        .expect("threads")
}

/// The folder of the demo photos; its `SOURCES.md` says who is in which photo.
pub fn demo_photos() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo")
}

/// One demo photo, by file name.
pub fn demo_photo(name: &str) -> PathBuf {
    demo_photos().join(name)
}
