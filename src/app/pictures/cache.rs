//! Faces and photos as textures on the GPU. Other threads decode the pictures in view; the textures take at most a fixed
//! number of bytes.
//!
//! A view requests a picture in every frame that shows it, and draws a placeholder while the result is `None`.
//! Pictures that were not requested in the last frame are no longer decoded; the least recently drawn textures are
//! freed first.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use egui::{TextureHandle, TextureOptions};

use crate::app::pictures::PictureKey;
use crate::app::pictures::decoder::{Decoded, Decoder, PhotoSource, PictureRequest};
use crate::app::widgets::picture::Picture;
use crate::library::{FaceId, PhotoId, PhotoRow};
use crate::photo::Reduction;

/// The best available picture of a photo.
#[derive(Clone, Debug, Default)]
pub struct PhotoPicture {
    pub picture: Option<Picture>,
    /// True if `picture` has the resolution that was requested.
    pub sharp: bool,
    /// Why the file can't be shown.
    pub problem: Option<Arc<str>>,
}

const SHARPEST_FIRST: [Reduction; 4] = [
    Reduction::Full,
    Reduction::Half,
    Reduction::Quarter,
    Reduction::Eighth,
];

/// Longest side of a photo's texture, in pixels; the GPU may have a lower limit.
const MAX_SIDE: u32 = 8192;

/// Bytes of textures on the GPU (RGBA, 4 bytes per pixel): enough for about 1,900 face crops of 160 × 160, and for
/// sixteen photos of 12 megapixels at half their side, or four at full scale.
const FACE_BYTES: usize = 192 << 20;
const PHOTO_BYTES: usize = 192 << 20;

/// Maximum bytes that are uploaded in one frame, so that a frame stays short: about 80 face crops.
const UPLOAD_BYTES_PER_FRAME: usize = 8 << 20;

enum Slot {
    Ready {
        texture: TextureHandle,
        bytes: usize,
        used_in_frame: u64,
    },
    Failed(Arc<str>),
}

/// The pictures of one open library.
pub struct PictureCache {
    ctx: egui::Context,
    /// Before `decoder`, whose drop waits for its threads.
    slots: HashMap<PictureKey, Slot>,
    decoder: Decoder,
    /// Requested in this frame and not loaded, in order.
    wanted: Vec<PictureRequest>,
    wanted_keys: HashSet<PictureKey>,
    frame: u64,
}

impl PictureCache {
    pub fn new(ctx: egui::Context, decoder: Decoder) -> Self {
        Self {
            ctx,
            slots: HashMap::new(),
            decoder,
            wanted: Vec::new(),
            wanted_keys: HashSet::new(),
            frame: 0,
        }
    }

    /// The crop of a face.
    pub fn face(&mut self, face_id: FaceId) -> Option<Picture> {
        self.get(PictureKey::Face(face_id), None)
    }

    /// A thumbnail of a photo.
    pub fn photo_thumbnail(&mut self, photo_id: PhotoId) -> Option<Picture> {
        self.get(PictureKey::PhotoThumbnail(photo_id), None)
    }

    /// The photo for its page. `long_side`: its longer side on the screen, in physical pixels, at the current zoom.
    pub fn photo(&mut self, photo: &PhotoRow, long_side: f32) -> PhotoPicture {
        let photo_id = photo.photo_id;
        let needed = reduction_for(photo, long_side);
        let found = SHARPEST_FIRST.into_iter().find_map(|reduction| {
            let picture = self.ready(PictureKey::Photo(photo_id, reduction))?;
            Some((picture, reduction >= needed))
        });
        if let Some((picture, true)) = found {
            return PhotoPicture {
                picture: Some(picture),
                sharp: true,
                problem: None,
            };
        }
        self.prefetch_photo(photo, long_side);
        let problem = match self.slots.get(&PictureKey::Photo(photo_id, needed)) {
            Some(Slot::Failed(reason)) => Some(reason.clone()),
            _ => None,
        };
        // A smaller picture or the thumbnail, until the sharp one is loaded.
        PhotoPicture {
            picture: found
                .map(|(picture, _)| picture)
                .or_else(|| self.photo_thumbnail(photo_id)),
            sharp: false,
            problem,
        }
    }

