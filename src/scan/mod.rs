//! From folders to faces in the library: a pipeline of bounded queues.
//!
//! ```text
//! look (walk, compare with the library) ─▶ read + hash ─▶ decode, detect, align, embed ─▶ store
//!  the calling thread                      few threads     one thread per core            the calling thread
//! ```
//!
//! 1. **Look.** Every folder is walked and compared with the library by path, size and time. Unchanged photos end here.
//! 2. **Verify.** Known paths whose size or time changed are read and hashed: most were only touched.
//! 3. **New paths** are read and hashed: bytes that the library knows from a path where they no longer are have *moved*
//!    and keep their faces and people; bytes that are still there as well are a *copy* and take over the faces that were
//!    found; all others are decoded and searched for faces.
//! 4. **Changed photos** are searched for faces again; the library keeps the people of faces that are still the same.
//!    So are unchanged photos whose faces were embedded in another way than today's ([`crate::vision::EMBEDDING_MODEL`]).
//! 5. What was walked to the end and not found has *vanished*: marked, never deleted. Below a folder that went away
//!    meanwhile nothing has.
//!
//! The order matters: before a changed photo's faces are replaced, every place its old bytes may have gone to is known.
//!
//! Memory is bounded whatever the number and size of photos: queues are short, and the bytes of files and pixels being
//! worked on come out of two budgets. Results are stored in batches, each one transaction, so that a scan that is stopped
//! or killed loses at most the photos in flight, and the next one goes on where it ended.

mod analyse;
mod budget;
mod control;
mod embed_batch;
mod error;
mod face_finder;
mod item;
mod lost_folders;
mod options;
mod pipeline;
mod plan;
mod progress;
mod stage_clock;
mod task;
mod writer;

use std::path::PathBuf;
use std::sync::Mutex;

// The photos that the window shows wait for memory in the same way.
#[cfg(feature = "gui")]
pub(crate) use budget::Budget;
pub use control::ScanControl;
pub use error::ScanError;
pub use face_finder::{Face, FaceFinder, FaceFinderError};
pub use options::{ScanOptions, ScanSummary, UnreachableFolder};
pub use progress::{Phase, Progress};
pub use stage_clock::StageSeconds;

use crate::library::{FoundProblem, Library};
use crate::photo;
use crate::vision::Engine;
use item::lock;
use pipeline::Pipeline;
use plan::known_photos::KnownPhotos;
use plan::{plan_scan, roots::resolve};
use task::Task;
use writer::Writer;

/// Scans folders into the library. Blocks until done or stopped; `on_progress` is called from this thread, at most about
/// ten times a second, and at the end of each phase.
///
/// A folder that can't be reached is told in the summary and leaves what is known of it as it is; only where none can be
/// reached is that an error.
pub fn scan(
    library: &mut Library,
    engine: &Engine,
    roots: &[PathBuf],
    options: &ScanOptions,
    control: &ScanControl,
    on_progress: &(dyn Fn(&Progress) + Sync),
) -> Result<ScanSummary, ScanError> {
    let mut unreachable = Vec::new();
    let targets = resolve(library, roots, &mut unreachable)?;
    let finder = FaceFinder::new(engine, *options, control.stop_flag().clone());
    forget_stamps_of_other_readers(library)?;
    let mut writer = Writer::new(library, on_progress, unreachable, &finder.clock);
    let mut known_photos = KnownPhotos::load(writer.library())?;
    let plan = plan_scan(&targets, &mut known_photos, &mut writer, control)?;
    writer.fail_if_unreachable(roots.len())?;

    let known_photos = Mutex::new(known_photos);
    let pipeline = Pipeline::new(&finder, options, control, &known_photos);
    pipeline.run(plan.changed.into_iter().map(Task::Verify), &mut writer)?;
    pipeline.run(plan.new.into_iter().map(Task::Identify), &mut writer)?;
    let overwritten = writer.settle_overwritten(&known_photos)?;
    let to_search_again = overwritten.into_iter().chain(plan.outdated);
    pipeline.run(to_search_again.map(Task::Search), &mut writer)?;
    writer.settle_copies()?;
    if !control.is_stopped() {
        let known_photos = lock(&known_photos);
        writer.mark_vanished(&known_photos.gone(&pipeline.lost.all()))?;
    }
    writer.finish(control.is_stopped())
}

/// The setting that says which reader of photos found the problems.
const PROBLEMS_READER: &str = "problems_reader";

/// A file that could not be read is left alone until it changes, but another version of Kinfolk may be able to read it.
fn forget_stamps_of_other_readers(library: &mut Library) -> Result<(), ScanError> {
    if library.setting(PROBLEMS_READER)?.as_deref() == Some(photo::READER) {
        return Ok(());
    }
    let problems = library.problems()?.into_iter();
    let unsettled: Vec<FoundProblem> = problems
        .filter(|problem| !problem.is_read)
        .map(|problem| FoundProblem {
            root_id: problem.root_id,
            path: problem.path,
            file_size: 0,
            modified_ns: 0,
            reason: problem.reason,
        })
        .collect();
    library.store_problems(&unsettled)?;
    library.set_setting(PROBLEMS_READER, Some(photo::READER))?;
    Ok(())
}
