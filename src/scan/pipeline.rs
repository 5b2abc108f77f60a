//! The threads between the plan and the writer: readers, then one worker per core.
//!
//! The queues hold only a few files, and the bytes that readers hold come out of a budget, so memory doesn't grow with
//! the number of photos.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};

use super::analyse::analyse;
use super::embed_batch::EmbedBatch;
use super::face_finder::{FaceFinder, FaceFinderError};
use super::item::{FileStatus, Item};
use super::lock::lock;
use super::lost_folders::{Loss, LostFolders};
use super::memory_budget::{Budget, FILE_MEMORY, Loan};
use super::plan::known_photos::{KnownPhotos, identify};
use super::stage_clock::Stage;
use super::task::{Finding, Task};
use super::writer::Writer;
use super::{ScanControl, ScanError, ScanOptions};
use crate::library::PhotoId;
use crate::photo::{self, ContentHash, PhotoError, PhotoFile};

/// Most readers: enough to keep workers busy from a network drive, few enough to keep a disk from seeking.
const MAX_READERS: usize = 4;

pub(super) struct Pipeline<'a> {
    finder: &'a FaceFinder<'a>,
    options: &'a ScanOptions,
    control: &'a ScanControl,
    known_photos: &'a Mutex<KnownPhotos>,
    file_memory: Budget,
    pub(super) lost: LostFolders,
    /// The writer has failed, so the other threads stop.
    broken: AtomicBool,
    /// The file that a worker began last, for progress reports.
    current: Mutex<Option<PathBuf>>,
}

/// A file on its way from a reader to a worker.
struct Job<'a> {
    item: Item,
    file: PhotoFile,
    _loan: Loan<'a>,
}

impl<'a> Pipeline<'a> {
    pub(super) fn new(
        finder: &'a FaceFinder<'a>,
        options: &'a ScanOptions,
        control: &'a ScanControl,
        known_photos: &'a Mutex<KnownPhotos>,
    ) -> Self {
        Self {
            finder,
            options,
            control,
            known_photos,
            file_memory: Budget::new(FILE_MEMORY),
            lost: LostFolders::default(),
            broken: AtomicBool::new(false),
            current: Mutex::new(None),
        }
    }

    /// Runs tasks through the threads; the calling thread writes. Returns when all are done and stored, or when the
    /// scan is stopped.
    pub(super) fn run(
        &self,
        tasks: impl Iterator<Item = Task> + Send,
        writer: &mut Writer<'_>,
    ) -> Result<(), ScanError> {
        let workers = self.options.threads.max(1);
        let tasks = Mutex::new(tasks);
        let (job_sender, jobs) = bounded(workers);
        let (finding_sender, findings) = bounded(2 * workers);
        thread::scope(|scope| {
            for _ in 0..workers.min(MAX_READERS) {
                let (jobs, findings) = (job_sender.clone(), finding_sender.clone());
                spawn(scope, "scan: read", || {
                    self.read_all(&tasks, jobs, findings)
                })?;
            }
            for _ in 0..workers {
                let (jobs, findings) = (jobs.clone(), finding_sender.clone());
                spawn(scope, "scan: search", || self.search_all(jobs, findings))?;
            }
            // The queues end when the last thread drops its end.
            drop((job_sender, jobs, finding_sender));
            let written = writer.take_all(&findings, &self.current);
            if written.is_err() {
                self.broken.store(true, Ordering::Relaxed);
            }
            drop(findings);
            written
        })
    }

    fn may_go_on(&self) -> bool {
        !self.broken.load(Ordering::Relaxed) && self.control.may_go_on()
    }

