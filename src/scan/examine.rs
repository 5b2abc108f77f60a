//! The faces of one photo: found, aligned, judged, embedded.
//!
//! Everything is taken from the same full-scale pixels: a face is never embedded from fewer than the photo has.

use std::path::Path;

use image::RgbImage;

use super::ScanOptions;
use super::budget::Budget;
use crate::photo::{self, PhotoError, catch_panic};
use crate::vision::{
    DetectOptions, Detection, Embedding, Engine, Quality, VisionError, align, assess,
};

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
    /// The reason without the path, for the list of problems.
    pub fn reason(&self) -> String {
        match self {
            Self::Photo(error) => error.reason(),
            other => other.to_string(),
        }
    }
}

/// Looks for the faces of single photos without a library; shared by as many threads as there are cores.
pub struct Examiner<'a> {
    engine: &'a Engine,
    options: ScanOptions,
    pixel_memory: Budget,
}

impl<'a> Examiner<'a> {
    pub fn new(engine: &'a Engine, options: ScanOptions) -> Self {
        Examiner {
            engine,
            pixel_memory: Budget::new(options.pixel_memory),
            options,
        }
    }

    /// The faces of a photo, best score first; waits while other threads use up the memory for pixels.
    pub fn examine(&self, path: &Path) -> Result<Vec<FoundFace>, ExamineError> {
        let file = photo::read(path, &self.options.limits)?;
        let probe = photo::probe(&file.bytes, &self.options.limits)?;
        let _loan = self.pixel_memory.take(probe.memory);
        let photo = photo::decode(&file.bytes, &self.options.limits)?;
        find_faces(&photo.image, self.engine, &self.options)
    }
}

/// The faces of an upright photo, best score first.
pub(super) fn find_faces(
    image: &RgbImage,
    engine: &Engine,
    options: &ScanOptions,
) -> Result<Vec<FoundFace>, ExamineError> {
    catch_panic(|| find(image, engine, options))
        .unwrap_or_else(|message| Err(ExamineError::Panic(message)))
}

fn find(
    image: &RgbImage,
    engine: &Engine,
    options: &ScanOptions,
) -> Result<Vec<FoundFace>, ExamineError> {
    let detect = DetectOptions {
        min_score: options.min_score,
        ..DetectOptions::default()
    };
    let mut detections = engine.detect(image, &detect)?;
    detections.retain(|detection| {
        let face = detection.box_in_photo;
        face.width > 0.0 && face.height > 0.0
    });
    for detection in &mut detections {
        detection.landmarks = engine.refine(image, detection)?;
    }
    let crops: Vec<_> = detections
        .iter()
        .map(|detection| align(image, &detection.landmarks))
        .collect();
    let qualities: Vec<Quality> = detections
        .iter()
        .zip(&crops)
        .map(|(detection, crop)| assess(image, detection, crop))
        .collect();
    // What can't be recognised isn't embedded: its embedding would say more of the blur than of the person.
    let clear: Vec<_> = crops
        .into_iter()
        .zip(&qualities)
        .filter(|(_, quality)| quality.recognizable())
        .map(|(crop, _)| crop)
        .collect();
    let mut embeddings = engine.embed(&clear)?.into_iter();
    let faces = detections.into_iter().zip(qualities);
    Ok(faces
        .map(|(detection, quality)| FoundFace {
            detection,
            embedding: quality.recognizable().then(|| embeddings.next()).flatten(),
            quality,
        })
        .collect())
}
