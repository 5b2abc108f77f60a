//! A number of bytes that threads share, first come, first served.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};

/// Bytes to lend. Requests above the whole are cut to it: they wait until nothing else is lent, and then go ahead.
pub(crate) struct Budget {
    whole: u64,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    free: u64,
    /// EmbedBatch requests in order: later, smaller ones don't overtake, or a huge photo would wait for ever.
    queue: VecDeque<u64>,
    next_ticket: u64,
}

/// Bytes lent, given back when dropped.
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
        let mut state = self.state();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.queue.push_back(ticket);
        while state.queue.front() != Some(&ticket) || state.free < bytes {
            state = match self.changed.wait(state) {
                Ok(state) => state,
                Err(poisoned) => poisoned.into_inner(),
            };
        }
        state.queue.pop_front();
        state.free -= bytes;
        drop(state);
        // The next in line may fit as well.
        self.changed.notify_all();
        Loan {
            budget: self,
            bytes,
        }
    }

    fn give_back(&self, bytes: u64) {
        self.state().free += bytes;
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Loan<'_> {
    /// Gives back what is lent above `bytes`.
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
        // Would wait for ever otherwise.
        let second = budget.take(70);
        first.shrink_to(60);
        drop((first, second));
        assert_eq!(budget.state().free, 100);
    }
}