    fn read_all<'s>(
        &'s self,
        tasks: &Mutex<impl Iterator<Item = Task>>,
        jobs: Sender<Job<'s>>,
        findings: Sender<Finding>,
    ) {
        while self.may_go_on() {
            let Some(task) = lock(tasks).next() else {
                return;
            };
            let sent = match self.read(task) {
                Read::Done(finding) => findings.send(finding).is_ok(),
                Read::ToSearch(job) => jobs.send(*job).is_ok(),
            };
            if !sent {
                return;
            }
        }
    }

    fn read(&self, task: Task) -> Read<'_> {
        let item = match &task {
            Task::Verify(changed) => &changed.item,
            Task::Identify(item) | Task::Search(item) => item,
        };
        if self.lost.contain(item) {
            return Read::Done(Finding::NotRead);
        }
        let loan = self.file_memory.take(item.stamp.bytes);
        let stop = self.control.stop_flag();
        let read = || photo::read(&item.absolute(), &self.options.limits, stop);
        let file = match self.finder.clock.time(Stage::Read, read) {
            Ok(file) => file,
            Err(PhotoError::Stopped) => return Read::Done(Finding::NotRead),
            Err(error) => return Read::Done(self.failed(task.into_item(), None, error.into())),
        };
        let (content, stamp) = (file.content_hash, file.stamp);
        let to_search = |item| {
            Read::ToSearch(Box::new(Job {
                item,
                file,
                _loan: loan,
            }))
        };
        match task {
            Task::Search(item) => to_search(item),
            Task::Verify(changed) => {
                let verified = lock(self.known_photos).verify(changed.number, &content);
                match verified {
                    Some(photo_id) if self.is_searched_again(photo_id) => to_search(changed.item),
                    Some(photo_id) => Read::Done(Finding::Same { photo_id, stamp }),
                    None => Read::Done(Finding::Overwritten {
                        changed,
                        content,
                        stamp,
                    }),
                }
            }
            Task::Identify(item) => match identify(self.known_photos, &item, &content) {
                FileStatus::New => to_search(item),
                FileStatus::Same(photo_id) | FileStatus::Returned(photo_id)
                    if self.is_searched_again(photo_id) =>
                {
                    to_search(item)
                }
                status => Read::Done(Finding::Identified {
                    item,
                    status,
                    content,
                    stamp,
                }),
            },
        }
    }

    /// Whether a known photo is searched though its bytes are the same.
    fn is_searched_again(&self, photo_id: PhotoId) -> bool {
        self.options.again || lock(self.known_photos).is_outdated(photo_id)
    }

    /// Distinguishes a file that can't be read from a folder that is gone.
    fn failed(&self, item: Item, content: Option<ContentHash>, error: FaceFinderError) -> Finding {
        let is_io = matches!(error, FaceFinderError::Photo(PhotoError::Io { .. }));
        let loss = match is_io {
            true => self.lost.check_around(&item),
            false => Loss::OfThisFile,
        };
        match loss {
            Loss::New(folder) => Finding::FolderLost(folder),
            Loss::Known => Finding::NotRead,
            Loss::OfThisFile => Finding::Failed {
                item,
                content,
                error,
            },
        }
    }

    fn search_all(&self, jobs: Receiver<Job<'_>>, findings: Sender<Finding>) {
        let mut waiting = EmbedBatch::default();
        let send_all = |waiting: &mut EmbedBatch| {
            let mut finished = waiting.finish(self.finder).into_iter();
            finished.all(|finding| findings.send(finding).is_ok())
        };
        while let Some(job) = next_job(&jobs, &mut waiting, send_all) {
            if !self.may_go_on() {
                break;
            }
            *lock(&self.current) = Some(job.item.absolute());
            let content = job.file.content_hash;
            match analyse(&job.item, &job.file, self.finder) {
                Ok(analysed) => waiting.add(job.item, content, analysed),
                Err(error) if error.is_stopped() => break,
                Err(error) => {
                    let failed = self.failed(job.item, Some(content), error);
                    if findings.send(failed).is_err() {
                        return;
                    }
                }
            }
            if waiting.is_full() && !send_all(&mut waiting) {
                return;
            }
        }
        send_all(&mut waiting);
    }
}

/// The next job. If there is none yet, the waiting photos are finished meanwhile.
fn next_job<'a>(
    jobs: &Receiver<Job<'a>>,
    waiting: &mut EmbedBatch,
    send_all: impl Fn(&mut EmbedBatch) -> bool,
) -> Option<Job<'a>> {
    match jobs.try_recv() {
        Ok(job) => return Some(job),
        Err(TryRecvError::Disconnected) => return None,
        Err(TryRecvError::Empty) => {}
    }
    if !waiting.is_empty() && !send_all(waiting) {
        return None;
    }
    jobs.recv().ok()
}

/// The result of reading a file.
enum Read<'a> {
    Done(Finding),
    ToSearch(Box<Job<'a>>),
}

fn spawn<'scope, 'env>(
    scope: &'scope thread::Scope<'scope, 'env>,
    name: &str,
    work: impl FnOnce() + Send + 'scope,
) -> Result<(), ScanError> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn_scoped(scope, work)
        .map(drop)
        .map_err(ScanError::Thread)
}
