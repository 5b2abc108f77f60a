//! Faces of several photos embedded together, by one worker.
//!
//! The recognizer's last layer reads 26 MB of weights however many faces pass it, so a batch costs less than its faces one
//! by one. A photo waits for its batch, but never longer than there is other work.

use super::analyse::Analysed;
use super::face_finder::FaceFinder;
use super::item::Item;
use super::task::Finding;
use crate::photo::ContentHash;
use crate::vision::AlignedFace;

/// Faces from which on waiting for more saves next to nothing: one pass of the recognizer's last layer.
const FULL_FACES: usize = 8;
/// Photos that wait at most, with or without faces: what a crash may lose.
const MAX_PHOTOS: usize = 16;

/// Photos whose faces have yet to be embedded.
#[derive(Default)]
pub(super) struct EmbedBatch {
    photos: Vec<(Item, ContentHash, Analysed)>,
    faces: usize,
}

impl EmbedBatch {
    pub(super) fn add(&mut self, item: Item, content: ContentHash, analysed: Analysed) {
        self.faces += analysed.crops.len();
        self.photos.push((item, content, analysed));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.photos.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.faces >= FULL_FACES || self.photos.len() >= MAX_PHOTOS
    }

    /// What became of the photos, in their order; none wait afterwards.
    pub(super) fn finish(&mut self, finder: &FaceFinder<'_>) -> Vec<Finding> {
        self.faces = 0;
        let mut crops: Vec<AlignedFace> = Vec::new();
        let mut photos = Vec::new();
        for (item, content, mut analysed) in self.photos.drain(..) {
            let first = crops.len();
            crops.append(&mut analysed.crops);
            photos.push((item, content, analysed, first..crops.len()));
        }
        let together = finder.embed(&crops);
        let finished = photos.into_iter().map(|(item, content, analysed, own)| {
            let embeddings = match &together {
                Ok(embeddings) => Ok(embeddings[own].to_vec()),
                // What went wrong with one photo is told of that one.
                Err(_) => finder.embed(&crops[own]),
            };
            match embeddings {
                Ok(embeddings) => Finding::Scanned {
                    note: analysed.note.clone(),
                    photo: Box::new(analysed.finished(&embeddings)),
                },
                Err(error) => Finding::Failed {
                    item,
                    content: Some(content),
                    error,
                },
            }
        });
        finished.collect()
    }
}
