//! One photo of a scan: its faces and the thumbnails. The faces are embedded later, together with those of other photos.

use super::face_finder::{Face, FaceFinder, FaceFinderError, SearchedPhoto};
use super::item::Item;
use super::stage_clock::Stage;
use crate::library::{ScannedFace, ScannedPhoto};
use crate::photo::{Photo, PhotoError, PhotoFile, PhotoNote, jpeg_face_thumbnail, jpeg_thumbnail};
use crate::vision::{AlignedFace, Embedded};

/// Longer side of a photo's thumbnail, in pixels.
const PHOTO_THUMBNAIL: u32 = 320;
/// Side of a face's thumbnail, in pixels.
const FACE_THUMBNAIL: u32 = 160;

/// What the library stores of a photo, without the embeddings of its recognizable faces.
pub(super) struct Analysed {
    photo: ScannedPhoto,
    /// One for each recognizable face, in the order of the faces.
    pub(super) crops: Vec<AlignedFace>,
    /// Faces of 60 pixels may have been missed.
    pub(super) is_coarse: bool,
    /// What was missing of the photo, or not looked at.
    pub(super) note: Option<Note>,
}

/// What was missing of a photo that was read.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub text: String,
    /// A part of the picture itself is missing.
    pub is_incomplete: bool,
}

impl Analysed {
    /// The photo with one embedding for each crop.
    pub(super) fn finished(self, embeddings: &[Embedded]) -> ScannedPhoto {
        let mut photo = self.photo;
        let recognizable = photo.faces.iter_mut().filter(|face| face.recognizable);
        for (face, embedded) in recognizable.zip(embeddings) {
            face.embedding = Some(embedded.embedding);
            face.measures.norm = Some(embedded.norm);
        }
        photo
    }
}

/// Finds the faces in a file and makes the thumbnails. Afterwards no pixels are held but those of the crops.
pub(super) fn analyse(
    item: &Item,
    file: &PhotoFile,
    finder: &FaceFinder<'_>,
) -> Result<Analysed, FaceFinderError> {
    let mut searched = finder.search(file)?;
    let crops = std::mem::take(&mut searched.crops);
    let (faces, thumbnail) = finder
        .clock
        .time(Stage::Thumbnail, || with_thumbnails(&searched))?;
    let photo = searched.photo();
    let notes: Vec<String> = photo.notes.iter().map(ToString::to_string).collect();
    let note = (!notes.is_empty()).then(|| Note {
        text: notes.join("; "),
        is_incomplete: photo.notes.contains(&PhotoNote::Incomplete),
    });
    Ok(Analysed {
        is_coarse: searched.is_coarse,
        photo: ScannedPhoto {
            root_id: item.target.root_id,
            path: item.path.clone(),
            file_size: file.stamp.bytes,
            modified_ns: file.stamp.modified_ns,
            changed_ns: file.stamp.changed_ns,
            content_hash: file.content_hash,
            size: photo.size(),
            orientation: photo.orientation.value(),
            taken: photo.taken.clone(),
            faces,
            thumbnail: Some(thumbnail),
            model: finder.model(),
        },
        crops,
        note,
    })
}

/// The faces with their thumbnails, and the thumbnail of the photo.
fn with_thumbnails(
    searched: &SearchedPhoto<'_>,
) -> Result<(Vec<ScannedFace>, Vec<u8>), PhotoError> {
    let thumbnail = jpeg_thumbnail(&searched.overview.image, PHOTO_THUMBNAIL)?;
    let photo = searched.photo();
    let faces = searched.faces.iter().map(|face| scanned_face(photo, face));
    Ok((faces.collect(), thumbnail))
}

fn scanned_face(photo: &Photo, face: &Face) -> ScannedFace {
    let image_from_photo = 1.0 / photo.reduction.divisor() as f32;
    let box_in_image = face.detection.box_in_photo.scaled(image_from_photo);
    let thumbnail = jpeg_face_thumbnail(&photo.image, box_in_image, FACE_THUMBNAIL)
        .inspect_err(|error| tracing::debug!("a face without thumbnail: {error}"))
        .ok();
    ScannedFace {
        box_in_photo: face.detection.box_in_photo,
        landmarks: face.detection.landmarks,
        score: face.detection.score,
        quality: face.quality.value(),
        recognizable: face.quality.recognizable(),
        measures: face.quality.measures(),
        embedding: None,
        thumbnail,
    }
}
