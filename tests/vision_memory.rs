//! The detector takes its memory once for each size of picture, not anew for every photo.

#![allow(clippy::expect_used, reason = "a test that can't go on fails")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use candle_core::Device;
use kinfolk::vision::yunet::{Input, Yunet};

/// Counts the bytes that are taken.
struct Counting;

static TAKEN: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        TAKEN.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        TAKEN.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Wide and tall photos, and the second look at a face.
const SIZES: [(usize, usize); 3] = [(320, 224), (224, 320), (192, 192)];

/// Bytes taken by a picture of each size in turn.
fn taken_by_a_round(detector: &Yunet) -> usize {
    let begin = TAKEN.load(Ordering::Relaxed);
    for (width, height) in SIZES {
        let pixels = vec![100; width * height * 3];
        let input = Input {
            pixels,
            width,
            height,
        };
        detector.run(input).expect("detect");
    }
    TAKEN.load(Ordering::Relaxed) - begin
}

#[test]
fn pictures_of_sizes_in_turn_take_memory_once() {
    let detector = Yunet::load(&Device::Cpu).expect("weights");
    let first = taken_by_a_round(&detector);
    taken_by_a_round(&detector);
    let later = taken_by_a_round(&detector);
    assert!(later * 3 < first, "{later} bytes after {first}");
}
