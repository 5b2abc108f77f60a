//! A thread that answers requests one after another, and its handle.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// Sends to the thread; when dropped, lets it finish what it was sent and waits for its end.
pub(super) struct Mailbox<T> {
    name: &'static str,
    requests: Option<Sender<T>>,
    thread: Option<JoinHandle<()>>,
}

impl<T: Send + 'static> Mailbox<T> {
    /// `run` is the thread: it ends when there are no more requests to receive.
    pub fn start(
        name: &'static str,
        run: impl FnOnce(&Receiver<T>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (requests, receiver) = channel();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(&receiver))?;
        Ok(Mailbox {
            name,
            requests: Some(requests),
            thread: Some(thread),
        })
    }

    pub fn send(&self, request: T) {
        let sent = self
            .requests
            .as_ref()
            .map(|requests| requests.send(request));
        if !matches!(sent, Some(Ok(()))) {
            tracing::error!("the {} thread has ended: a request is lost", self.name);
        }
    }

    /// For other threads that have something to ask.
    pub fn requests(&self) -> Option<Sender<T>> {
        self.requests.clone()
    }
}

impl<T> Drop for Mailbox<T> {
    fn drop(&mut self) {
        self.requests = None;
        if self
            .thread
            .take()
            .is_some_and(|thread| thread.join().is_err())
        {
            tracing::error!("the {} thread has panicked", self.name);
        }
    }
}
