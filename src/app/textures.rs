//! Faces and photos as textures on the GPU: decoded by other threads, only those in view, within a budget of bytes.
//!
//! A view asks for a picture in every frame that shows it and draws a placeholder while the answer is `None`. What was
//! not asked for in the last frame is no longer waited for; what was not drawn for longest leaves the GPU first.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use egui::{TextureHandle, TextureId, TextureOptions, Vec2};

use crate::app::decoder::{Decoded, Decoder, Job};
use crate::library::{FaceId, PhotoId};

/// Which picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PictureKey {
    /// Square crop with the whole head.
    Face(FaceId),
    PhotoThumbnail(PhotoId),
    /// The file itself, upright, no larger than the long side in pixels.
    Photo(PhotoId, u32),
}

/// A picture that can be drawn now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Picture {
    pub id: TextureId,
    /// Size of the texture in pixels.
    pub size: Vec2,
}

/// The best there is of a photo for now.
#[derive(Clone, Debug, Default)]
pub struct PhotoPicture {
    pub picture: Option<Picture>,
    /// True once `picture` is as sharp as was asked for.
    pub sharp: bool,
    /// Why the file can't be shown, as a sentence.
    pub problem: Option<Arc<str>>,
}

/// Long sides, in pixels, that a photo is decoded to: the smallest that covers what the screen needs.
const LONG_SIDES: [u32; 4] = [1024, 2048, 4096, 8192];

/// What the GPU may hold (RGBA, 4 bytes a pixel): about 1,900 face crops of 160 × 160, and two photos of 12 megapixels.
const FACE_BYTES: usize = 192 << 20;
const PHOTO_BYTES: usize = 192 << 20;

/// Uploads in one frame, so that a frame stays short: about 80 face crops.
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
pub struct Textures {
    ctx: egui::Context,
    decoder: Decoder,
    slots: HashMap<PictureKey, Slot>,
    /// Asked for in this frame and not there, in the order asked.
    wanted: Vec<Job>,
    wanted_keys: HashSet<PictureKey>,
    frame: u64,
}

impl Textures {
    pub fn new(ctx: egui::Context, decoder: Decoder) -> Self {
        Self {
            ctx,
            decoder,
            slots: HashMap::new(),
            wanted: Vec::new(),
            wanted_keys: HashSet::new(),
            frame: 0,
        }
    }

    /// The crop of a face.
    pub fn face(&mut self, face_id: FaceId) -> Option<Picture> {
        self.get(PictureKey::Face(face_id), None)
    }

    /// A small picture of a whole photo.
    pub fn photo_thumbnail(&mut self, photo_id: PhotoId) -> Option<Picture> {
        self.get(PictureKey::PhotoThumbnail(photo_id), None)
    }

    /// The photo for its page. `long_side` is what the screen needs, in physical pixels, at the present zoom.
    pub fn photo(
        &mut self,
        photo_id: PhotoId,
        path: &std::path::Path,
        long_side: f32,
    ) -> PhotoPicture {
        let needed = LONG_SIDES
            .into_iter()
            .find(|side| *side as f32 >= long_side)
            .unwrap_or(LONG_SIDES[LONG_SIDES.len() - 1]);
        let needed = needed.min(self.max_texture_side());
        let key = PictureKey::Photo(photo_id, needed);
        if let Some(picture) = self.get(key, Some(path.to_owned())) {
            return PhotoPicture {
                picture: Some(picture),
                sharp: true,
                problem: None,
            };
        }
        let problem = match self.slots.get(&key) {
            Some(Slot::Failed(reason)) => Some(reason.clone()),
            _ => None,
        };
        // Another scale of it, else the thumbnail, until the sharp one is there.
        let other = LONG_SIDES
            .into_iter()
            .rev()
            .find_map(|side| self.ready(PictureKey::Photo(photo_id, side)));
        PhotoPicture {
            picture: other.or_else(|| self.photo_thumbnail(photo_id)),
            sharp: false,
            problem,
        }
    }

    fn max_texture_side(&self) -> u32 {
        self.ctx
            .input(|input| input.max_texture_side)
            .try_into()
            .unwrap_or(u32::MAX)
    }

    fn get(&mut self, key: PictureKey, path: Option<PathBuf>) -> Option<Picture> {
        if let Some(picture) = self.ready(key) {
            return Some(picture);
        }
        if !self.slots.contains_key(&key) && self.wanted_keys.insert(key) {
            self.wanted.push(Job { key, path });
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

    /// Before views draw: takes in what has been decoded.
    pub fn begin_frame(&mut self) {
        self.frame += 1;
        let mut uploaded = 0;
        while uploaded < UPLOAD_BYTES_PER_FRAME {
            let Some(decoded) = self.decoder.next_decoded() else {
                return;
            };
            uploaded += self.take_in(decoded);
        }
        // More is waiting than one frame should upload.
        self.ctx.request_repaint();
    }

    fn take_in(&mut self, decoded: Decoded) -> usize {
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

    /// After views have drawn: sends what they asked for, and frees what they did not draw for longest.
    pub fn end_frame(&mut self) {
        self.wanted_keys.clear();
        self.decoder.want(std::mem::take(&mut self.wanted));
        self.free(FACE_BYTES, |key| !matches!(key, PictureKey::Photo(..)));
        self.free(PHOTO_BYTES, |key| matches!(key, PictureKey::Photo(..)));
    }

    /// Frees the oldest pictures of a kind until the others fit `budget`; those drawn in this frame stay.
    fn free(&mut self, budget: usize, kind: impl Fn(&PictureKey) -> bool) {
        let mut held: Vec<(u64, usize, PictureKey)> = Vec::new();
        let mut total = 0;
        for (key, slot) in self.slots.iter().filter(|(key, _)| kind(key)) {
            if let Slot::Ready {
                bytes,
                used_in_frame,
                ..
            } = slot
            {
                total += bytes;
                held.push((*used_in_frame, *bytes, *key));
            }
        }
        if total <= budget {
            return;
        }
        held.sort_unstable_by_key(|(used_in_frame, ..)| *used_in_frame);
        for (used_in_frame, bytes, key) in held {
            if total <= budget || used_in_frame == self.frame {
                return;
            }
            self.slots.remove(&key);
            total -= bytes;
        }
    }

    /// Reads pictures that failed again, after the library or its files have changed.
    pub fn forget_failures(&mut self) {
        self.slots
            .retain(|_, slot| matches!(slot, Slot::Ready { .. }));
    }
}
