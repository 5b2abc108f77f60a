//! Runs a brought network on a sample of a library's photos: vectors of people, as far as the library knows them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::error::BroughtModelError;
use crate::library::{GroupId, Library, PhotoToEmbed};
use crate::photo::{self, Limits};
use crate::scan::ScanOptions;
use crate::scan::face_finder::{FaceFinder, FaceFinderError};
use crate::stop::StopFlag;
use crate::vision::brought::BroughtNetwork;
use crate::vision::{AlignedFace, Engine, ModelName};

/// Photos of a sample. Each takes as long as in a scan.
const MAX_PHOTOS: usize = 400;
/// Faces of one person in a sample: more would make their variance that of the library.
const MAX_FACES_EACH: usize = 16;
/// People whose first face is kept to try the network.
const MAX_TRIED: usize = 40;
/// Vectors of a sample.
pub(super) struct Sample {
    /// By person.
    pub people: Vec<Vec<Vec<f32>>>,
    /// One face of each of some people, and its vector.
    pub tried: Vec<(AlignedFace, Vec<f32>)>,
}

/// A face of a sample.
struct SampledFace {
    /// The library's group; `None` if it has none.
    group: Option<GroupId>,
    crop: AlignedFace,
    vector: Vec<f32>,
}

/// `engine` aligns faces as the network takes them.
pub(super) fn sample(
    library: &Library,
    engine: &Engine,
    network: &BroughtNetwork,
    stop: &StopFlag,
    on_photo: &(dyn Fn(usize, usize) + Sync),
) -> Result<Sample, BroughtModelError> {
    let photos = sampled_photos(library, &engine.model())?;
    let finder = FaceFinder::new(engine, ScanOptions::default(), stop.clone());
    let done = AtomicUsize::new(0);
    let found: Vec<Result<Vec<SampledFace>, BroughtModelError>> = photos
        .par_iter()
        .map(|photo| {
            stop.check()?;
            let faces = faces_of(&finder, network, photo, stop);
            on_photo(1 + done.fetch_add(1, Ordering::Relaxed), photos.len());
            faces
        })
        .collect();
    stop.check()?;
    let mut people = People::default();
    let mut problem = None;
    for faces in found {
        match faces {
            Ok(faces) => faces.into_iter().for_each(|face| people.add(face)),
            // A fault of the network is no fault of the photo.
            Err(error @ BroughtModelError::Network { .. }) => return Err(error),
            Err(error) => problem = Some(error.to_string()),
        }
    }
    match problem {
        Some(reason) if people.of.is_empty() => Err(BroughtModelError::NoPhotos {
            photos: photos.len(),
            reason,
        }),
        _ => Ok(Sample {
            people: people.of,
            tried: people.tried,
        }),
    }
}

/// A photo of a sample.
struct SampledPhoto {
    path: PathBuf,
    known: PhotoToEmbed,
    /// The group of each known face.
    groups: Vec<Option<GroupId>>,
}

/// Present photos with faces that have an embedding, evenly spread. No face has one by `model`, which is not fitted yet.
fn sampled_photos(
    library: &Library,
    model: &ModelName,
) -> Result<Vec<SampledPhoto>, BroughtModelError> {
    let photo_ids = library.photos_to_embed(model)?;
    let step = photo_ids.len().div_ceil(MAX_PHOTOS).max(1);
    let mut photos = Vec::new();
    for photo_id in photo_ids.into_iter().step_by(step) {
        let known = library.photo_to_embed(photo_id, model)?;
        let Some((known, row)) = known.zip(library.photo(photo_id)?) else {
            continue;
        };
        let mut groups = Vec::with_capacity(known.faces.len());
        for face in &known.faces {
            groups.push(library.face(face.face_id)?.and_then(|face| face.group));
        }
        photos.push(SampledPhoto {
            path: row.absolute(),
            known,
            groups,
        });
    }
    Ok(photos)
}

/// The faces of a photo; none if it has changed since it was scanned.
fn faces_of(
    finder: &FaceFinder<'_>,
    network: &BroughtNetwork,
    photo: &SampledPhoto,
    stop: &StopFlag,
) -> Result<Vec<SampledFace>, BroughtModelError> {
    let file = photo::read(&photo.path, &Limits::default(), stop).map_err(FaceFinderError::from)?;
    if file.content_hash != photo.known.content_hash {
        return Ok(Vec::new());
    }
    let aligned = finder.align_known(&file, &photo.known)?.unwrap_or_default();
    let crops: Vec<AlignedFace> = aligned.into_iter().map(|(_, crop)| crop).collect();
    let vectors = network
        .embed(&crops)
        .map_err(|error| BroughtModelError::network(Path::new(&network.manifest().file), error))?;
    let faces = photo.groups.iter().zip(crops).zip(vectors);
    let faces = faces.map(|((group, crop), vector)| SampledFace {
        group: *group,
        crop,
        vector: vector.numbers,
    });
    Ok(faces.collect())
}

#[derive(Default)]
struct People {
    of: Vec<Vec<Vec<f32>>>,
    by_group: HashMap<GroupId, usize>,
    tried: Vec<(AlignedFace, Vec<f32>)>,
}

impl People {
    /// A face without a group counts as a person of its own.
    fn add(&mut self, face: SampledFace) {
        let next = self.of.len();
        let index = match face.group {
            Some(group) => *self.by_group.entry(group).or_insert(next),
            None => next,
        };
        if index == next {
            self.of.push(Vec::new());
            if self.tried.len() < MAX_TRIED {
                self.tried.push((face.crop, face.vector.clone()));
            }
        }
        let vectors = &mut self.of[index];
        if vectors.len() < MAX_FACES_EACH {
            vectors.push(face.vector);
        }
    }
}
