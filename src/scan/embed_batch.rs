//! Embeds the faces of several photos together, in one worker.
//!
//! The last layer of the recognizer reads 26 MB of weights for any number of faces, so a batch costs less than its
//! faces one by one. A photo waits for its batch only while there is other work.

use super::analyse::Analysed;
use super::face_finder::FaceFinder;
use super::item::Item;
use super::task::Finding;
use crate::photo::ContentHash;
use crate::vision::AlignedFace;

/// Faces of a full batch. More faces would save next to nothing: these are one pass of the last layer of the
/// recognizer.
const FULL_FACES: usize = 8;
/// Photos of a full batch, with or without faces: what a crash may lose.
const MAX_PHOTOS: usize = 16;

/// Photos whose faces are not embedded yet.
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

    /// Embeds all waiting faces. Returns the results in the order of the photos; no photo waits afterwards.
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
                // An error is reported only for the photo that causes it.
                Err(_) => finder.embed(&crops[own]),
            };
            match embeddings {
                Ok(embeddings) => Finding::Scanned {
                    coarse: analysed.is_coarse.then(|| item.absolute()),
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
