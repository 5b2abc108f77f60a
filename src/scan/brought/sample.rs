//! Runs a brought network on a sample of a library's photos: vectors of people, as far as the library knows them.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::error::BroughtModelError;
use crate::geometry::PhotoRect;
use crate::library::{FaceRow, FaceState, GroupId, Library, PhotoId, Presence};
use crate::photo;
use crate::scan::{FaceFinder, FaceFinderError, ScanOptions};
use crate::stop::StopFlag;
use crate::vision::brought::BroughtNetwork;
use crate::vision::{AlignedFace, Engine};

/// Photos of a sample. Each takes as long as in a scan.
const MAX_PHOTOS: usize = 400;
/// Faces of one person in a sample: more would make their variance that of the library.
const MAX_FACES_EACH: usize = 16;
/// People whose first face is kept to try the network.
const MAX_TRIED: usize = 40;
/// Intersection over union of the boxes of a face in the library and the same face found again.
const SAME_BOX: f32 = 0.5;

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
    let photos = sampled_photos(library)?;
    let finder = FaceFinder::new(engine, ScanOptions::default(), stop.clone());
    let done = std::sync::atomic::AtomicUsize::new(0);
    let found: Vec<Result<Vec<SampledFace>, BroughtModelError>> = photos
        .par_iter()
        .map(|(path, known)| {
            stop.check()?;
            let faces = faces_of(&finder, network, path, known);
            let done = 1 + done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            on_photo(done, photos.len());
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

/// The path of a photo, and its faces with their groups.
type SampledPhoto = (std::path::PathBuf, Vec<(PhotoRect, Option<GroupId>)>);

/// Present photos with recognizable faces, evenly spread.
fn sampled_photos(library: &Library) -> Result<Vec<SampledPhoto>, BroughtModelError> {
    let is_sampled = |face: &FaceRow| {
        face.recognizable && face.presence == Presence::Present && face.state != FaceState::NotAFace
    };
    let mut by_photo: BTreeMap<PhotoId, Vec<(PhotoRect, Option<GroupId>)>> = BTreeMap::new();
    for face in library.all_faces()?.into_iter().filter(is_sampled) {
        by_photo
            .entry(face.photo_id)
            .or_default()
            .push((face.box_in_photo, face.group));
    }
    let step = by_photo.len().div_ceil(MAX_PHOTOS).max(1);
    let mut photos = Vec::new();
    for (photo_id, faces) in by_photo.into_iter().step_by(step) {
        if let Some(photo) = library.photo(photo_id)? {
            photos.push((photo.absolute(), faces));
        }
    }
    Ok(photos)
}

fn faces_of(
    finder: &FaceFinder<'_>,
    network: &BroughtNetwork,
    path: &std::path::Path,
    known: &[(PhotoRect, Option<GroupId>)],
) -> Result<Vec<SampledFace>, BroughtModelError> {
    let file = photo::read(path, &photo::Limits::default(), &StopFlag::default())
        .map_err(FaceFinderError::from)?;
    let searched = finder.search(&file)?;
    let vectors = network
        .embed(&searched.crops)
        .map_err(|error| BroughtModelError::network(path, error))?;
    let recognizable = searched
        .faces
        .iter()
        .filter(|face| face.quality.recognizable());
    let sampled =
        recognizable
            .zip(searched.crops.iter().zip(vectors))
            .map(|(face, (crop, vector))| {
                let here = |(rect, _): &&(PhotoRect, Option<GroupId>)| {
                    rect.iou(&face.detection.box_in_photo) > SAME_BOX
                };
                SampledFace {
                    group: known.iter().find(here).and_then(|(_, group)| *group),
                    crop: crop.clone(),
                    vector: vector.numbers,
                }
            });
    Ok(sampled.collect())
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
