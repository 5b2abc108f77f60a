//! The only thread that writes. It stores findings in batches, one transaction for each kind, and reports progress.

use std::collections::{BTreeMap, HashMap};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::batch::Batch;
use super::coarse::CoarseLooks;
use super::face_finder::FaceFinderError;
use super::item::{FileStatus, Item};
use super::lock::lock;
use super::lost_folders::LostFolder;
use super::plan::known_photos::{KnownPhotos, identify};
use super::plan::moved_roots::{MoveKind, MovedRoot};
use super::plan::roots::Target;
use super::progress::{Meter, REPORT_INTERVAL};
use super::stage_clock::{Stage, StageClock};
use super::task::Finding;
use super::{MovedFolder, Phase, Progress, ScanError, ScanSummary, UnreachableFolder};
use crate::library::{
    FormerRoot, FoundProblem, Library, LibraryError, MovedPhoto, OnePhoto, PhotoId, ProblemRow,
    RootMove, ScannedPhoto, TouchedPhoto,
};
use crate::photo::{ContentHash, FileStamp, LeftOut, PhotoError};
use crate::vision::tile_coarseness;

pub(super) struct Writer<'a> {
    library: &'a mut Library,
    summary: ScanSummary,
    started: Instant,
    batch: Batch,
    looks: CoarseLooks,
    overwritten: Vec<Overwritten>,
    moved: Vec<(PhotoId, Item)>,
    /// Files with the same bytes as another file of this scan, which is searched for faces first.
    copies: Vec<File>,
    /// Why the bytes of some copies can't be read, and whether the bytes themselves are the cause.
    failed_contents: HashMap<ContentHash, (String, bool)>,
    meter: Meter<'a>,
    clock: &'a StageClock,
}

/// A file that has been read.
struct File {
    item: Item,
    content: ContentHash,
    stamp: FileStamp,
}

