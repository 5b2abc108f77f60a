//! From folders to faces in the library: a pipeline of bounded queues.
//!
//! ```text
//! plan (walk, compare with the library) ─▶ read + hash ─▶ decode, detect, align, embed ─▶ store
//!  the calling thread                      few threads     one thread per core            the calling thread
//! ```
//!
//! 1. **Plan.** Every folder is walked and compared with the library by path, size and time. Unchanged photos are
//!    not read.
//! 2. **Verify.** Files at known paths whose size or time changed are read and hashed. Usually only the time has changed.
//! 3. **Identify.** Files at new paths are read and hashed. If a known photo has the same content and is no longer at
//!    its path, it has *moved* and keeps its faces and people. If it is still there as well, the file is a *copy* and takes
//!    over the faces. If a whole root is gone, a folder is its candidate new place if it has new files with the relative
//!    path and size of at least half of the root's photos; the photos with equal content move there, and so does the root.
//!    If the folder is back later (the drive was unplugged, and a backup was scanned), they return, and leave copies.
//!    All other files are searched for faces.
//! 4. **Search again.** Changed photos are searched for faces again; faces that are still the same keep their people.
//!    Unchanged photos are searched again if their embeddings were made by other models than the library's current one
//!    ([`Library::embedding_model`]), by which all faces are embedded.
//! 5. **Vanished.** Known photos in walked folders that were not found are marked, never deleted. Photos below a folder
//!    that became unreadable meanwhile are not marked.
//! 6. **Pairs.** Files that are one photo to a person count once ([`crate::photo::left_out`]); where the second came after the
//!    first was scanned, what was decided in the one that is left out now is carried over.
//!
//! The order matters: before the faces of a changed photo are replaced, the scan has found every path to which its former
//! content may have moved.
//!
//! Memory is bounded for any number and size of photos: queues are short, and the bytes of files and pixels come out of
//! two budgets. Results are stored in batches, each in one transaction, so a scan that is stopped or killed loses at
//! most the photos it is working on, and the next scan continues there.

mod analyse;
mod batch;
#[cfg(feature = "byo")]
pub mod brought;
mod coarse;
mod control;
mod embed_batch;
mod error;
mod excluded;
mod face_finder;
mod gone_folders;
mod item;
mod library_engine;
mod lock;
mod lost_folders;
mod memory_budget;
mod migrate;
mod options;
mod pipeline;
mod plan;
mod progress;
mod relocate;
mod stage_clock;
mod task;
mod writer;

use std::path::PathBuf;
use std::sync::Mutex;

pub use coarse::coarse_photos;
pub use control::ScanControl;
pub use error::ScanError;
pub use excluded::{
    LeftOutList, LeftOutRow, keep_patterns, list_left_out, look_at_left_out, patterns,
};
pub use face_finder::{Face, FaceFinder, FaceFinderError};
pub use gone_folders::gone_folders;
// The photos that the window shows wait for memory in the same way.
pub use library_engine::{EngineError, engine_for, library_engine};
#[cfg(feature = "gui")]
pub(crate) use memory_budget::Budget;
pub use migrate::{
    LeftPhoto, MigrateError, MigrateOptions, MigrationSummary, look_at_migration, migrate,
};
pub use options::{MovedFolder, ScanOptions, ScanSummary, UnreachableFolder};
pub use progress::{Phase, Progress};
pub use relocate::{RelocateError, Relocation, look_for_relocated, relocate};
pub use stage_clock::StageSeconds;

use crate::library::{FoundProblem, Library, PhotoId};
use crate::photo;
use crate::vision::Engine;
use lock::lock;
use pipeline::Pipeline;
use plan::again::plan_again;
use plan::known_photos::KnownPhotos;
use plan::moved_roots::find_moved_roots;
use plan::{Plan, plan_scan, roots::resolve};
use task::Task;
use writer::Writer;

