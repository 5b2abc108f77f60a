//! The faces of one photo: decode, detect, refine, align, assess, embed.
//!
//! A large photo is decoded at most twice. The detector's first pass sees at most [`first_pass_side`] pixels, its tiles of a
//! photo that is larger than that allows more ([`tile_coarseness`]), so the photo is first decoded at the smallest scale that
//! has them. It is decoded again only where a face needs more pixels for its crop, at the
//! smallest scale that is enough for all its faces. A face is never embedded from fewer pixels than its crop has, unless the
//! photo has no more of them, or more of them would not fit in memory.

use std::path::Path;

use image::RgbImage;

use super::ScanOptions;
use super::memory_budget::{Budget, Loan};
use super::stage_clock::{Stage, StageClock};
use crate::catch_panic::catch_panic;
use crate::geometry::Size;
use crate::library::{FaceToEmbed, PhotoToEmbed};
use crate::photo::{self, Photo, PhotoError, PhotoFile, Probe, Reduction};
use crate::resample::resample_whole;
use crate::stop::StopFlag;
use crate::vision::{
    AlignedFace, CROP_SIDE, Detection, Embedded, Embedding, Engine, ModelName, Quality,
    SearchOptions, VisionError, assess, first_pass_side, may_be_recognized, tile_coarseness,
};

/// Shorter side of a face's box, in decoded pixels, above which more pixels change nothing: at this side the crop shows the
/// face reduced by a third, and the thumbnail shows it at its own size.
const SUFFICIENT_FACE_SIDE: f32 = CROP_SIDE as f32;

/// A face in a photo.
#[derive(Clone, Debug)]
pub struct Face {
    /// In pixels of the upright photo at full scale; its landmarks are refined.
    pub detection: Detection,
    /// Measured at the scale at which the photo was decoded for its crops; lengths are in pixels of the full scale.
    pub quality: Quality,
    /// Of recognizable faces, once they are embedded. The embedding of any other face would describe its blur more than the
    /// person.
    pub embedding: Option<Embedding>,
}

/// Why a photo could not be searched for faces.
#[derive(Debug, thiserror::Error)]
pub enum FaceFinderError {
    #[error(transparent)]
    Photo(#[from] PhotoError),
    #[error("its faces could not be searched: {0}")]
    Vision(#[from] VisionError),
    #[error("its faces could not be searched: {0}")]
    Panic(String),
}

impl FaceFinderError {
    /// Whether the bytes of the file are the cause, so that the same file would fail again.
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

    /// Whether the search was only stopped.
    pub fn is_stopped(&self) -> bool {
        matches!(
            self,
            Self::Photo(PhotoError::Stopped) | Self::Vision(VisionError::Stopped(_))
        )
    }

    /// The reason without the path, for the list of problems.
    pub fn reason(&self) -> String {
        match self {
            Self::Photo(error) => error.reason(),
            other => other.to_string(),
        }
    }
}

/// Finds the faces of photos. One is shared by all threads of a scan; together they hold no more pixels than
/// [`ScanOptions::pixel_memory`] allows.
pub struct FaceFinder<'a> {
    engine: &'a Engine,
    options: ScanOptions,
    stop: StopFlag,
    pixel_memory: Budget,
    pub(super) clock: StageClock,
}

/// A decoded photo and the faces in it, not embedded yet.
pub(super) struct SearchedPhoto<'a> {
    /// Decoded for the detector; large enough for the photo's thumbnail.
    pub(super) overview: Photo,
    /// Decoded again for the crops, where a face needed more pixels.
    closeup: Option<Photo>,
    /// Best score first.
    pub(super) faces: Vec<Face>,
    /// One for each recognizable face, in the order of `faces`.
    pub(super) crops: Vec<AlignedFace>,
    /// Faces of 60 pixels may have been missed.
    pub(super) is_coarse: bool,
    _loan: Loan<'a>,
}

impl SearchedPhoto<'_> {
    /// The photo at the scale from which its faces were cropped.
    pub(super) fn photo(&self) -> &Photo {
        self.closeup.as_ref().unwrap_or(&self.overview)
    }
}

impl<'a> FaceFinder<'a> {
    /// Once `stop` is set, photos are given up, even in the middle of decoding.
    pub fn new(engine: &'a Engine, options: ScanOptions, stop: StopFlag) -> Self {
        FaceFinder {
            engine,
            stop,
            pixel_memory: Budget::new(options.pixel_memory),
            clock: StageClock::default(),
            options,
        }
    }

