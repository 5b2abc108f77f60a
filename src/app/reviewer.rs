//! The thread that makes the review's queue, and groups the faces again after some answers; on a connection of its own,
//! so that neither commands nor pages wait for it.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use crate::app::details::{Detail, DetailKey};
use crate::app::event::{Event, Events};
use crate::app::mailbox::Mailbox;
use crate::app::worker::Request;
use crate::curate::{self, CurateError};
use crate::library::Library;
use crate::stop::StopFlag;

/// What the reviewer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewRequest {
    Queue,
    GroupAgain,
}

/// A handle of the reviewer; the thread ends when it is dropped.
pub struct Reviewer(Mailbox<ReviewRequest>);

impl Reviewer {
    /// `refresh` asks the worker for a new snapshot; once `stop` is set nothing more is answered.
    pub fn start(
        library: Library,
        events: Events,
        refresh: Sender<Request>,
        stop: StopFlag,
    ) -> std::io::Result<Reviewer> {
        let run = move |requests: &Receiver<ReviewRequest>| {
            run(library, requests, &events, &refresh, &stop);
        };
        Mailbox::start("review", run).map(Reviewer)
    }

    pub fn send(&self, request: ReviewRequest) {
        self.0.send(request);
    }
}

fn run(
    mut library: Library,
    requests: &Receiver<ReviewRequest>,
    events: &Events,
    refresh: &Sender<Request>,
    stop: &StopFlag,
) {
    while let Ok(request) = requests.recv() {
        let mut waiting = vec![request];
        waiting.extend(requests.try_iter());
        if waiting.contains(&ReviewRequest::GroupAgain) {
            match curate::group_again(&mut library, stop) {
                Ok(_) if refresh.send(Request::Refresh).is_err() => return,
                Ok(_) => {}
                Err(CurateError::Stopped(_)) => return,
                Err(error) => events.failed(error),
            }
        }
        // Every question gets an answer; the last is as good as any.
        let asked = waiting
            .iter()
            .filter(|request| **request == ReviewRequest::Queue);
        let asked = asked.count();
        for number in 1..=asked {
            let detail = (number == asked).then(|| queue(&library, events, stop)).flatten();
            events.send(Event::Detail(DetailKey::Review, detail));
        }
    }
}

fn queue(library: &Library, events: &Events, stop: &StopFlag) -> Option<Detail> {
    let read = || -> Result<Detail, CurateError> {
        let queue = curate::review_queue(library, &HashSet::new(), stop)?;
        Ok(Detail::Review(Arc::new(queue)))
    };
    match read() {
        Ok(detail) => Some(detail),
        Err(CurateError::Stopped(_)) => None,
        Err(error) => {
            events.failed(error);
            None
        }
    }
}