    /// Requests a photo that will be shown next at `long_side` physical pixels.
    pub fn prefetch_photo(&mut self, photo: &PhotoRow, long_side: f32) {
        let key = PictureKey::Photo(photo.photo_id, reduction_for(photo, long_side));
        let file = PhotoSource {
            path: photo.absolute(),
            max_side: self.max_texture_side().min(MAX_SIDE),
        };
        self.get(key, Some(file));
    }

    /// True when every requested picture is loaded or has failed.
    pub fn is_at_rest(&self) -> bool {
        self.wanted.is_empty() && self.decoder.is_at_rest()
    }

    fn max_texture_side(&self) -> u32 {
        self.ctx
            .input(|input| input.max_texture_side)
            .try_into()
            .unwrap_or(u32::MAX)
    }

    fn get(&mut self, key: PictureKey, file: Option<PhotoSource>) -> Option<Picture> {
        if let Some(picture) = self.ready(key) {
            return Some(picture);
        }
        if !self.slots.contains_key(&key) && self.wanted_keys.insert(key) {
            self.wanted.push(PictureRequest { key, file });
        }
        None
    }

    fn ready(&mut self, key: PictureKey) -> Option<Picture> {
        match self.slots.get_mut(&key)? {
            Slot::Ready {
                texture,
                used_in_frame,
                ..
            } => {
                *used_in_frame = self.frame;
                Some(Picture {
                    id: texture.id(),
                    size: texture.size_vec2(),
                })
            }
            Slot::Failed(_) => None,
        }
    }

    /// Before views draw: uploads the decoded pictures.
    pub fn begin_frame(&mut self) {
        self.frame += 1;
        let mut uploaded = 0;
        while uploaded < UPLOAD_BYTES_PER_FRAME {
            let Some(decoded) = self.decoder.next_decoded() else {
                return;
            };
            uploaded += self.upload(decoded);
        }
        // More is waiting than one frame should upload.
        self.ctx.request_repaint();
    }

    fn upload(&mut self, decoded: Decoded) -> usize {
        match decoded.image {
            Ok(image) => {
                let bytes = image.pixels.len() * 4;
                let texture = self
                    .ctx
                    .load_texture("picture", image, TextureOptions::LINEAR);
                let slot = Slot::Ready {
                    texture,
                    bytes,
                    used_in_frame: self.frame,
                };
                self.slots.insert(decoded.key, slot);
                bytes
            }
            Err(reason) => {
                tracing::debug!("no picture for {:?}: {reason}", decoded.key);
                self.slots.insert(decoded.key, Slot::Failed(reason.into()));
                0
            }
        }
    }

    /// After views have drawn: sends their requests, and frees the least recently drawn pictures.
    pub fn end_frame(&mut self) {
        self.wanted_keys.clear();
        self.decoder.want(std::mem::take(&mut self.wanted));
        self.free(FACE_BYTES, |key| !key.is_photo());
        self.free(PHOTO_BYTES, |key| key.is_photo());
    }

    /// Frees the oldest pictures of a kind until the rest fits `budget`; those drawn in this frame stay.
    fn free(&mut self, budget: usize, kind: impl Fn(&PictureKey) -> bool) {
        let mut loaded: Vec<(u64, usize, PictureKey)> = Vec::new();
        let mut total = 0;
        for (key, slot) in self.slots.iter().filter(|(key, _)| kind(key)) {
            if let Slot::Ready {
                bytes,
                used_in_frame,
                ..
            } = slot
            {
                total += bytes;
                loaded.push((*used_in_frame, *bytes, *key));
            }
        }
        if total <= budget {
            return;
        }
        loaded.sort_unstable_by_key(|(used_in_frame, ..)| *used_in_frame);
        for (used_in_frame, bytes, key) in loaded {
            if total <= budget || used_in_frame == self.frame {
                return;
            }
            self.slots.remove(&key);
            total -= bytes;
        }
    }

    /// Retries failed pictures, after the library or its files have changed.
    pub fn forget_failures(&mut self) {
        self.slots
            .retain(|_, slot| matches!(slot, Slot::Ready { .. }));
    }
}

/// The smallest reduction of a photo that has a pixel for each of the `long_side` physical pixels it covers.
fn reduction_for(photo: &PhotoRow, long_side: f32) -> Reduction {
    let longer = photo.size.width.max(photo.size.height);
    Reduction::keeping(longer as f32, long_side)
}
