//! A thread that handles requests one after another, and its handle.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// Sends requests to the thread; dropping it waits until all of them are done and the thread has ended.
pub(super) struct WorkerThread<T> {
    name: &'static str,
    requests: Option<Sender<T>>,
    thread: Option<JoinHandle<()>>,
}

impl<T: Send + 'static> WorkerThread<T> {
    /// `run` is the thread's function; it returns when there are no more requests to receive.
    pub fn start(
        name: &'static str,
        run: impl FnOnce(&Receiver<T>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (requests, receiver) = channel();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(&receiver))?;
        Ok(WorkerThread {
            name,
            requests: Some(requests),
            thread: Some(thread),
        })
    }

    /// False if the thread has ended.
    pub fn send(&self, request: T) -> bool {
        let requests = self.requests.as_ref();
        let sent = requests.is_some_and(|requests| requests.send(request).is_ok());
        if !sent {
            tracing::error!("the {} thread has ended: a request is lost", self.name);
        }
        sent
    }

    /// For other threads that send requests.
    pub fn requests(&self) -> Option<Sender<T>> {
        self.requests.clone()
    }
}

impl<T> Drop for WorkerThread<T> {
    fn drop(&mut self) {
        self.requests = None;
        let thread = self.thread.take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the {} thread has panicked", self.name);
        }
    }
}
