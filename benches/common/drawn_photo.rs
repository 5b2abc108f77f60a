//! Photos of drawn faces, of which only the embeddings count.

use kinfolk::geometry::{Landmarks, PhotoRect, Point, Size};
use kinfolk::library::{RootId, ScannedFace, ScannedPhoto};
use kinfolk::photo::ContentHash;
use kinfolk::vision::{Embedding, FaceMeasures, ModelName};

/// A photo at this path with a face of each of these embeddings, side by side.
pub fn drawn_photo(
    root_id: RootId,
    path: String,
    faces: impl IntoIterator<Item = Embedding>,
) -> ScannedPhoto {
    ScannedPhoto {
        root_id,
        content_hash: ContentHash(blake3::hash(path.as_bytes()).into()),
        path,
        file_size: 1,
        modified_ns: 1,
        changed_ns: None,
        size: Size {
            width: 4000,
            height: 100,
        },
        orientation: 1,
        model: ModelName::default(),
        taken: None,
        thumbnail: None,
        faces: (0u16..)
            .zip(faces)
            .map(|(nth, embedding)| drawn_face(50.0 * f32::from(nth), embedding))
            .collect(),
    }
}

fn drawn_face(x: f32, embedding: Embedding) -> ScannedFace {
    ScannedFace {
        box_in_photo: PhotoRect {
            x,
            y: 10.0,
            width: 40.0,
            height: 40.0,
        },
        landmarks: Landmarks([Point { x: 1.0, y: 20.0 }; 5]),
        score: 0.9,
        quality: 0.5,
        recognizable: true,
        measures: FaceMeasures::default(),
        embedding: Some(embedding),
        thumbnail: None,
    }
}
