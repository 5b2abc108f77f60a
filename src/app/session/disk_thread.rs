//! The thread that looks at the scanned folders on the disk for pages: whether they are there, and what scans leave out.
//! A network drive may let it wait for minutes, so nothing else runs here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use glob::Pattern;

use crate::app::session::event::{Event, Events};
use crate::app::session::worker_thread::WorkerThread;
use crate::app::state::queries::{LeftOutLine, LeftOutReport, Query, QueryResult};
use crate::files::path_text;
use crate::library::{Library, RootRow};
use crate::photo::normal_root;
use crate::scan::{self, LeftOutList, LeftOutRow, ScanControl, ScanError};

/// A query, and the control that stops it.
type DiskRequest = (Query, ScanControl);

/// A handle to the thread; dropping it ends the thread after the folder that is being listed.
pub struct DiskThread {
    thread: WorkerThread<DiskRequest>,
    /// The control of the list of what is left out that is being made.
    listing: Option<ScanControl>,
    closed: ScanControl,
}

impl DiskThread {
    /// Sends no results after it was closed.
    pub fn start(library: Library, events: Events) -> std::io::Result<DiskThread> {
        let closed = ScanControl::default();
        let is_closed = closed.clone();
        let run =
            move |requests: &Receiver<DiskRequest>| run(&library, requests, &events, &is_closed);
        Ok(DiskThread {
            thread: WorkerThread::start("disk", run)?,
            listing: None,
            closed,
        })
    }

    /// Requests a query; [`Query::is_about_disk`] is true for it.
    pub fn ask(&mut self, query: Query) {
        let control = ScanControl::default();
        if query == Query::LeftOut {
            self.leave();
            self.listing = Some(control.clone());
        }
        self.thread.send((query, control));
    }

    /// The list of what is left out has arrived.
    pub fn listed(&mut self) {
        self.listing = None;
    }

    /// Stops the list of what is left out; true if one was being made.
    pub fn leave(&mut self) -> bool {
        let listing = self.listing.take();
        listing.inspect(ScanControl::stop).is_some()
    }

    /// Stops everything, for good.
    pub fn close(&mut self) {
        self.closed.stop();
        self.leave();
    }
}

impl Drop for DiskThread {
    fn drop(&mut self) {
        self.close();
    }
}

fn run(library: &Library, requests: &Receiver<DiskRequest>, events: &Events, closed: &ScanControl) {
    while let Ok((query, control)) = requests.recv() {
        let result = match query {
            Query::GoneFolders => scan::gone_folders(library)
                .map(|gone| QueryResult::GoneFolders(Arc::new(gone)))
                .map_err(ScanError::from),
            _ => left_out(library, &control).map(|report| QueryResult::LeftOut(Arc::new(report))),
        };
        if closed.is_stopped() {
            return;
        }
        let result = match result {
            // What was stopped is not whole.
            Ok(_) if control.is_stopped() => None,
            Ok(result) => Some(result),
            Err(error) => {
                events.failed(error);
                None
            }
        };
        events.send(Event::QueryResult(query, result));
    }
}

/// What scans of all folders that can be reached leave out.
fn left_out(library: &Library, control: &ScanControl) -> Result<LeftOutReport, ScanError> {
    let roots = library.roots()?;
    let folders = roots.iter().map(|root| root.path.clone());
    let (reached, unreachable): (Vec<PathBuf>, Vec<PathBuf>) =
        folders.partition(|folder| normal_root(folder).is_ok());
    let patterns = scan::patterns(library)?;
    let list = scan::look_at_left_out(&reached, &roots, &patterns, control)?;
    Ok(report(list, &roots, unreachable))
}

fn report(list: LeftOutList, roots: &[RootRow], unreachable: Vec<PathBuf>) -> LeftOutReport {
    let mut reasons = BTreeMap::new();
    for row in &list.rows {
        *reasons.entry(row.why).or_default() += 1;
    }
    let rows = list.rows.into_iter().map(|row| line(row, roots));
    LeftOutReport {
        rows: rows.collect(),
        reasons: reasons.into_iter().collect(),
        other_files: list.other_files.into_iter().collect(),
        unreachable,
    }
}

fn line(row: LeftOutRow, roots: &[RootRow]) -> LeftOutLine {
    let below = roots
        .iter()
        .find_map(|root| row.path.strip_prefix(&root.path).ok());
    LeftOutLine {
        pattern: pattern_of(below.unwrap_or(&row.path)),
        path: row.path,
        is_folder: row.is_folder,
        why: row.why,
    }
}

/// The pattern that means just this place in a scanned folder.
fn pattern_of(below: &Path) -> String {
    let path = path_text::text_of(below);
    format!(
        "/{}",
        Pattern::escape(path_text::shown_text(&path).trim_start_matches('/'))
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can't go on fails")]
mod tests {
    use crate::photo::Patterns;

    use super::*;

    #[test]
    fn the_pattern_of_a_line_includes_it_whatever_its_name() {
        for name in ["Screenshots [old]", "a*b?", "@eaDir", "2019/June/#recycle"] {
            let mut patterns = Patterns::default();
            patterns.add_include(&pattern_of(Path::new(name))).unwrap();
            let pattern = Pattern::new(patterns.include[0].trim_start_matches('/')).unwrap();
            assert!(pattern.matches(name), "{name}: {pattern:?}");
        }
    }
}
