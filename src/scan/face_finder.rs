//! The faces of one photo: found, aligned, judged; and embedded.
//!
//! A large photo is decoded twice at most. The detector sees no more than [`DEFAULT_MAX_SIDE`] pixels, so the first sight is
//! decoded at the smallest scale that has them. Only where a face needs more than that for its crop is the photo decoded
//! again, at the smallest scale that has enough for all its faces: a face is never embedded from fewer pixels than its
//! crop has, unless the photo has no more, or is so large that more of it would not fit in memory.

use std::path::Path;

use super::ScanOptions;
use super::budget::{Budget, Loan};
use super::stage_clock::{Stage, StageClock};
use crate::photo::{self, Photo, PhotoError, PhotoFile, Probe, Reduction, catch_panic};
use crate::stop::StopFlag;
use crate::vision::{
    AlignedFace, CROP_SIDE, DEFAULT_MAX_SIDE, DetectOptions, Detection, Embedding, Engine, Quality,
    VisionError, align, assess,
};

/// Shorter side of a face's box, in decoded pixels, from which on more pixels change nothing: its crop shows such a face
/// reduced by a third, and its thumbnail at its own size.
const ENOUGH_FOR_A_FACE: f32 = CROP_SIDE as f32;

/// A face before anything is stored of it.
#[derive(Clone, Debug)]
pub struct FoundFace {
    pub detection: Detection,
    pub quality: Quality,
    /// Of recognizable faces only.
    pub embedding: Option<Embedding>,
}

/// Why a photo could not be searched for faces.
#[derive(Debug, thiserror::Error)]
pub enum ExamineError {
    #[error(transparent)]
    Photo(#[from] PhotoError),
    #[error("its faces could not be searched: {0}")]
    Vision(#[from] VisionError),
    #[error("its faces could not be searched: {0}")]
    Panic(String),
}

impl ExamineError {
    /// Whether the bytes of the file are to blame, so that the same file would fail again.
    pub(super) fn is_of_content(&self) -> bool {
        match self {
            Self::Photo(error) => !matches!(
                error,
                PhotoError::Io { .. }
                    | PhotoError::Changed
                    | PhotoError::NotAFile
                    | PhotoError::TookTooLong { .. }
                    | PhotoError::Stopped
            ),
            Self::Vision(_) | Self::Panic(_) => false,
        }
    }

    /// Whether nothing is wrong but that somebody asked to stop.
    pub fn is_stopped(&self) -> bool {
        matches!(self, Self::Photo(PhotoError::Stopped))
    }

    /// The reason without the path, for the list of problems.
    pub fn reason(&self) -> String {
        match self {
            Self::Photo(error) => error.reason(),
            other => other.to_string(),
        }
    }
}

/// Looks for the faces of photos; shared by as many threads as there are cores.
pub struct Examiner<'a> {
    engine: &'a Engine,
    options: ScanOptions,
    stop: StopFlag,
    pixel_memory: Budget,
    pub(super) clock: StageClock,
}

/// A decoded photo and the faces in it, not yet embedded.
pub(super) struct Sighting<'a> {
    /// Large enough for the photo's thumbnail.
    pub(super) first: Photo,
    /// Where a face needed more pixels.
    closer: Option<Photo>,
    /// In pixels of [`Sighting::photo`], best score first.
    pub(super) faces: Vec<SeenFace>,
    /// Of the recognizable faces, in their order. What can't be recognised isn't embedded: its embedding would say more of
    /// the blur than of the person.
    pub(super) crops: Vec<AlignedFace>,
    _loan: Loan<'a>,
}

/// A face in a decoded picture.
pub(super) struct SeenFace {
    pub(super) detection: Detection,
    /// Its lengths are in pixels of the photo at full scale.
    pub(super) quality: Quality,
}

impl Sighting<'_> {
    /// What the faces lie in.
    pub(super) fn photo(&self) -> &Photo {
        self.closer.as_ref().unwrap_or(&self.first)
    }

    /// The detection of a face in pixels of the photo at full scale.
    pub(super) fn at_full_scale(&self, face: &SeenFace) -> Detection {
        let divisor = self.photo().reduction.divisor();
        face.detection.scaled(divisor as f32)
    }
}

impl<'a> Examiner<'a> {
    /// Once `stop` is set, photos are given up, also in the middle of their decoding.
    pub fn new(engine: &'a Engine, options: ScanOptions, stop: StopFlag) -> Self {
        Examiner {
            engine,
            stop,
            pixel_memory: Budget::new(options.pixel_memory),
            clock: StageClock::default(),
            options,
        }
    }

    /// The faces of a photo in pixels of its full scale, best score first; waits while other threads use up the memory for
    /// pixels.
    pub fn examine(&self, path: &Path) -> Result<Vec<FoundFace>, ExamineError> {
        let file = photo::read(path, &self.options.limits, &self.stop)?;
        let sighting = self.look(&file)?;
        let mut embeddings = self.embed(&sighting.crops)?.into_iter();
        let found = |face: &SeenFace| FoundFace {
            detection: sighting.at_full_scale(face),
            embedding: face
                .quality
                .recognizable()
                .then(|| embeddings.next())
                .flatten(),
            quality: face.quality,
        };
        Ok(sighting.faces.iter().map(found).collect())
    }

