//! Embeds the faces of a library again, by another model, from the photos; then the library reads the vectors of that one.
//!
//! Faces, boxes, groups and decisions stay as they are: each known face is aligned by its landmarks and embedded. Photos
//! are taken in rounds, and the vectors of a round are stored in one transaction, so that a migration which is stopped or
//! killed is continued by the next one. A photo that is away or shows another picture keeps its former vectors. If these
//! are too many, the library is not switched: their faces could not be compared any more.

use std::io;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use serde::Serialize;

use super::face_finder::{FaceFinder, FaceFinderError};
use super::library_engine::{EngineError, engine_for};
use super::lock::lock;
use super::memory_budget::{Budget, FILE_MEMORY};
use super::progress::{Meter, REPORT_INTERVAL};
use super::{Phase, Progress, ScanControl, ScanOptions, ScanSummary};
use crate::files::page_path;
use crate::library::{Library, LibraryError, MigratedFace, PhotoId, PhotoToEmbed};
use crate::photo::{self, PhotoError};
use crate::vision::{AlignedFace, Engine, FaceMeasures, ModelName, Quality};

/// Photos of a round: what a crash may lose.
const PHOTOS_A_ROUND: usize = 64;
/// Crops that one thread embeds together, as in a scan.
const CROPS_A_BATCH: usize = 8;
/// Share of the library's comparable faces that may be left without a vector by the new model.
const MAX_LEFT: f64 = 0.1;

/// How a library is migrated.
#[derive(Clone, Copy, Debug, Default)]
pub struct MigrateOptions {
    /// Threads and limits.
    pub scan: ScanOptions,
    /// Switch to the model however many faces are left without a vector.
    pub leave: bool,
}

/// What a migration did, or would do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MigrationSummary {
    pub from: ModelName,
    pub to: ModelName,
    /// Photos whose faces were embedded.
    pub photos: u64,
    pub faces: u64,
    /// Faces that had a vector by the new model before.
    pub ready: u64,
    /// Photos whose faces keep their former vectors.
    pub left: Vec<LeftPhoto>,
    /// Faces that have no vector by the new model; some of them may be in no photo any more.
    pub left_faces: u64,
    /// The library reads the vectors of the new model now.
    pub switched: bool,
    pub stopped: bool,
    pub seconds: f64,
}

impl MigrationSummary {
    /// Whether so many faces are left that the library is not switched.
    pub fn leaves_too_many(&self) -> bool {
        let all = self.ready + self.faces + self.left_faces;
        self.left_faces as f64 > MAX_LEFT * all as f64
    }
}

/// A photo whose faces could not be embedded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftPhoto {
    pub path: PathBuf,
    pub reason: String,
}

