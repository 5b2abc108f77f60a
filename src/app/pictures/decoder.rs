//! Threads that read and decode pictures for the window, those in view first.
//!
//! Photos are decoded at the reduction that the view needs, within a budget of bytes; one thread is always left for
//! thumbnails. Pictures that are no longer wanted are dropped before their pixels are decoded.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use egui::ColorImage;
use image::RgbImage;

use crate::app::pictures::PictureKey;
use crate::geometry::Size;
use crate::library::Library;
use crate::photo::{self, Limits, Reduction};
use crate::resample::resample_whole;
use crate::scan::Budget;
use crate::stop::StopFlag;

/// One picture to decode.
#[derive(Clone, Debug)]
pub struct PictureRequest {
    pub key: PictureKey,
    /// The file of a [`PictureKey::Photo`].
    pub file: Option<PhotoSource>,
}

/// The file of a photo, and the maximum size of its picture.
#[derive(Clone, Debug)]
pub struct PhotoSource {
    pub path: PathBuf,
    /// Longest side of a texture, in pixels.
    pub max_side: u32,
}

/// Bytes that the photos being decoded may take in total. A photo that needs more waits until no other photo is being
/// decoded.
const DECODE_BYTES: u64 = 256 << 20;

/// A decoded picture, or an error message.
pub struct Decoded {
    pub key: PictureKey,
    pub image: Result<ColorImage, String>,
}

#[derive(Default)]
struct Queue {
    requests: Vec<PictureRequest>,
    in_work: Vec<PictureKey>,
    /// Everything that was requested last, including what is being decoded.
    wanted: HashSet<PictureKey>,
    closed: bool,
}

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    decoding: Budget,
    /// Photos that may be decoded at the same time.
    max_photos: usize,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // No statement leaves the queue inconsistent, so a panic elsewhere does no harm.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_wanted(&self, key: PictureKey) -> bool {
        let queue = self.lock();
        !queue.closed && queue.wanted.contains(&key)
    }
}

/// A handle to the decoding threads; they end when it is dropped.
pub struct Decoder {
    shared: Arc<Shared>,
    results: Receiver<Decoded>,
    threads: Vec<JoinHandle<()>>,
}

impl Decoder {
    /// Starts one thread for each connection.
    pub fn start(connections: Vec<Library>, ctx: &egui::Context) -> std::io::Result<Decoder> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            changed: Condvar::new(),
            decoding: Budget::new(DECODE_BYTES),
            max_photos: connections.len().saturating_sub(1).max(1),
        });
        let (sender, results) = channel();
        let threads = connections
            .into_iter()
            .map(|library| {
                let (shared, sender, ctx) = (shared.clone(), sender.clone(), ctx.clone());
                std::thread::Builder::new()
                    .name("pictures".to_owned())
                    .spawn(move || work(&library, &shared, &sender, &ctx))
            })
            .collect::<Result<_, _>>()?;
        Ok(Decoder {
            shared,
            results,
            threads,
        })
    }

    /// Replaces the requests.
    pub fn want(&self, requests: Vec<PictureRequest>) {
        let mut queue = self.shared.lock();
        if requests.is_empty() && queue.wanted.is_empty() {
            return;
        }
        queue.wanted = requests.iter().map(|request| request.key).collect();
        queue.requests = requests;
        let in_work = std::mem::take(&mut queue.in_work);
        queue
            .requests
            .retain(|request| !in_work.contains(&request.key));
        // Requests are taken from the end, so the first one goes there.
        queue.requests.reverse();
        queue.in_work = in_work;
        drop(queue);
        self.shared.changed.notify_all();
    }

    /// True when no request is left.
    pub fn is_at_rest(&self) -> bool {
        let queue = self.shared.lock();
        queue.requests.is_empty() && queue.in_work.is_empty()
    }

    /// The next picture that was decoded.
    pub fn next_decoded(&self) -> Option<Decoded> {
        let decoded = self.results.try_recv().ok()?;
        self.shared.lock().in_work.retain(|key| *key != decoded.key);
        // The next photo may start.
        self.shared.changed.notify_all();
        Some(decoded)
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a picture thread has panicked");
            }
        }
    }
}