    /// Decodes a file and looks for faces, after waiting for pixel memory.
    pub(super) fn look(&self, file: &PhotoFile) -> Result<Sighting<'_>, ExamineError> {
        catch_panic(|| self.sighting(file))
            .unwrap_or_else(|message| Err(ExamineError::Panic(message)))
    }

    /// One embedding for each crop.
    pub(super) fn embed(&self, crops: &[AlignedFace]) -> Result<Vec<Embedding>, ExamineError> {
        let embed = || self.clock.time(Stage::Embed, || self.engine.embed(crops));
        match catch_panic(embed) {
            Ok(embeddings) => Ok(embeddings?),
            Err(message) => Err(ExamineError::Panic(message)),
        }
    }

    fn sighting(&self, file: &PhotoFile) -> Result<Sighting<'_>, ExamineError> {
        let probe = file.probe(&self.options.limits)?;
        let (first, mut loan) = self.first_sight(file, &probe)?;
        let detections = self.clock.time(Stage::Detect, || self.detect(&first))?;
        let enough = enough_for_all(&probe, &first, &detections);
        let mut closer = None;
        if enough > first.reduction {
            // Given back before more is taken: two threads that each held on to theirs could wait for ever. The first
            // sight itself stays, a few megabytes at most.
            drop(loan);
            let (photo, lent) = self.decoded(file, &probe, enough)?;
            (closer, loan) = (Some(photo), lent);
        }
        let photo = closer.as_ref().unwrap_or(&first);
        let per_pixel = first.reduction.divisor() as f32 / photo.reduction.divisor() as f32;
        let detections = detections.iter().map(|face| face.scaled(per_pixel));
        let (faces, crops) = self
            .clock
            .time(Stage::Align, || self.aligned(photo, detections.collect()))?;
        Ok(Sighting {
            first,
            closer,
            faces,
            crops,
            _loan: loan,
        })
    }

    /// At the smallest scale with as many pixels as the detector sees; in full where a smaller one can't be had.
    fn first_sight(
        &self,
        file: &PhotoFile,
        probe: &Probe,
    ) -> Result<(Photo, Loan<'_>), ExamineError> {
        let long_side = probe.stored.width.max(probe.stored.height);
        let reduction = probe.reduction_keeping(long_side as f32, DEFAULT_MAX_SIDE as f32);
        match self.decoded(file, probe, reduction) {
            Err(error)
                if error.is_of_content()
                    && reduction < Reduction::Full
                    && probe.largest == Reduction::Full =>
            {
                self.decoded(file, probe, Reduction::Full)
            }
            decoded => decoded,
        }
    }

    fn decoded(
        &self,
        file: &PhotoFile,
        probe: &Probe,
        reduction: Reduction,
    ) -> Result<(Photo, Loan<'_>), ExamineError> {
        let mut loan = self.pixel_memory.take(probe.memory(reduction));
        let limits = &self.options.limits;
        let decode = || file.decode(limits, probe, reduction, &self.stop);
        let photo = self.clock.time(Stage::Decode, decode)?;
        // Decoding took more than its picture does.
        loan.shrink_to(photo.image.len() as u64);
        Ok((photo, loan))
    }

    fn detect(&self, photo: &Photo) -> Result<Vec<Detection>, VisionError> {
        let options = DetectOptions {
            min_score: self.options.min_score,
            ..DetectOptions::default()
        };
        let mut detections = self.engine.detect(&photo.image, &options)?;
        detections.retain(|detection| {
            let face = detection.box_in_photo;
            face.width > 0.0 && face.height > 0.0
        });
        Ok(detections)
    }

    /// Faces with better landmarks, and the crops of those that can be recognised.
    fn aligned(
        &self,
        photo: &Photo,
        detections: Vec<Detection>,
    ) -> Result<(Vec<SeenFace>, Vec<AlignedFace>), VisionError> {
        let image = &photo.image;
        let (mut faces, mut crops) = (Vec::new(), Vec::new());
        for mut detection in detections {
            detection.landmarks = self.engine.refine(image, &detection)?;
            let crop = align(image, &detection.landmarks);
            let mut quality = assess(image, &detection, &crop);
            quality.side *= photo.reduction.divisor() as f32;
            if quality.recognizable() {
                crops.push(crop);
            }
            faces.push(SeenFace { detection, quality });
        }
        Ok((faces, crops))
    }
}

/// The smallest reduction at which every face has enough pixels.
fn enough_for_all(probe: &Probe, photo: &Photo, detections: &[Detection]) -> Reduction {
    let divisor = photo.reduction.divisor() as f32;
    let enough = |face: &Detection| {
        let side = face.box_in_photo.width.min(face.box_in_photo.height) * divisor;
        probe.reduction_keeping(side, ENOUGH_FOR_A_FACE)
    };
    let all = detections.iter().map(enough);
    all.max().unwrap_or(photo.reduction)
}
