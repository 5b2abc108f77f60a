//! The thread that builds the review queue and groups the faces again after some answers, on its own connection, so
//! that neither commands nor pages wait for it.
//!
//! Between two queues it keeps a cache of the library.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use crate::app::session::event::{Event, Events};
use crate::app::session::request::Request;
use crate::app::session::worker_thread::WorkerThread;
use crate::app::state::queries::{Query, QueryResult};
use crate::curate::{self, CurateError, ReviewCache};
use crate::library::Library;
use crate::stop::StopFlag;

/// A request to the thread.
enum ReviewRequest {
    /// Build a queue, unless the flag is set.
    Queue(StopFlag),
    GroupAgain,
}

/// A handle to the thread; dropping it ends the thread.
pub struct ReviewThread {
    thread: WorkerThread<ReviewRequest>,
    /// The stop flag of the queue that is being built.
    making: Option<StopFlag>,
}

impl ReviewThread {
    /// `refresh` requests a new snapshot from the library thread; no results are sent after `stop` is set.
    pub fn start(
        library: Library,
        events: Events,
        refresh: Sender<Request>,
        stop: StopFlag,
    ) -> std::io::Result<ReviewThread> {
        let run = move |requests: &Receiver<ReviewRequest>| {
            run(library, requests, &events, &refresh, &stop);
        };
        Ok(ReviewThread {
            thread: WorkerThread::start("review", run)?,
            making: None,
        })
    }

    /// Requests the queue. The result arrives as an event; it is empty if the queue was cancelled.
    pub fn ask(&mut self) {
        let stop = StopFlag::default();
        self.making = Some(stop.clone());
        self.thread.send(ReviewRequest::Queue(stop));
    }

    /// The queue has arrived.
    pub fn answered(&mut self) {
        self.making = None;
    }

    /// Cancels the queue; true if one was being built.
    pub fn leave(&mut self) -> bool {
        let making = self.making.take();
        making.inspect(StopFlag::stop).is_some()
    }

    pub fn group_again(&self) {
        self.thread.send(ReviewRequest::GroupAgain);
    }
}

fn run(
    mut library: Library,
    requests: &Receiver<ReviewRequest>,
    events: &Events,
    refresh: &Sender<Request>,
    stop: &StopFlag,
) {
    let mut review = ReviewCache::default();
    while let Ok(request) = requests.recv() {
        let mut waiting = vec![request];
        waiting.extend(requests.try_iter());
        let groups_again = |request: &ReviewRequest| matches!(request, ReviewRequest::GroupAgain);
        if waiting.iter().any(groups_again) {
            match curate::group_again(&mut library, stop) {
                Ok(_) if refresh.send(Request::Refresh).is_err() => return,
                Ok(_) => {}
                Err(CurateError::Stopped(_)) => return,
                Err(error) => events.failed(error),
            }
        }
        let mut asked = waiting.into_iter().filter_map(|request| match request {
            ReviewRequest::Queue(until) => Some(until),
            ReviewRequest::GroupAgain => None,
        });
        // Every request gets a result, but a queue is built for the last request only.
        let mut next = asked.next();
        while let Some(until) = next {
            next = asked.next();
            let is_last = next.is_none();
            let result = is_last.then(|| queue(&mut review, &library, events, &until));
            if stop.is_set() {
                return;
            }
            events.send(Event::QueryResult(Query::Review, result.flatten()));
        }
    }
}

/// `None` if it was cancelled or the library can't be read.
fn queue(
    review: &mut ReviewCache,
    library: &Library,
    events: &Events,
    stop: &StopFlag,
) -> Option<QueryResult> {
    match review.queue(library, &HashSet::new(), stop) {
        Ok(queue) => Some(QueryResult::Review(Arc::new(queue))),
        Err(CurateError::Stopped(_)) => None,
        Err(error) => {
            events.failed(error);
            None
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can't go on fails")]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_queue_that_was_left_is_answered_with_nothing_and_the_next_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(&folder.path().join("library.sqlite")).unwrap();
        let (sender, answers) = channel();
        let events = Events::new(sender, egui::Context::default());
        let (refresh, _refreshed) = channel();
        let (requests, receiver) = channel();
        let left = StopFlag::default();
        left.stop();
        requests.send(ReviewRequest::Queue(left)).unwrap();
        let stop = StopFlag::default();
        let thread = std::thread::spawn(move || run(library, &receiver, &events, &refresh, &stop));
        let answer = || match answers.recv_timeout(Duration::from_secs(60)).unwrap() {
            Event::QueryResult(Query::Review, result) => result.is_some(),
            _ => panic!("another event"),
        };
        assert!(!answer());
        requests
            .send(ReviewRequest::Queue(StopFlag::default()))
            .unwrap();
        assert!(answer());
        drop(requests);
        thread.join().unwrap();
    }
}