struct Overwritten {
    file: File,
    number: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        library: &'a mut Library,
        on_progress: &'a (dyn Fn(&Progress) + Sync),
        unreachable: Vec<UnreachableFolder>,
        clock: &'a StageClock,
    ) -> Self {
        Self {
            library,
            summary: ScanSummary {
                unreachable,
                ..ScanSummary::default()
            },
            started: Instant::now(),
            batch: Batch::new(),
            looks: CoarseLooks::default(),
            overwritten: Vec::new(),
            moved: Vec::new(),
            copies: Vec::new(),
            failed_contents: HashMap::new(),
            meter: Meter::new(on_progress),
            clock,
        }
    }

    pub(super) fn library(&self) -> &Library {
        self.library
    }

    // Results of the plan.

    pub(super) fn found(&self) -> u64 {
        self.summary.photos_found
    }

    pub(super) fn report_walk(&mut self, found: u64) {
        if self.meter.is_due() {
            self.meter.report(&self.summary, found);
        }
    }

    pub(super) fn note_unreachable(&mut self, folder: &Path, reason: String) {
        self.summary.unreachable.push(UnreachableFolder {
            path: folder.to_string_lossy().into_owned(),
            reason,
        });
    }

    /// Fails if none of the given folders could be reached.
    pub(super) fn fail_if_unreachable(&mut self, asked: usize) -> Result<(), ScanError> {
        let unreachable = &mut self.summary.unreachable;
        if asked > 0 && unreachable.len() == asked {
            return Err(ScanError::Unreachable(mem::take(unreachable)));
        }
        self.meter.enter(Phase::Scanning, &self.summary);
        Ok(())
    }

    pub(super) fn note_walk(&mut self, photos: u64, other_files: BTreeMap<String, u64>) {
        self.summary.photos_found += photos;
        for (kind, files) in other_files {
            *self.summary.other_files.entry(kind).or_default() += files;
        }
    }

    pub(super) fn note_left_out(&mut self, left_out: &[LeftOut], known_photos: u64) {
        for left_out in left_out {
            *self.summary.left_out.entry(left_out.why).or_default() += 1;
        }
        self.summary.known_left_out += known_photos;
    }

    pub(super) fn note_unchanged(&mut self) {
        self.summary.unchanged += 1;
        self.meter.done += 1;
    }

    /// A file that is as it was when it could not be read.
    pub(super) fn note_known_problem(&mut self) {
        self.summary.problems += 1;
        self.meter.done += 1;
    }

    /// Paths in a walked folder for which the library has a problem, with the stamps that the files had then.
    pub(super) fn problems_below(
        &self,
        target: &Target,
    ) -> Result<HashMap<String, FileStamp>, ScanError> {
        let problems = self.library.problems()?.into_iter();
        let stamped = |problem: ProblemRow| {
            let stamp = FileStamp {
                bytes: problem.file_size,
                modified_ns: problem.modified_ns,
                changed_ns: None,
            };
            (problem.path, stamp)
        };
        Ok(problems
            // What is said of a photo that was read goes with the photo.
            .filter(|problem| !problem.is_read())
            .filter(|problem| problem.root_id == target.root_id && target.covers(&problem.path))
            .map(stamped)
            .collect())
    }

    pub(super) fn store_comparison(
        &mut self,
        target: &Target,
        returned: &[PhotoId],
        changed_times: &[(PhotoId, i64)],
        cleared: &[String],
        problems: &[FoundProblem],
    ) -> Result<(), ScanError> {
        self.library.mark_present(returned)?;
        if !changed_times.is_empty() {
            self.library.store_changed_times(changed_times)?;
        }
        self.library.clear_problems(target.root_id, cleared)?;
        self.library.store_problems(problems)?;
        self.summary.returned += returned.len() as u64;
        self.meter.done += returned.len() as u64;
        self.summary.problems += problems.len() as u64;
        Ok(())
    }

    // Results of reading and searching.

    /// Stores findings until their queue ends.
    pub(super) fn take_all(
        &mut self,
        findings: &Receiver<Finding>,
        current: &Mutex<Option<PathBuf>>,
    ) -> Result<(), ScanError> {
        loop {
            match findings.recv_timeout(REPORT_INTERVAL) {
                Ok(finding) => self.take(finding)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.batch.is_due() {
                self.flush()?;
            }
            if self.meter.is_due() {
                self.meter.current.clone_from(&lock(current));
                self.meter.report(&self.summary, self.summary.photos_found);
            }
        }
        self.flush()
    }

    fn take(&mut self, finding: Finding) -> Result<(), ScanError> {
        self.meter.worked += 1;
        match finding {
            Finding::Same { photo_id, stamp } => {
                self.summary.unchanged += 1;
                self.touch(photo_id, stamp);
            }
            // It is handled later, and counted then.
            Finding::Overwritten {
                changed,
                content,
                stamp,
            } => {
                self.meter.worked -= 1;
                self.overwritten.push(Overwritten {
                    file: File {
                        item: changed.item,
                        content,
                        stamp,
                    },
                    number: changed.number,
                });
                return Ok(());
            }
            Finding::Identified {
                item,
                status,
                content,
                stamp,
            } => {
                let file = File {
                    item,
                    content,
                    stamp,
                };
                self.take_identified(file, status)?;
            }
            Finding::Scanned {
                photo,
                coarse,
                note,
            } => {
                if let Some(note) = note {
                    self.note_problem_of(&photo, note.text);
                    // The whole photo may be restored: until then its people stay as they were.
                    if note.is_incomplete
                        && self.library.knows_whole_photo(photo.root_id, &photo.path)?
                    {
                        self.summary.problems += 1;
                        self.meter.done += 1;
                        return Ok(());
                    }
                    self.summary.incomplete += 1;
                }
                self.summary.photos_scanned += 1;
                if coarse.is_some() || tile_coarseness(photo.size).is_some() {
                    self.looks.note(&photo.content_hash, coarse.is_some());
                }
                let coarse = coarse.map(|path| path.to_string_lossy().into_owned());
                self.summary.coarse.extend(coarse);
                self.store(*photo);
            }
            Finding::Failed {
                item,
                content,
                error,
            } => self.fail(item, content, &error),
            Finding::FolderLost(folder) => self.note_lost(folder),
            Finding::NotRead => {}
        }
        self.meter.done += 1;
        Ok(())
    }

    fn take_identified(&mut self, file: File, status: FileStatus) -> Result<(), ScanError> {
        match status {
            FileStatus::Same(photo_id) => {
                self.summary.unchanged += 1;
                self.touch(photo_id, file.stamp);
            }
            FileStatus::Returned(photo_id) => {
                self.summary.returned += 1;
                self.touch(photo_id, file.stamp);
            }
            FileStatus::Moved(photo_id) => {
                self.summary.moved += 1;
                self.moved.push((photo_id, file.item.clone()));
                self.batch.moved.push(MovedPhoto {
                    photo_id,
                    root_id: file.item.target.root_id,
                    path: file.item.path,
                    file_size: file.stamp.bytes,
                    modified_ns: file.stamp.modified_ns,
                    changed_ns: file.stamp.changed_ns,
                });
            }
            FileStatus::CopyOf(photo_id) => self.copy(&file, photo_id)?,
            // A new file is searched by a worker, so here it can only be a file whose faces are being searched.
            FileStatus::CopyInFlight | FileStatus::New => self.copies.push(file),
        }
        Ok(())
    }

    fn touch(&mut self, photo_id: PhotoId, stamp: FileStamp) {
        self.batch.touched.push(TouchedPhoto {
            photo_id,
            file_size: stamp.bytes,
            modified_ns: stamp.modified_ns,
            changed_ns: stamp.changed_ns,
        });
    }

    fn store(&mut self, photo: ScannedPhoto) {
        let embedded = photo.faces.iter().filter(|face| face.embedding.is_some());
        self.summary.embedded += embedded.count() as u64;
        self.summary.faces += photo.faces.len() as u64;
        self.batch.scanned.push(photo);
    }

    /// Stores a second file of a known photo with the faces of the first.
    fn copy(&mut self, file: &File, source: PhotoId) -> Result<(), ScanError> {
        let Some(mut photo) = self.library.scanned_photo(source)? else {
            return Ok(());
        };
        photo.root_id = file.item.target.root_id;
        photo.path.clone_from(&file.item.path);
        photo.file_size = file.stamp.bytes;
        photo.modified_ns = file.stamp.modified_ns;
        photo.changed_ns = file.stamp.changed_ns;
        self.summary.copied += 1;
        self.store(photo);
        Ok(())
    }

    fn fail(&mut self, item: Item, content: Option<ContentHash>, error: &FaceFinderError) {
        if let FaceFinderError::Photo(PhotoError::NotYetReadable { kind }) = error {
            *self
                .summary
                .other_files
                .entry((*kind).to_owned())
                .or_default() += 1;
            self.batch.clear_problem(item);
            return;
        }
        let reason = error.reason();
        tracing::debug!("{:?}: {reason}", item.absolute());
        if let Some(content) = content {
            let failed = (reason.clone(), error.is_of_content());
            self.failed_contents.insert(content, failed);
        }
        self.note_problem(item, error.is_of_content(), reason);
    }

    /// Stores the stamp of a file that fails because of its content: it is skipped until it changes.
    fn note_problem(&mut self, item: Item, is_of_content: bool, reason: String) {
        let unsettled = FileStamp {
            bytes: 0,
            modified_ns: 0,
            changed_ns: None,
        };
        let stamp = if is_of_content { item.stamp } else { unsettled };
        self.summary.problems += 1;
        self.batch.problems.push(FoundProblem {
            root_id: item.target.root_id,
            path: item.path,
            file_size: stamp.bytes,
            modified_ns: stamp.modified_ns,
            reason,
        });
    }

    /// Stored as a problem with the photo's own stamp, beside the photo.
    fn note_problem_of(&mut self, photo: &ScannedPhoto, reason: String) {
        self.batch.problems.push(FoundProblem {
            root_id: photo.root_id,
            path: photo.path.clone(),
            file_size: photo.file_size,
            modified_ns: photo.modified_ns,
            reason,
        });
    }

    fn note_lost(&mut self, folder: LostFolder) {
        if folder.is_whole_target() {
            self.note_unreachable(&folder.target.folder(), folder.reason);
            return;
        }
        self.summary.problems += 1;
        self.batch.problems.push(FoundProblem {
            root_id: folder.target.root_id,
            path: folder.path,
            file_size: 0,
            modified_ns: 0,
            reason: folder.reason,
        });
    }

    // Decisions between the passes.

    /// Identifies the files that were found at the paths of known photos with other bytes. Returns the files to search
    /// for faces.
    pub(super) fn settle_overwritten(
        &mut self,
        known_photos: &Mutex<KnownPhotos>,
    ) -> Result<Vec<Item>, ScanError> {
        let mut to_search = Vec::new();
        for Overwritten { file, number } in mem::take(&mut self.overwritten) {
            let status = identify(known_photos, &file.item, &file.content);
            // If a photo moved to this path, the photo known here has vanished; any other file replaces it.
            if !matches!(status, FileStatus::Moved(_)) {
                lock(known_photos).note_rescanned(number);
            }
            let is_searched = match status {
                FileStatus::New => true,
                FileStatus::Same(photo_id) | FileStatus::Returned(photo_id) => {
                    lock(known_photos).is_outdated(photo_id)
                }
                _ => false,
            };
            if is_searched {
                to_search.push(file.item);
            } else {
                self.meter.done += 1;
                self.take_identified(file, status)?;
            }
        }
        self.flush()?;
        Ok(to_search)
    }

    /// The files of photos that have moved and are to be searched: their embeddings are of another model.
    pub(super) fn take_moved_outdated(&mut self, known_photos: &KnownPhotos) -> Vec<Item> {
        let moved = mem::take(&mut self.moved).into_iter();
        let outdated = moved.filter(|(photo_id, _)| known_photos.is_outdated(*photo_id));
        let items: Vec<Item> = outdated.map(|(_, item)| item).collect();
        // They are counted once they have been searched.
        self.meter.done -= items.len() as u64;
        items
    }

    /// Copies of files that this scan has searched get the same faces. So do files whose photos have returned to their
    /// former folders.
    pub(super) fn settle_copies(
        &mut self,
        left_behind: Vec<(Item, ContentHash)>,
    ) -> Result<(), ScanError> {
        let left_behind = left_behind.into_iter().map(|(item, content)| File {
            stamp: item.stamp,
            item,
            content,
        });
        self.copies.extend(left_behind);
        for file in mem::take(&mut self.copies) {
            let known = self.library.photos_with_content(&file.content)?;
            if let Some(source) = known.first() {
                self.copy(&file, source.photo_id)?;
            } else if let Some((reason, is_of_content)) =
                self.failed_contents.get(&file.content).cloned()
            {
                self.note_problem(file.item, is_of_content, reason);
            }
            if self.batch.is_due() {
                self.flush()?;
            }
        }
        self.flush()
    }

    pub(super) fn mark_vanished(&mut self, photos: &[PhotoId]) -> Result<(), ScanError> {
        self.library.mark_vanished(photos)?;
        self.summary.vanished += photos.len() as u64;
        Ok(())
    }

    /// Known photos that are another file's photo now.
    pub(super) fn count_as_one(&mut self, pairs: &[OnePhoto]) -> Result<(), ScanError> {
        if pairs.is_empty() {
            return Ok(());
        }
        let unplaced = &mut self.summary.not_found;
        self.summary.now_left_out = self.library.count_as_one(pairs, unplaced)?;
        Ok(())
    }

    /// Known roots that this scan has found elsewhere: the former ones go, and what is left of them is away. The library
    /// remembers where they were, until they are back there.
    pub(super) fn move_roots<'r>(
        &mut self,
        roots: impl Iterator<Item = &'r MovedRoot>,
    ) -> Result<(), ScanError> {
        let mut moves = Vec::new();
        for root in roots {
            self.note_former_root(root)?;
            if root.kind != MoveKind::Gone {
                continue;
            }
            self.summary.moved_folders.push(MovedFolder {
                from: root.from_path.to_string_lossy().into_owned(),
                to: root.to_path().to_string_lossy().into_owned(),
            });
            moves.push(RootMove {
                from: root.from,
                to: root.to,
                below: root.below.clone(),
            });
        }
        if !moves.is_empty() {
            self.library.relocate(&[], &moves)?;
        }
        Ok(())
    }

    fn note_former_root(&mut self, root: &MovedRoot) -> Result<(), LibraryError> {
        if root.kind == MoveKind::Return {
            return self.library.forget_former_root(&root.from_path);
        }
        let home = root.to_path();
        let former = self.library.former_roots()?;
        let is_from_there = |former: &FormerRoot| former.to == root.from && former.path == home;
        if former.iter().any(is_from_there) {
            return self.library.forget_former_root(&home);
        }
        self.library.remember_former_root(FormerRoot {
            path: root.from_path.clone(),
            to: root.to,
            below: root.below.clone(),
        })
    }

    pub(super) fn finish(mut self, stopped: bool) -> Result<ScanSummary, ScanError> {
        self.summary.stopped = stopped;
        self.summary.stages = self.clock.seconds();
        self.summary.seconds = self.started.elapsed().as_secs_f64();
        self.meter.current = None;
        self.meter.enter(Phase::Finished, &self.summary);
        Ok(self.summary)
    }

    fn flush(&mut self) -> Result<(), ScanError> {
        let batch = mem::replace(&mut self.batch, Batch::new());
        let library = &mut *self.library;
        let unplaced = &mut self.summary.not_found;
        let looks = &mut self.looks;
        let store = || {
            batch.store(library, unplaced)?;
            looks.keep(library)
        };
        self.clock
            .time(Stage::Store, store)
            .map_err(ScanError::from)
    }
}
