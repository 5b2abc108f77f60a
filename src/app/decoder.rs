//! Threads that read and decode pictures for the window, what is in view first.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use egui::ColorImage;
use image::RgbImage;

use crate::app::textures::PictureKey;
use crate::library::Library;
use crate::photo;

/// One picture to make.
#[derive(Clone, Debug)]
pub struct Job {
    pub key: PictureKey,
    /// The file of a [`PictureKey::Photo`].
    pub path: Option<PathBuf>,
}

/// A picture made, or a sentence why not.
pub struct Decoded {
    pub key: PictureKey,
    pub image: Result<ColorImage, String>,
}

#[derive(Default)]
struct Queue {
    jobs: Vec<Job>,
    in_work: Vec<PictureKey>,
    closed: bool,
}

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // The queue is whole between any two statements, so a panic elsewhere leaves nothing half done.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A handle of the decoding threads; they end when it is dropped.
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

    /// Replaces what is waited for.
    pub fn want(&self, jobs: Vec<Job>) {
        let mut queue = self.shared.lock();
        if jobs.is_empty() && queue.jobs.is_empty() {
            return;
        }
        queue.jobs = jobs;
        let in_work = std::mem::take(&mut queue.in_work);
        queue.jobs.retain(|job| !in_work.contains(&job.key));
        // Taken from the end, so the first asked for goes there.
        queue.jobs.reverse();
        queue.in_work = in_work;
        drop(queue);
        self.shared.changed.notify_all();
    }

    /// What has been made since the last call, one at a time.
    pub fn next_decoded(&self) -> Option<Decoded> {
        let decoded = self.results.try_recv().ok()?;
        self.shared.lock().in_work.retain(|key| *key != decoded.key);
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
    while let Some(job) = next_job(shared) {
        let key = job.key;
        let image = decode(library, job);
        if results.send(Decoded { key, image }).is_err() {
            return;
        }
        ctx.request_repaint();
    }
}

/// Waits for work; `None` when the window is done with it.
fn next_job(shared: &Shared) -> Option<Job> {
    let mut queue = shared.lock();
    loop {
        if queue.closed {
            return None;
        }
        if let Some(job) = queue.jobs.pop() {
            queue.in_work.push(job.key);
            return Some(job);
        }
        queue = shared
            .changed
            .wait(queue)
            .unwrap_or_else(PoisonError::into_inner);
    }
}

fn decode(library: &Library, job: Job) -> Result<ColorImage, String> {
    let missing = || "there is no picture of it in the library yet".to_owned();
    let thumbnail = match job.key {
        PictureKey::Face(face_id) => library.face_thumbnail(face_id),
        PictureKey::PhotoThumbnail(photo_id) => library.photo_thumbnail(photo_id),
        PictureKey::Photo(_, long_side) => {
            let path = job.path.ok_or_else(missing)?;
            let photo =
                photo::open(&path, &photo::Limits::default()).map_err(|error| error.to_string())?;
            return Ok(color_image(&shrink(photo.image, long_side)));
        }
    };
    let jpeg = thumbnail
        .map_err(|error| error.to_string())?
        .ok_or_else(missing)?;
    let photo =
        photo::decode(&jpeg, &photo::Limits::default()).map_err(|error| error.to_string())?;
    Ok(color_image(&photo.image))
}

fn color_image(image: &RgbImage) -> ColorImage {
    ColorImage::from_rgb(
        [image.width() as usize, image.height() as usize],
        image.as_raw(),
    )
}

/// The image no larger than `long_side` on its longer side; smaller ones stay as they are.
fn shrink(image: RgbImage, long_side: u32) -> RgbImage {
    let longer = image.width().max(image.height());
    if longer <= long_side {
        return image;
    }
    let scaled =
        |side: u32| ((u64::from(side) * u64::from(long_side) / u64::from(longer)).max(1)) as u32;
    let (width, height) = (scaled(image.width()), scaled(image.height()));
    image::imageops::thumbnail(&image, width, height)
}