    /// The faces of a photo, best score first, with the embeddings of the recognizable ones. Waits while other threads use
    /// up the memory for pixels.
    pub fn find_faces(&self, path: &Path) -> Result<Vec<Face>, FaceFinderError> {
        let file = photo::read(path, &self.options.limits, &self.stop)?;
        let mut searched = self.search(&file)?;
        let embeddings = self.embed(&searched.crops)?;
        let recognizable = searched
            .faces
            .iter_mut()
            .filter(|face| face.quality.recognizable());
        for (face, embedding) in recognizable.zip(embeddings) {
            face.embedding = Some(embedding.embedding);
        }
        Ok(searched.faces)
    }

    /// Decodes a file, after waiting for pixel memory, and finds its faces. A panic inside is an error like any other.
    pub(super) fn search(&self, file: &PhotoFile) -> Result<SearchedPhoto<'_>, FaceFinderError> {
        let search = || {
            let probe = file.probe(&self.options.limits)?;
            let (overview, mut loan) =
                self.decode_somehow(file, &probe, overview_reduction(&probe))?;
            let (detections, is_coarse) = self.detect(&overview)?;
            let mut closeup = None;
            let reduction = reduction_for_crops(&probe, &overview, &detections);
            if reduction > overview.reduction {
                // Given back before more is taken: two threads that each held on to theirs could wait for ever. The
                // overview itself stays, a few megabytes at most.
                drop(loan);
                let (photo, lent) = self.decode(file, &probe, reduction)?;
                (closeup, loan) = (Some(photo), lent);
            }
            let photo = closeup.as_ref().unwrap_or(&overview);
            let (faces, crops) = self.refine_and_align(photo, &detections)?;
            Ok(SearchedPhoto {
                overview,
                closeup,
                faces,
                crops,
                is_coarse,
                _loan: loan,
            })
        };
        catch_panic(search).unwrap_or_else(|message| Err(FaceFinderError::Panic(message)))
    }

    /// The crops of known faces, from the same pixels as a search of the file would take them; `None` if the photo has another
    /// size than it had. A panic inside is an error like any other.
    pub(super) fn align_known(
        &self,
        file: &PhotoFile,
        known: &PhotoToEmbed,
    ) -> Result<Option<Vec<(Quality, AlignedFace)>>, FaceFinderError> {
        let align = || {
            let probe = file.probe(&self.options.limits)?;
            let for_crops = probe.reduction_keeping(known.smallest_side, SUFFICIENT_FACE_SIDE);
            let reduction = overview_reduction(&probe).max(for_crops);
            let (photo, _loan) = self.decode_somehow(file, &probe, reduction)?;
            if photo.size() != known.size {
                return Ok(None);
            }
            let align_all = || {
                let faces = known.faces.iter();
                faces.map(|face| self.known_face(&photo, face)).collect()
            };
            let aligned: Result<_, VisionError> = self.clock.time(Stage::Align, align_all);
            Ok(Some(aligned?))
        };
        catch_panic(align).unwrap_or_else(|message| Err(FaceFinderError::Panic(message)))
    }

    /// Of the embeddings.
    pub(super) fn model(&self) -> ModelName {
        self.engine.model()
    }

    /// One embedding for each crop.
    pub(super) fn embed(&self, crops: &[AlignedFace]) -> Result<Vec<Embedded>, FaceFinderError> {
        let embed = || self.clock.time(Stage::Embed, || self.engine.embed(crops));
        match catch_panic(embed) {
            Ok(embeddings) => Ok(embeddings?),
            Err(message) => Err(FaceFinderError::Panic(message)),
        }
    }

    /// Decodes at this scale, or at full scale where that fails.
    fn decode_somehow(
        &self,
        file: &PhotoFile,
        probe: &Probe,
        reduction: Reduction,
    ) -> Result<(Photo, Loan<'_>), FaceFinderError> {
        match self.decode(file, probe, reduction) {
            Err(error)
                if error.is_of_content()
                    && reduction < Reduction::Full
                    && probe.largest == Reduction::Full =>
            {
                self.decode(file, probe, Reduction::Full)
            }
            decoded => decoded,
        }
    }

    fn decode(
        &self,
        file: &PhotoFile,
        probe: &Probe,
        reduction: Reduction,
    ) -> Result<(Photo, Loan<'_>), FaceFinderError> {
        let mut loan = self.pixel_memory.take(probe.memory(reduction));
        let limits = &self.options.limits;
        let decode = || file.decode(limits, probe, reduction, &self.stop);
        let photo = self.clock.time(Stage::Decode, decode)?;
        // Decoding takes more than the decoded picture does.
        loan.shrink_to(photo.image.len() as u64);
        Ok((photo, loan))
    }

    /// All detection passes: the faces in pixels of the full scale, and whether small ones may have been missed.
    fn detect(&self, photo: &Photo) -> Result<(Vec<Detection>, bool), VisionError> {
        let photo_from_image = photo.reduction.divisor() as f32;
        let options = SearchOptions {
            min_score: self.options.min_score,
            photo_size: photo.size(),
            photo_from_picture: photo_from_image,
        };
        let image = &photo.image;
        let first_pass = || self.engine.first_pass(image, &options);
        let first = self.clock.time(Stage::Detect, first_pass)?;
        let further_passes = || {
            self.engine
                .further_passes(image, first, &options, &self.stop)
        };
        let found = self.clock.time(Stage::DetectAgain, further_passes)?;
        let faces = found.faces.iter();
        let faces = faces.map(|face| face.scaled(photo_from_image)).collect();
        Ok((faces, found.is_coarse))
    }

    /// Runs the refinement pass on each face that may be recognized and aligns it: the faces, and the crops of the recognizable ones.
    fn refine_and_align(
        &self,
        photo: &Photo,
        detections: &[Detection],
    ) -> Result<(Vec<Face>, Vec<AlignedFace>), VisionError> {
        self.clock.time(Stage::Align, || {
            let (mut faces, mut crops) = (Vec::new(), Vec::new());
            for detection in detections {
                let (face, crop) = self.face(photo, detection)?;
                if face.quality.recognizable() {
                    crops.push(crop);
                }
                faces.push(face);
            }
            Ok((faces, crops))
        })
    }

    fn face(
        &self,
        photo: &Photo,
        detection: &Detection,
    ) -> Result<(Face, AlignedFace), VisionError> {
        // A power of two, so that scaling there and back changes no number.
        let photo_from_image = photo.reduction.divisor() as f32;
        let smoothed = smoothed(&photo.image, detection.smoothing / photo_from_image);
        let (image, image_from_smoothed) = match &smoothed {
            Some((smoothed, image_from_smoothed)) => (smoothed, *image_from_smoothed),
            None => (&photo.image, 1.0),
        };
        let photo_from_image = photo_from_image * image_from_smoothed;
        let mut in_image = detection.scaled(1.0 / photo_from_image);
        let aligned = if may_be_recognized(detection) {
            in_image.landmarks = self.engine.refine(image, &in_image)?;
            self.engine.align(image, &in_image)?
        } else {
            in_image.landmarks = in_image.consensus;
            self.engine.align_unrecognizable(image, &in_image)
        };
        let mut quality = assess(image, &in_image, &aligned);
        // What smoothing leaves of a face is all that there is to recognise.
        quality.side *= photo_from_image / image_from_smoothed;
        let face = Face {
            detection: in_image.scaled(photo_from_image),
            quality,
            embedding: None,
        };
        Ok((face, aligned.crop))
    }

    /// A known face, whose landmarks are refined already.
    fn known_face(
        &self,
        photo: &Photo,
        known: &FaceToEmbed,
    ) -> Result<(Quality, AlignedFace), VisionError> {
        let photo_from_image = photo.reduction.divisor() as f32;
        let in_photo = Detection {
            box_in_photo: known.box_in_photo,
            landmarks: known.landmarks,
            consensus: known.landmarks,
            score: known.score,
            is_negative: known.is_negative,
            // A face in a halftone print has no embedding.
            smoothing: 0.0,
        };
        let in_image = in_photo.scaled(1.0 / photo_from_image);
        let aligned = self.engine.align(&photo.image, &in_image)?;
        let mut quality = assess(&photo.image, &in_image, &aligned);
        quality.side *= photo_from_image;
        Ok((quality, aligned.crop))
    }
}

