//! One photo of a scan: looked at, thumbnails made, then its faces embedded together with those of other photos.

use super::face_finder::{ExamineError, Examiner, SeenFace, Sighting};
use super::item::Item;
use super::stage_clock::Stage;
use crate::library::{ScannedFace, ScannedPhoto};
use crate::photo::{PhotoError, PhotoFile, jpeg_face_thumbnail, jpeg_thumbnail};
use crate::vision::{AlignedFace, Embedding};

/// Longer side of a photo's thumbnail, in pixels.
const PHOTO_THUMBNAIL: u32 = 320;
/// Side of a face's thumbnail, in pixels.
const FACE_THUMBNAIL: u32 = 160;

/// What the library stores of a photo, but for the embeddings of its recognizable faces.
pub(super) struct Analysed {
    photo: ScannedPhoto,
    /// Of the recognizable faces, in their order.
    pub(super) crops: Vec<AlignedFace>,
}

impl Analysed {
    /// With one embedding for each crop.
    pub(super) fn finished(self, embeddings: &[Embedding]) -> ScannedPhoto {
        let mut photo = self.photo;
        let recognizable = photo.faces.iter_mut().filter(|face| face.recognizable);
        for (face, &embedding) in recognizable.zip(embeddings) {
            face.embedding = Some(embedding);
        }
        photo
    }
}

/// Looks at a file's bytes and makes thumbnails; no pixel is held afterwards but those of the crops.
pub(super) fn analyse(
    item: &Item,
    file: &PhotoFile,
    examiner: &Examiner<'_>,
) -> Result<Analysed, ExamineError> {
    let mut sighting = examiner.look(file)?;
    let crops = std::mem::take(&mut sighting.crops);
    let (faces, thumbnail) = examiner
        .clock
        .time(Stage::Thumbnail, || with_thumbnails(&sighting))?;
    let photo = sighting.photo();
    Ok(Analysed {
        photo: ScannedPhoto {
            root_id: item.target.root_id,
            path: item.path.clone(),
            file_size: file.stamp.bytes,
            modified_ns: file.stamp.modified_ns,
            content_hash: file.content_hash,
            size: photo.size(),
            orientation: photo.orientation.value(),
            taken: photo.taken.clone(),
            faces,
            thumbnail: Some(thumbnail),
        },
        crops,
    })
}

/// The faces, and the thumbnail of the photo.
fn with_thumbnails(sighting: &Sighting<'_>) -> Result<(Vec<ScannedFace>, Vec<u8>), PhotoError> {
    let thumbnail = jpeg_thumbnail(&sighting.first.image, PHOTO_THUMBNAIL)?;
    let faces = sighting.faces.iter();
    Ok((
        faces.map(|face| scanned_face(sighting, face)).collect(),
        thumbnail,
    ))
}

fn scanned_face(sighting: &Sighting<'_>, face: &SeenFace) -> ScannedFace {
    let box_in_image = face.detection.box_in_photo;
    let thumbnail = jpeg_face_thumbnail(&sighting.photo().image, box_in_image, FACE_THUMBNAIL);
    let thumbnail = thumbnail
        .inspect_err(|error| tracing::debug!("a face without thumbnail: {error}"))
        .ok();
    let detection = sighting.at_full_scale(face);
    ScannedFace {
        box_in_photo: detection.box_in_photo,
        landmarks: detection.landmarks,
        score: detection.score,
        quality: face.quality.value(),
        recognizable: face.quality.recognizable(),
        embedding: None,
        thumbnail,
    }
}
