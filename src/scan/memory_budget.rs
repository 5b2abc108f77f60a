//! The memory of a scan: a number of bytes that threads share, first come, first served.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

use super::lock::lock;

/// Bytes of all files that wait for a worker.
pub(super) const FILE_MEMORY: u64 = 64 << 20;
/// Bytes of pixels for each thread. A photo of 24 megapixels that has to be decoded whole and turned upright takes 144 MB.
pub(super) const PIXEL_MEMORY: u64 = 160 << 20;

/// Bytes to lend. A request for more than the whole is reduced to it: it waits until nothing else is lent.
pub(crate) struct Budget {
    whole: u64,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    free: u64,
    /// The waiting requests in order. Later, smaller ones don't overtake; otherwise a huge photo might wait for ever.
    queue: VecDeque<u64>,
    next_ticket: u64,
}

/// Lent bytes, which are given back when this is dropped.
pub(crate) struct Loan<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    pub(crate) fn new(bytes: u64) -> Self {
        Self {
            whole: bytes,
            state: Mutex::new(State {
                free: bytes,
                queue: VecDeque::new(),
                next_ticket: 0,
            }),
            changed: Condvar::new(),
        }
    }

    /// Waits until `bytes` are free, and takes them.
    pub(crate) fn take(&self, bytes: u64) -> Loan<'_> {
        let bytes = bytes.min(self.whole);
        let mut state = lock(&self.state);
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.queue.push_back(ticket);
        while state.queue.front() != Some(&ticket) || state.free < bytes {
            let woken = self.changed.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
        state.queue.pop_front();
        state.free -= bytes;
        drop(state);
        // The next request may fit as well.
        self.changed.notify_all();
        Loan {
            budget: self,
            bytes,
        }
    }

    fn give_back(&self, bytes: u64) {
        lock(&self.state).free += bytes;
        self.changed.notify_all();
    }
}

impl Loan<'_> {
    /// Gives back everything above `bytes`.
    pub(super) fn shrink_to(&mut self, bytes: u64) {
        let surplus = self.bytes.saturating_sub(bytes);
        self.bytes -= surplus;
        self.budget.give_back(surplus);
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_early_can_be_lent_again() {
        let budget = Budget::new(100);
        let mut first = budget.take(250);
        first.shrink_to(30);
        // This would wait for ever otherwise.
        let second = budget.take(70);
        first.shrink_to(60);
        drop((first, second));
        assert_eq!(lock(&budget.state).free, 100);
    }
}