#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error(transparent)]
    Library(#[from] LibraryError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("can't start a thread: {0}")]
    Thread(#[source] io::Error),
}

/// What [`migrate`] would do, as far as is known without reading the photos. Changes nothing.
pub fn look_at_migration(
    library: &Library,
    to: &ModelName,
) -> Result<MigrationSummary, MigrateError> {
    let mut summary = summary(library, to)?;
    for photo_id in library.photos_to_embed(to)? {
        let Some(job) = job(library, photo_id, to)? else {
            continue;
        };
        match page_path::file_of(&job.path).metadata() {
            Ok(_) => {
                summary.photos += 1;
                summary.faces += job.photo.faces.len() as u64;
            }
            Err(error) => summary.left.push(job.left(&error.to_string())),
        }
    }
    summary.left_faces = u64::from(library.faces_to_embed(to)?).saturating_sub(summary.faces);
    Ok(summary)
}

/// Embeds all faces that have no vector by the model `to`, and makes it the library's model; then the library should be
/// grouped. Faces that are new meanwhile are embedded by the library's model, as always. Blocks until it is done or
/// stopped; `on_progress` is called from this thread.
///
/// # Errors
/// [`EngineError`] if there is no such model, and some face has to be embedded.
pub fn migrate(
    library: &mut Library,
    engine: &Engine,
    to: &ModelName,
    options: &MigrateOptions,
    control: &ScanControl,
    on_progress: &(dyn Fn(&Progress) + Sync),
) -> Result<MigrationSummary, MigrateError> {
    let started = Instant::now();
    let mut summary = summary(library, to)?;
    let photos = library.photos_to_embed(to)?;
    if !photos.is_empty() {
        let engine = engine_for(library, engine, to)?;
        let finder = FaceFinder::new(&engine, options.scan, control.stop_flag().clone());
        let embedder = Embedder {
            finder: &finder,
            options: &options.scan,
            control,
            file_memory: Budget::new(FILE_MEMORY),
            current: Mutex::new(None),
        };
        let mut meter = ProgressMeter::new(on_progress, photos.len());
        for round in photos.chunks(PHOTOS_A_ROUND) {
            if !control.may_go_on() {
                break;
            }
            let jobs = round.iter().map(|photo| job(library, *photo, to));
            let jobs: Vec<Job> = jobs
                .filter_map(Result::transpose)
                .collect::<Result<_, _>>()?;
            let faces = embedder.embed_round(&jobs, &mut summary, &mut meter)?;
            library.store_migrated(to, &faces)?;
        }
        meter.finish(&summary);
    }
    summary.stopped = control.is_stopped();
    summary.left_faces = library.faces_to_embed(to)?.into();
    let may_switch = options.leave || summary.from == *to || !summary.leaves_too_many();
    if !summary.stopped && may_switch {
        library.switch_model(to)?;
        summary.switched = true;
    }
    summary.seconds = started.elapsed().as_secs_f64();
    Ok(summary)
}

fn summary(library: &Library, to: &ModelName) -> Result<MigrationSummary, LibraryError> {
    let ready = library.models()?.into_iter().find(|one| one.model == *to);
    Ok(MigrationSummary {
        from: library.embedding_model()?,
        to: to.clone(),
        photos: 0,
        faces: 0,
        ready: ready.map_or(0, |one| one.faces.into()),
        left: Vec::new(),
        left_faces: 0,
        switched: false,
        stopped: false,
        seconds: 0.0,
    })
}

/// A photo with faces to embed, and where its file is.
struct Job {
    photo: PhotoToEmbed,
    path: PathBuf,
}

impl Job {
    fn left(&self, reason: &str) -> LeftPhoto {
        LeftPhoto {
            path: self.path.clone(),
            reason: reason.to_owned(),
        }
    }
}

fn job(library: &Library, photo_id: PhotoId, to: &ModelName) -> Result<Option<Job>, LibraryError> {
    let (photo, row) = (
        library.photo_to_embed(photo_id, to)?,
        library.photo(photo_id)?,
    );
    Ok(photo.zip(row).map(|(photo, row)| Job {
        photo,
        path: row.absolute(),
    }))
}

/// What came of a photo.
enum Done {
    Embedded(Vec<MigratedFace>),
    Left(LeftPhoto),
}

/// The crops of a photo, on the way to the recognizer.
struct AlignedPhoto<'a> {
    job: &'a Job,
    faces: Vec<FaceMeasures>,
    qualities: Vec<Option<f32>>,
    crops: Vec<AlignedFace>,
}

struct Embedder<'a> {
    finder: &'a FaceFinder<'a>,
    options: &'a ScanOptions,
    control: &'a ScanControl,
    file_memory: Budget,
    /// The file that a thread began last.
    current: Mutex<Option<PathBuf>>,
}

