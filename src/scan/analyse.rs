//! One photo: decoded, searched for faces, each face aligned, judged and embedded, thumbnails made.
//!
//! Everything is taken from the same full-scale pixels: a face is never embedded from fewer than the photo has.

use image::RgbImage;

use super::ScanOptions;
use super::budget::Budget;
use super::look::Item;
use crate::library::{ScannedFace, ScannedPhoto};
use crate::photo::{self, PhotoError, PhotoFile, catch_panic, jpeg_face_thumbnail, jpeg_thumbnail};
use crate::vision::{DetectOptions, Detection, Embedding, Engine, Quality, VisionError};
use crate::vision::{align, assess};

/// Longer side of a photo's thumbnail, in pixels.
const PHOTO_THUMBNAIL: u32 = 320;
/// Side of a face's thumbnail, in pixels.
const FACE_THUMBNAIL: u32 = 160;

#[derive(Debug, thiserror::Error)]
pub(super) enum AnalyseError {
    #[error(transparent)]
    Photo(#[from] PhotoError),
    #[error("its faces could not be searched: {0}")]
    Vision(#[from] VisionError),
    #[error("its faces could not be searched: {0}")]
    Panic(String),
}

impl AnalyseError {
    /// The reason without the path, for the list of problems.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Photo(error) => error.reason(),
            other => other.to_string(),
        }
    }
}

/// Works a file's bytes into what the library stores; waits for pixel memory before decoding.
pub(super) fn analyse(
    item: &Item,
    file: &PhotoFile,
    engine: &Engine,
    options: &ScanOptions,
    pixel_memory: &Budget,
) -> Result<ScannedPhoto, AnalyseError> {
    let probe = photo::probe(&file.bytes, &options.limits)?;
    let _loan = pixel_memory.take(probe.memory);
    let photo = photo::decode(&file.bytes, &options.limits)?;
    let faces = catch_panic(|| faces(&photo.image, engine, options))
        .unwrap_or_else(|message| Err(AnalyseError::Panic(message)))?;
    let thumbnail = jpeg_thumbnail(&photo.image, PHOTO_THUMBNAIL)?;
    Ok(ScannedPhoto {
        root_id: item.target.root_id,
        path: item.path.clone(),
        file_size: file.stamp.bytes,
        modified_ns: file.stamp.modified_ns,
        content_hash: file.content_hash,
        size: photo.size(),
        orientation: photo.orientation.value(),
        taken: photo.taken,
        thumbnail: Some(thumbnail),
        faces,
    })
}

fn faces(
    image: &RgbImage,
    engine: &Engine,
    options: &ScanOptions,
) -> Result<Vec<ScannedFace>, AnalyseError> {
    let detect = DetectOptions {
        min_score: options.min_score,
        ..DetectOptions::default()
    };
    let mut detections = engine.detect(image, &detect)?;
    detections.retain(|detection| {
        let face = detection.box_in_photo;
        face.width > 0.0 && face.height > 0.0
    });
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
    let faces = detections
        .iter()
        .zip(&qualities)
        .map(|(detection, quality)| {
            let embedding = if quality.recognizable() {
                embeddings.next()
            } else {
                None
            };
            scanned_face(image, detection, quality, embedding)
        });
    Ok(faces.collect())
}

fn scanned_face(
    image: &RgbImage,
    detection: &Detection,
    quality: &Quality,
    embedding: Option<Embedding>,
) -> ScannedFace {
    let thumbnail = jpeg_face_thumbnail(image, detection.box_in_photo, FACE_THUMBNAIL);
    let thumbnail = thumbnail
        .inspect_err(|error| tracing::debug!("a face without thumbnail: {error}"))
        .ok();
    ScannedFace {
        box_in_photo: detection.box_in_photo,
        landmarks: detection.landmarks,
        score: detection.score,
        quality: quality.value(),
        recognizable: quality.recognizable(),
        embedding,
        thumbnail,
    }
}
