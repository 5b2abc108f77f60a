//! One photo of a scan: decoded, its faces found, thumbnails made.

use image::RgbImage;

use super::ScanOptions;
use super::budget::Budget;
use super::examine::{ExamineError, FoundFace, find_faces};
use super::look::Item;
use crate::library::{ScannedFace, ScannedPhoto};
use crate::photo::{self, PhotoFile, jpeg_face_thumbnail, jpeg_thumbnail};
use crate::vision::Engine;

/// Longer side of a photo's thumbnail, in pixels.
const PHOTO_THUMBNAIL: u32 = 320;
/// Side of a face's thumbnail, in pixels.
const FACE_THUMBNAIL: u32 = 160;

/// Works a file's bytes into what the library stores; waits for pixel memory before decoding.
pub(super) fn analyse(
    item: &Item,
    file: &PhotoFile,
    engine: &Engine,
    options: &ScanOptions,
    pixel_memory: &Budget,
) -> Result<ScannedPhoto, ExamineError> {
    let probe = photo::probe(&file.bytes, &options.limits)?;
    let _loan = pixel_memory.take(probe.memory);
    let photo = photo::decode(&file.bytes, &options.limits)?;
    let faces = find_faces(&photo.image, engine, options)?;
    let thumbnail = jpeg_thumbnail(&photo.image, PHOTO_THUMBNAIL)?;
    Ok(ScannedPhoto {
        root_id: item.target.root_id,
        path: item.path.clone(),
        file_size: file.stamp.bytes,
        modified_ns: file.stamp.modified_ns,
        content_hash: file.content_hash,
        size: photo.size(),
        orientation: photo.orientation.value(),
        faces: faces
            .iter()
            .map(|face| scanned_face(&photo.image, face))
            .collect(),
        taken: photo.taken,
        thumbnail: Some(thumbnail),
    })
}

fn scanned_face(image: &RgbImage, face: &FoundFace) -> ScannedFace {
    let box_in_photo = face.detection.box_in_photo;
    let thumbnail = jpeg_face_thumbnail(image, box_in_photo, FACE_THUMBNAIL);
    let thumbnail = thumbnail
        .inspect_err(|error| tracing::debug!("a face without thumbnail: {error}"))
        .ok();
    ScannedFace {
        box_in_photo,
        landmarks: face.detection.landmarks,
        score: face.detection.score,
        quality: face.quality.value(),
        recognizable: face.quality.recognizable(),
        embedding: face.embedding,
        thumbnail,
    }
}
