//! An allocator that counts for each thread, so that tests can measure what a piece of work allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Counts what each thread allocates.
struct Counting;

/// Allocations and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allocated {
    pub pieces: u64,
    pub bytes: u64,
}

thread_local! {
    static ALLOCATED: Cell<Allocated> = const { Cell::new(Allocated { pieces: 0, bytes: 0 }) };
}

fn count(bytes: usize) {
    // A thread that ends may allocate after its counter is gone.
    let _ = ALLOCATED.try_with(|counter| {
        let Allocated { pieces, bytes: sum } = counter.get();
        counter.set(Allocated {
            pieces: pieces + 1,
            bytes: sum + bytes as u64,
        });
    });
}

// SAFETY: every call is passed on unchanged to the allocator of the system; the counter is a plain cell that allocates
// nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above; the pointer came from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// What this thread has allocated since it began.
pub fn allocated() -> Allocated {
    ALLOCATED.get()
}