/// Scans folders into the library. Blocks until the scan is done or stopped. `on_progress` is called from this thread
/// at most about ten times a second, and at the end of each phase.
///
/// A folder that can't be reached is reported in the summary, and what the library knows of it stays unchanged. It is
/// an error only if no folder can be reached.
pub fn scan(
    library: &mut Library,
    engine: &Engine,
    roots: &[PathBuf],
    options: &ScanOptions,
    control: &ScanControl,
    on_progress: &(dyn Fn(&Progress) + Sync),
) -> Result<ScanSummary, ScanError> {
    let engine = &library_engine(library, engine)?;
    let mut unreachable = Vec::new();
    let targets = resolve(library, roots, &mut unreachable)?;
    let finder = FaceFinder::new(engine, *options, control.stop_flag().clone());
    forget_stamps_of_other_readers(library)?;
    let mut writer = Writer::new(library, on_progress, unreachable, &finder.clock);
    let mut known_photos = KnownPhotos::load(writer.library())?;
    let patterns = patterns(writer.library())?;
    let mut plan = plan_scan(
        &targets,
        &patterns,
        &mut known_photos,
        &mut writer,
        control,
        options,
    )?;
    writer.fail_if_unreachable(roots.len())?;

    if !plan.new.is_empty() {
        let former = writer.library().former_roots()?;
        let mut moved_roots = known_photos.returned_roots(former, &plan.new);
        moved_roots.extend(find_moved_roots(known_photos.gone_roots(), &plan.new));
        known_photos.expect_at(moved_roots);
    }
    let pairs = std::mem::take(&mut plan.pairs);
    let known_photos = Mutex::new(known_photos);
    let pipeline = Pipeline::new(&finder, options, control, &known_photos);
    search_planned(&pipeline, plan, &known_photos, &mut writer)?;
    if !control.is_stopped() {
        let known_photos = lock(&known_photos);
        writer.mark_vanished(&known_photos.gone(&pipeline.lost.all()))?;
        writer.move_roots(known_photos.roots_found_elsewhere())?;
        writer.count_as_one(&pairs)?;
    }
    writer.finish(control.is_stopped())
}

/// Searches some known photos for faces again, also unchanged ones; what people decided about faces that are found again
/// stays. Otherwise as [`scan`]: photos that are not there are in the summary's `unreachable`.
pub fn look_again(
    library: &mut Library,
    engine: &Engine,
    photos: &[PhotoId],
    options: &ScanOptions,
    control: &ScanControl,
    on_progress: &(dyn Fn(&Progress) + Sync),
) -> Result<ScanSummary, ScanError> {
    let options = ScanOptions {
        again: true,
        ..*options
    };
    let engine = &library_engine(library, engine)?;
    let finder = FaceFinder::new(engine, options, control.stop_flag().clone());
    let mut writer = Writer::new(library, on_progress, Vec::new(), &finder.clock);
    let mut known_photos = KnownPhotos::load(writer.library())?;
    let plan = plan_again(photos, &mut known_photos, &mut writer)?;
    writer.fail_if_unreachable(photos.len())?;
    let known_photos = Mutex::new(known_photos);
    let pipeline = Pipeline::new(&finder, &options, control, &known_photos);
    search_planned(&pipeline, plan, &known_photos, &mut writer)?;
    writer.finish(control.is_stopped())
}

/// Reads and searches the files of a plan.
fn search_planned(
    pipeline: &Pipeline<'_>,
    plan: Plan,
    known_photos: &Mutex<KnownPhotos>,
    writer: &mut Writer<'_>,
) -> Result<(), ScanError> {
    pipeline.run(plan.changed.into_iter().map(Task::Verify), writer)?;
    pipeline.run(plan.new.into_iter().map(Task::Identify), writer)?;
    let overwritten = writer.settle_overwritten(known_photos)?;
    let moved = writer.take_moved_outdated(&lock(known_photos));
    let to_search_again = overwritten.into_iter().chain(plan.outdated).chain(moved);
    pipeline.run(to_search_again.map(Task::Search), writer)?;
    writer.settle_copies(lock(known_photos).take_left_behind())
}

/// The setting that stores which version of the readers found the problems.
const PROBLEMS_READER: &str = "problems_reader";

/// A file that could not be read is skipped until it changes, but another version of Kinfolk may be able to read it.
fn forget_stamps_of_other_readers(library: &mut Library) -> Result<(), ScanError> {
    if library.setting(PROBLEMS_READER)?.as_deref() == Some(photo::READER) {
        return Ok(());
    }
    let problems = library.problems()?.into_iter();
    let unsettled: Vec<FoundProblem> = problems
        .filter(|problem| !problem.is_read())
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