fn work(library: &Library, shared: &Shared, results: &Sender<Decoded>, ctx: &egui::Context) {
    while let Some(request) = next_request(shared) {
        let key = request.key;
        match decode(library, request, shared) {
            Some(image) => {
                if results.send(Decoded { key, image }).is_err() {
                    return;
                }
            }
            None => {
                tracing::debug!("{key:?} is no longer wanted");
                shared.lock().in_work.retain(|other| *other != key);
                shared.changed.notify_all();
            }
        }
        ctx.request_repaint();
    }
}

/// Waits for a request; `None` when the decoder is closed.
fn next_request(shared: &Shared) -> Option<PictureRequest> {
    let mut queue = shared.lock();
    loop {
        if queue.closed {
            return None;
        }
        if let Some(request) = queue.take_next(shared.max_photos) {
            return Some(request);
        }
        queue = shared
            .changed
            .wait(queue)
            .unwrap_or_else(PoisonError::into_inner);
    }
}

impl Queue {
    /// The next request; photos wait while `max_photos` of them are being decoded.
    fn take_next(&mut self, max_photos: usize) -> Option<PictureRequest> {
        let photos = self.in_work.iter().filter(|key| key.is_photo()).count();
        let may_begin = |request: &PictureRequest| photos < max_photos || !request.key.is_photo();
        let next = self.requests.iter().rposition(may_begin)?;
        let request = self.requests.remove(next);
        self.in_work.push(request.key);
        Some(request)
    }
}

/// `None` for a photo that is no longer wanted.
fn decode(
    library: &Library,
    request: PictureRequest,
    shared: &Shared,
) -> Option<Result<ColorImage, String>> {
    let thumbnail = match (request.key, request.file) {
        (PictureKey::Photo(_, reduction), Some(file)) => {
            return decode_photo(shared, request.key, &file, reduction);
        }
        (PictureKey::Photo(..), None) => Ok(None),
        (PictureKey::Face(face_id), _) => library.face_thumbnail(face_id),
        (PictureKey::PhotoThumbnail(photo_id), _) => library.photo_thumbnail(photo_id),
    };
    let decode = || {
        let jpeg = thumbnail
            .map_err(|error| error.to_string())?
            .ok_or("the library has no picture of it yet")?;
        let photo = photo::decode(&jpeg, &Limits::default()).map_err(|error| error.to_string())?;
        Ok(color_image(&photo.image))
    };
    Some(decode())
}

fn decode_photo(
    shared: &Shared,
    key: PictureKey,
    file: &PhotoSource,
    reduction: Reduction,
) -> Option<Result<ColorImage, String>> {
    let failed = |error: photo::PhotoError| Some(Err(error.to_string()));
    let limits = Limits::default();
    let never = StopFlag::default();
    let stored = match photo::read(&file.path, &limits, &never) {
        Ok(stored) => stored,
        Err(error) => return failed(error),
    };
    let probe = match stored.probe(&limits) {
        Ok(probe) => probe,
        Err(error) => return failed(error),
    };
    let longer = probe.stored.width.max(probe.stored.height) as f32;
    let decoded_at = probe.reduction_keeping(longer, longer / reduction.divisor() as f32);
    let _loan = shared.decoding.take(probe.memory(decoded_at));
    if !shared.is_wanted(key) {
        return None;
    }
    let photo = match stored.decode(&limits, &probe, decoded_at, &never) {
        Ok(photo) => photo,
        Err(error) => return failed(error),
    };
    drop(stored);
    // A file that can only be decoded at full size gives a picture of the same size as a file that is decoded reduced.
    let wanted = reduction.decoded_size(photo.size());
    let max_side = wanted.width.max(wanted.height).min(file.max_side);
    Some(shrink(photo.image, max_side).map(|image| color_image(&image)))
}

fn color_image(image: &RgbImage) -> ColorImage {
    ColorImage::from_rgb(
        [image.width() as usize, image.height() as usize],
        image.as_raw(),
    )
}

/// The image, at most `max_side` on its longer side; smaller ones are not changed.
fn shrink(image: RgbImage, max_side: u32) -> Result<RgbImage, String> {
    let longer = image.width().max(image.height());
    if longer <= max_side {
        return Ok(image);
    }
    let scaled =
        |side: u32| ((u64::from(side) * u64::from(max_side) / u64::from(longer)).max(1)) as u32;
    let to = Size {
        width: scaled(image.width()),
        height: scaled(image.height()),
    };
    resample_whole(&image, to).map_err(|error| error.to_string())
}