impl Embedder<'_> {
    /// Embeds the faces of some photos in several threads; fewer if it is stopped.
    fn embed_round(
        &self,
        jobs: &[Job],
        summary: &mut MigrationSummary,
        meter: &mut ProgressMeter<'_>,
    ) -> Result<Vec<MigratedFace>, MigrateError> {
        let next = AtomicUsize::new(0);
        let (sender, results) = bounded(jobs.len().max(1));
        thread::scope(|scope| {
            for _ in 0..self.options.threads.clamp(1, jobs.len().max(1)) {
                let sender = sender.clone();
                let next = &next;
                thread::Builder::new()
                    .name("migrate".to_owned())
                    .spawn_scoped(scope, move || self.work(jobs, next, &sender))
                    .map_err(MigrateError::Thread)?;
            }
            drop(sender);
            Ok(self.collect(&results, summary, meter))
        })
    }

    /// Waits for the results and reports the progress meanwhile.
    fn collect(
        &self,
        results: &Receiver<Done>,
        summary: &mut MigrationSummary,
        meter: &mut ProgressMeter<'_>,
    ) -> Vec<MigratedFace> {
        let mut faces = Vec::new();
        loop {
            match results.recv_timeout(REPORT_INTERVAL) {
                Ok(done) => {
                    meter.meter.done += 1;
                    match done {
                        Done::Left(left) => summary.left.push(left),
                        Done::Embedded(embedded) => {
                            meter.meter.worked += 1;
                            summary.photos += 1;
                            summary.faces += embedded.len() as u64;
                            faces.extend(embedded);
                        }
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return faces,
            }
            meter.report(summary, || lock(&self.current).clone());
        }
    }

    /// Takes job after job, and embeds the crops of several photos together.
    fn work(&self, jobs: &[Job], next: &AtomicUsize, results: &Sender<Done>) {
        let mut waiting: Vec<AlignedPhoto<'_>> = Vec::new();
        while self.control.may_go_on() {
            let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) else {
                break;
            };
            *lock(&self.current) = Some(job.path.clone());
            match self.align(job) {
                Ok(Ok(aligned)) => waiting.push(aligned),
                Ok(Err(reason)) => send(results, Done::Left(job.left(reason))),
                Err(error) if error.is_stopped() => break,
                Err(error) => send(results, Done::Left(job.left(&error.reason()))),
            }
            let crops: usize = waiting.iter().map(|photo| photo.crops.len()).sum();
            if crops >= CROPS_A_BATCH {
                self.embed_all(&mut waiting, results);
            }
        }
        self.embed_all(&mut waiting, results);
    }

    /// The crops of a photo, or why it keeps its vectors.
    fn align<'j>(
        &self,
        job: &'j Job,
    ) -> Result<Result<AlignedPhoto<'j>, &'static str>, FaceFinderError> {
        let bytes = page_path::file_of(&job.path)
            .metadata()
            .map_or(0, |metadata| metadata.len());
        let _loan = self.file_memory.take(bytes);
        let limits = &self.options.limits;
        let file = match photo::read(&job.path, limits, self.control.stop_flag()) {
            Ok(file) => file,
            Err(PhotoError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Ok(Err("it is not there"));
            }
            Err(error) => return Err(error.into()),
        };
        if file.content_hash != job.photo.content_hash {
            return Ok(Err("it has changed since it was scanned"));
        }
        let Some(aligned) = self.finder.align_known(&file, &job.photo)? else {
            return Ok(Err("it has another size than when it was scanned"));
        };
        let (qualities, crops): (Vec<Quality>, Vec<AlignedFace>) = aligned.into_iter().unzip();
        Ok(Ok(AlignedPhoto {
            job,
            // Without a mesh, nothing is known that was not known before.
            qualities: qualities
                .iter()
                .map(|quality| quality.mesh.map(|_| quality.value()))
                .collect(),
            faces: qualities.iter().map(Quality::measures).collect(),
            crops,
        }))
    }

    fn embed_all(&self, waiting: &mut Vec<AlignedPhoto<'_>>, results: &Sender<Done>) {
        let mut crops: Vec<AlignedFace> = Vec::new();
        for photo in waiting.iter_mut() {
            crops.append(&mut photo.crops);
        }
        let mut embedded = match self.finder.embed(&crops) {
            Ok(embedded) => embedded.into_iter(),
            Err(error) => {
                for photo in waiting.drain(..) {
                    send(results, Done::Left(photo.job.left(&error.reason())));
                }
                return;
            }
        };
        for photo in waiting.drain(..) {
            let known = photo.job.photo.faces.iter();
            let measured = photo.faces.into_iter().zip(photo.qualities);
            let faces = known.zip(measured).zip(embedded.by_ref());
            let faces = faces.map(|((face, (measures, quality)), embedded)| MigratedFace {
                face_id: face.face_id,
                embedded,
                measures,
                quality,
            });
            send(results, Done::Embedded(faces.collect()));
        }
    }
}

/// The queue holds the results of all jobs; nobody is there to take one if the migration has failed.
fn send(results: &Sender<Done>, done: Done) {
    results.send(done).ok();
}

/// The progress of a migration, told as that of a scan.
struct ProgressMeter<'a> {
    meter: Meter<'a>,
    total: u64,
}

impl<'a> ProgressMeter<'a> {
    fn new(on_progress: &'a (dyn Fn(&Progress) + Sync), photos: usize) -> Self {
        let mut meter = ProgressMeter {
            meter: Meter::new(on_progress),
            total: photos as u64,
        };
        let nothing = ScanSummary {
            photos_found: meter.total,
            ..ScanSummary::default()
        };
        meter.meter.enter(Phase::Scanning, &nothing);
        meter
    }

    fn report(&mut self, summary: &MigrationSummary, current: impl FnOnce() -> Option<PathBuf>) {
        if self.meter.is_due() {
            self.meter.current = current();
            self.meter.report(&self.as_of_scan(summary), self.total);
        }
    }

    fn finish(&mut self, summary: &MigrationSummary) {
        self.meter.current = None;
        let finished = self.as_of_scan(summary);
        self.meter.enter(Phase::Finished, &finished);
    }

    fn as_of_scan(&self, summary: &MigrationSummary) -> ScanSummary {
        ScanSummary {
            photos_found: self.total,
            faces: summary.faces,
            problems: summary.left.len() as u64,
            ..ScanSummary::default()
        }
    }
}