/// The smallest scale with as many pixels as the detector sees of the whole or of its tiles.
fn overview_reduction(probe: &Probe) -> Reduction {
    let long_side = probe.stored.width.max(probe.stored.height);
    let seen = match tile_coarseness(probe.stored) {
        Some(coarseness) => long_side as f32 / coarseness,
        None => first_pass_side(probe.stored) as f32,
    };
    probe.reduction_keeping(long_side as f32, seen)
}

/// An image whose every pixel is the mean of about `pixels` by `pixels`, and how many pixels of the image one is wide; `None`
/// where there is nothing to smooth.
fn smoothed(image: &RgbImage, pixels: f32) -> Option<(RgbImage, f32)> {
    if pixels <= 1.0 {
        return None;
    }
    let [width, height] =
        [image.width(), image.height()].map(|side| ((side as f32 / pixels).round() as u32).max(1));
    let smoothed = resample_whole(image, Size { width, height }).ok()?;
    Some((smoothed, image.width() as f32 / width as f32))
}

/// The smallest scale at which every face has enough pixels for its crop.
fn reduction_for_crops(probe: &Probe, overview: &Photo, detections: &[Detection]) -> Reduction {
    let enough = |face: &Detection| {
        let side = face.box_in_photo.width.min(face.box_in_photo.height);
        probe.reduction_keeping(side, SUFFICIENT_FACE_SIDE)
    };
    let all = detections.iter().map(enough);
    all.max().unwrap_or(overview.reduction)
}
